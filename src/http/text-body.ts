/** A request's body as text, as long as it is short. */
import { ServiceError } from "../errors.ts";

/** No body of this API, and nothing that WeChat pushes, comes near. */
const MAX_BODY_BYTES = 65_536;

/** Reads the body. Fails with `request-invalid` when it is too long. */
export async function readText(request: Request): Promise<string> {
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

function tooLong(): ServiceError {
  return new ServiceError("request-invalid", `The body is longer than ${MAX_BODY_BYTES} bytes.`);
}
