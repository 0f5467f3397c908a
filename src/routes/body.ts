/** JSON that a caller has sent, checked. What is wrong with it is said by the field's name. */
import type * as z from "zod/mini";
import { ServiceError } from "../errors.ts";
import { describeFault } from "../faults.ts";

export function parseBody<T extends z.ZodMiniType>(text: string, schema: T): z.infer<T> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ServiceError("request-invalid", "The body is not valid JSON.");
  }
  const verdict = schema.safeParse(body);
  if (verdict.success) return verdict.data;
  throw new ServiceError("request-invalid", `The body: ${describeFault(verdict.error)}.`);
}
