/** A request's JSON body, checked. Errors name the field and its rule. */
import type * as z from "zod/mini";
import { ServiceError } from "../errors.ts";
import { describeFault } from "../schema.ts";

/** Parses and checks a body that has been read. Fails with `request-invalid`. */
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
