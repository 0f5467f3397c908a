/** A request's JSON body, checked. What is wrong with it is told by field and rule. */
import type * as z from "zod/mini";
import { ServiceError } from "../errors.ts";
import { describeFault } from "../faults.ts";

/** No body of this API comes near. */
const MAX_BODY_BYTES = 65_536;

/** Reads and checks the body. Fails with `request-invalid`. */
export async function readJsonBody<T extends z.ZodMiniType>(
  request: Request,
  schema: T,
): Promise<z.infer<T>> {
  const verdict = schema.safeParse(parse(await readText(request)));
  if (verdict.success) return verdict.data;
  throw invalid(`The body: ${describeFault(verdict.error)}.`);
}

async function readText(request: Request): Promise<string> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > MAX_BODY_BYTES) throw tooLong();
  const chunks: string[] = [];
  const decoder = new TextDecoder();
  let lengthBytes = 0;
  for await (const chunk of request.body ?? []) {
    lengthBytes += chunk.length;
    if (lengthBytes > MAX_BODY_BYTES) throw tooLong();
    chunks.push(decoder.decode(chunk, { stream: true }));
  }
  return chunks.join("") + decoder.decode();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold a token.
    throw invalid("The body is not valid JSON.");
  }
}

function tooLong(): ServiceError {
  return invalid(`The body is longer than ${MAX_BODY_BYTES} bytes.`);
}

function invalid(detail: string): ServiceError {
  return new ServiceError("request-invalid", detail);
}
