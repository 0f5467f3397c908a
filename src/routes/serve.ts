/** Puts operations (api/operations.ts) onto paths: scope, parameters, query and body are checked as the operation says. */
import type { Context, MiddlewareHandler } from "hono";
import type * as z from "zod/mini";
import type { Operation } from "../api/operation.ts";
import { ServiceError } from "../errors.ts";
import { parseJsonBody, requireShape } from "../http/json-body.ts";
import { readText } from "../http/request-body.ts";
import { requireScope } from "../middleware/access.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { Router } from "../middleware/router.ts";
import { allowOnly } from "./method-not-allowed.ts";

type Shape<T> = T extends z.ZodMiniType ? z.infer<T> : undefined;
type ParameterName<P extends string> = P extends `${string}{${infer N}}${infer Rest}`
  ? N | ParameterName<Rest>
  : never;

/** What a request brought, checked. */
export interface Input<O extends Operation> {
  readonly parameters: Readonly<Record<ParameterName<O["path"]>, string>>;
  readonly query: Shape<O["query"]>;
  readonly body: Shape<O["body"]>;
}

type Handler<O extends Operation> = (c: Context<AppEnv>, input: Input<O>) => Response | Promise<Response>;

/** In the order in which Allow lists them. */
const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE"] as const;

/** One operation and who carries it out. */
export interface Served {
  readonly operation: Operation;
  readonly handler: (c: Context<AppEnv>) => Promise<Response>;
  readonly around: readonly MiddlewareHandler<AppEnv>[];
}

export function serve<const O extends Operation>(
  operation: O,
  handler: Handler<O>,
  ...around: readonly MiddlewareHandler<AppEnv>[]
): Served {
  return { operation, around, handler: async (c) => handler(c, await inputOf(operation, c)) };
}

/** The routes of some operations. Other methods of their paths are answered with those that there are. */
export function resource(...served: readonly Served[]): Router {
  const routes = new Router();
  const methods = new Map<string, string[]>();
  for (const { operation, handler, around } of served) {
    const path = honoPathOf(operation.path);
    for (const middleware of [requireScope(operation.scope), ...around, handler]) {
      routes.on(operation.method, path, onlyFor(operation, middleware));
    }
    const own = operation.method === "GET" ? ["GET", "HEAD"] : [operation.method];
    methods.set(path, [...(methods.get(path) ?? []), ...own]);
  }
  for (const [path, own] of methods) {
    routes.all(path, allowOnly(...METHODS.filter((method) => own.includes(method))));
  }
  return routes;
}

/** Leaves what has another ending to the operation behind it. */
function onlyFor({ endings }: Operation, middleware: MiddlewareHandler<AppEnv>): MiddlewareHandler<AppEnv> {
  if (endings.length === 0) return middleware;
  return (c, next) => (endings.some((ending) => c.req.path.endsWith(ending)) ? middleware(c, next) : next());
}

/** `/voices/{mediaId}/links` is `/voices/:mediaId/links` to Hono. */
export function honoPathOf(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1");
}

async function inputOf<O extends Operation>(operation: O, c: Context<AppEnv>): Promise<Input<O>> {
  const parameters = c.req.param();
  for (const [name, { pattern, code, rule }] of Object.entries(operation.parameters)) {
    if (!pattern.test(parameters[name as never] ?? "")) throw new ServiceError(code, rule);
  }
  const query = operation.query ? requireShape("The query", c.req.query(), operation.query) : undefined;
  const body = operation.body ? parseJsonBody(await bodyOf(operation, c), operation.body) : undefined;
  return { parameters, query, body } as Input<O>;
}

/** The body as text, also where a signature over it has been checked before. */
async function bodyOf({ maxBodyBytes }: Operation, c: Context<AppEnv>): Promise<string> {
  return c.get("signedBody") ?? (await readText(c.req.raw, maxBodyBytes));
}
