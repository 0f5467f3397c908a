/** A request's body as text, bounded: whoever sends more than allowed is refused before it is held. */
import { ServiceError } from "../errors.ts";

/** Reads at most `maxBytes`. Fails with `request-too-large` or, where it isn't UTF-8, with `request-invalid`. */
export async function readText(request: Request, maxBytes: number): Promise<string> {
  const tooLarge = () => new ServiceError("request-too-large", `The body may have ${maxBytes} bytes.`);
  if (Number(request.headers.get("content-length")) > maxBytes) throw tooLarge();
  if (!request.body) return "";
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  let lengthBytes = 0;
  for await (const chunk of request.body) {
    lengthBytes += chunk.length;
    if (lengthBytes > maxBytes) throw tooLarge();
    text += decode(decoder, chunk, { stream: true });
  }
  return text + decode(decoder);
}

function decode(decoder: TextDecoder, chunk?: Uint8Array, options?: { stream: boolean }): string {
  try {
    return decoder.decode(chunk, options);
  } catch {
    throw new ServiceError("request-invalid", "The body is not UTF-8.");
  }
}
