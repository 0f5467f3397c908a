/** A request's JSON body, checked. What is wrong with it is told by field and rule. */
import type * as z from "zod/mini";
import { ServiceError } from "../errors.ts";
import { describeFault } from "../schema.ts";
import { readText } from "./request-body.ts";

/** Most bodies of this API are a few fields. */
const MAX_BODY_BYTES = 4_096;

/** Reads and checks the body. Fails with `request-invalid` or `request-too-large`. */
export async function readJsonBody<T extends z.ZodMiniType>(
  request: Request,
  schema: T,
): Promise<z.infer<T>> {
  return parseJsonBody(await readText(request, MAX_BODY_BYTES), schema);
}

/** The same for a body that has been read. */
export function parseJsonBody<T extends z.ZodMiniType>(text: string, schema: T): z.infer<T> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold a token.
    throw new ServiceError("request-invalid", "The body is not valid JSON.");
  }
  return requireShape("The body", body, schema);
}

/** Checks what came with a request. Fails with `request-invalid`. */
export function requireShape<T extends z.ZodMiniType>(what: string, value: unknown, schema: T): z.infer<T> {
  const verdict = schema.safeParse(value);
  if (verdict.success) return verdict.data;
  throw new ServiceError("request-invalid", `${what}: ${describeFault(verdict.error)}.`);
}
