/**
 * A transcript as R2 keeps it: the JSON form, and what it was made with as custom metadata.
 *
 *   transcript   v, transcriber, model, language (the hint, or ""), madeAt
 */
import type { Transcript } from "../transcript/transcript.ts";

const VERSION = "1";

/** A transcript, and how it came about. */
export interface Spoken {
  readonly transcript: Transcript;
  /** The hint that it was made with. */
  readonly language: string | null;
  readonly madeAtMs: number;
}

/** Null: nobody transcribes here, and whatever is stored will do. */
export type WantedTranscriber = { readonly name: string; readonly model: string } | null;

export function transcriptMetadata({ transcript, language, madeAtMs }: Spoken): Record<string, string> {
  return {
    v: VERSION,
    transcriber: transcript.transcriber,
    model: transcript.model,
    language: language ?? "",
    madeAt: new Date(madeAtMs).toISOString(),
  };
}

/** Null when it is not one that we have written. */
export function verifyTranscript(metadata: Readonly<Record<string, string>>, text: string): Spoken | null {
  const madeAtMs = Date.parse(metadata.madeAt ?? "");
  if (metadata.v !== VERSION || !(madeAtMs >= 0)) return null;
  try {
    const transcript = JSON.parse(text) as Transcript;
    if (typeof transcript.text !== "string" || !Array.isArray(transcript.segments)) return null;
    return { transcript, language: metadata.language || null, madeAtMs };
  } catch {
    return null;
  }
}

/** Whether it is what would be made now. Who gives no hint takes any; another model's has had its day. */
export function isCurrent(
  { transcript, language }: Spoken,
  wanted: WantedTranscriber,
  hint: string | null,
): boolean {
  const isOurs =
    wanted === null || (transcript.transcriber === wanted.name && transcript.model === wanted.model);
  return isOurs && (hint === null || hint === language);
}
