/** Fetches one voice and has it stored, in the forms that are kept. Fails with a ServiceError in every other case. */
import { ServiceError } from "../errors.ts";
import type { JobVoices } from "./context.ts";
import type { JobFormat } from "./message.ts";

const DECODED: ReadonlySet<JobFormat> = new Set(["wav", "pcm"]);

/** The voice's metadata, once it lies in the store. */
export async function fetchVoice(
  { service, isKept, settled }: JobVoices,
  mediaId: string,
  formats: readonly JobFormat[],
): Promise<Readonly<Record<string, unknown>>> {
  // The metadata are known when the whole source has arrived and has been stored.
  const metadata = await readAll(await service.open(mediaId, "json", "facts"));
  const kept = { wav: formats.some((format) => DECODED.has(format)) };
  for (const format of formats) {
    // Opening says whether a form can be had at all. What is decoded is stored while somebody reads it.
    const form = await service.open(mediaId, format, "facts");
    if (DECODED.has(format) && !(await isKept(mediaId, kept))) await readAll(form);
    else await form.discard();
  }
  await settled();
  if (!(await isKept(mediaId, kept))) {
    throw new ServiceError("internal", "The voice was fetched, but could not be stored.");
  }
  // What was stored when the metadata were read is not what is stored now.
  const { stored, ...voice } = JSON.parse(new TextDecoder().decode(metadata)) as Record<string, unknown>;
  return voice;
}

interface Readable {
  readonly lengthBytes: number;
  body(range: null): Promise<ReadableStream<Uint8Array> | Uint8Array>;
}

async function readAll(form: Readable): Promise<Uint8Array> {
  const body = await form.body(null);
  if (body instanceof Uint8Array) return body;
  let lengthBytes = 0;
  for await (const chunk of body) lengthBytes += chunk.length;
  if (lengthBytes === form.lengthBytes) return new Uint8Array(0);
  throw new ServiceError("internal", `The voice ended after ${lengthBytes} of ${form.lengthBytes} bytes.`);
}
