/** Puts WeChat's calls (api/compat.ts) onto paths: token, method and parameters are checked as WeChat checks them, and failures are answered in WeChat's manner. */
import type { Context, MiddlewareHandler } from "hono";
import { MAX_CALL_BYTES, type WechatCall } from "../api/compat.ts";
import { ServiceError } from "../errors.ts";
import { readText } from "../http/request-body.ts";
import { WechatRefusal, wechatError } from "../http/wechat-answer.ts";
import { parametersIn } from "../http/wechat-url.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { noteFailure } from "../middleware/failures.ts";
import { requireGatewayToken } from "../middleware/gateway-token.ts";
import { Router } from "../middleware/router.ts";

type Parameters = Readonly<Record<string, unknown>>;
type Handler<C extends WechatCall> = (
  c: Context<AppEnv>,
  required: Readonly<Record<keyof C["required"], string>>,
  all: Parameters,
) => Promise<Response>;

/** A call and who carries it out. */
export interface AnsweredCall {
  readonly call: WechatCall;
  readonly handler: (c: Context<AppEnv>) => Promise<Response>;
  readonly around: readonly MiddlewareHandler<AppEnv>[];
}

export function answer<const C extends WechatCall>(
  call: C,
  handler: Handler<C>,
  ...around: readonly MiddlewareHandler<AppEnv>[]
): AnsweredCall {
  const ownToken = call.token === null ? [] : [requireGatewayToken];
  return {
    call,
    around: [...ownToken, ...around],
    async handler(c) {
      const all = call.takes === "json" ? await fieldsOf(c) : Object.fromEntries(parametersIn(c.req.url));
      for (const [name, errcode] of Object.entries(call.required)) {
        const value = all[name];
        if (typeof value === "string" && value !== "") continue;
        throw new WechatRefusal("request-invalid", errcode, `${name} is missing.`);
      }
      return handler(c, all as Readonly<Record<keyof C["required"], string>>, all);
    },
  };
}

export function inWechatsManner(
  before: readonly MiddlewareHandler<AppEnv>[],
  ...calls: readonly AnsweredCall[]
): Router {
  const routes = new Router().use(nameAsWechatDoes, ...before);
  for (const { call, handler, around } of calls) {
    for (const handle of [...around, handler]) routes.on([...call.methods], call.path, handle);
    routes.all(call.path, function otherMethod() {
      if (call.methods.includes("GET")) throw new ServiceError("method-not-allowed", "Ask by GET.");
      throw new WechatRefusal("method-not-allowed", 43002, "Ask by POST.");
    });
  }
  routes.all("*", (c) => {
    throw new ServiceError("route-not-found", `There is nothing at ${c.req.path}.`);
  });
  return routes.onError((error, c) => wechatError(noteFailure(error, c), c.get("requestId")));
}

/** `8hex-8hex-8hex`; the first is the time in seconds. The log has it as the request's id. */
const nameAsWechatDoes: MiddlewareHandler<AppEnv> = function nameAsWechatDoes(c, next) {
  const isNamedByClient = c.req.header("x-request-id") === c.get("requestId");
  const seconds = Math.floor(c.get("isolate").world.nowMs() / 1000).toString(16);
  const chance = crypto.randomUUID();
  if (!isNamedByClient) c.set("requestId", `${seconds}-${chance.slice(0, 8)}-${chance.slice(-8)}`);
  return next();
};

/** The fields of a JSON body. A form or an empty body has none: like WeChat, we then say that the first one is missing. */
async function fieldsOf(c: Context<AppEnv>): Promise<Parameters> {
  const text = (await readText(c.req.raw, MAX_CALL_BYTES)).trim();
  if (!text.startsWith("{")) return {};
  try {
    return JSON.parse(text) as Parameters;
  } catch {
    // The parser's own message quotes the text, and with it the secret.
    throw new WechatRefusal("request-invalid", 47001, "The body is not valid JSON.");
  }
}
