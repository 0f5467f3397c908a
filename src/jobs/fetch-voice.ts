/** Fetches one voice and has it stored, in the forms that are kept. Fails with a ServiceError in every other case. */
import { metadataOf } from "../voice/metadata.ts";
import type { JobVoices } from "./context.ts";
import { isTranscript, type JobFormat } from "./message.ts";

const DECODED: ReadonlySet<JobFormat> = new Set(["wav", "pcm"]);

/** The voice's metadata, once it lies in the store. */
export async function fetchVoice(
  voices: JobVoices,
  mediaId: string,
  formats: readonly JobFormat[],
): Promise<Readonly<Record<string, unknown>>> {
  const facts = await voices.fetch(mediaId, {
    wav: formats.some((format) => DECODED.has(format)),
    decodable: formats.some((format) => format !== "speex" && !isTranscript(format)),
  });
  return metadataOf(mediaId, facts);
}
