/** A request's JSON body, checked. What is wrong with it is told by field and rule. */
import type * as z from "zod/mini";
import { ServiceError } from "../errors.ts";
import { describeFault } from "../faults.ts";
import { readText } from "./text-body.ts";

/** Reads and checks the body. Fails with `request-invalid`. */
export async function readJsonBody<T extends z.ZodMiniType>(
  request: Request,
  schema: T,
): Promise<z.infer<T>> {
  const verdict = schema.safeParse(parse(await readText(request)));
  if (verdict.success) return verdict.data;
  throw invalid(`The body: ${describeFault(verdict.error)}.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold a token.
    throw invalid("The body is not valid JSON.");
  }
}

function invalid(detail: string): ServiceError {
  return new ServiceError("request-invalid", detail);
}
