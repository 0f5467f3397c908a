/** The `.json` form: what is known about a voice. */
import { durationSeconds } from "../audio/frames.ts";
import type { SourceFacts } from "./facts.ts";
import type { StoredForm } from "./stored-form.ts";

export function metadataOf(mediaId: string, facts: SourceFacts): Readonly<Record<string, unknown>> {
  const { mode, rateHz, frameCount } = facts;
  const seconds = mode === null ? facts.soundSeconds : durationSeconds({ mode, rateHz }, frameCount);
  return {
    mediaId,
    /** Null where it is not known without decoding what isn't Speex. */
    durationSeconds: seconds === null ? null : Number(seconds.toFixed(2)),
    frames: frameCount,
    bytes: facts.lengthBytes,
    framing: facts.framing,
    /** Of a last frame that did not arrive whole; absent in a sound recording. */
    ...(facts.trailingBytes > 0 ? { trailingBytes: facts.trailingBytes } : {}),
    ...(facts.looksLike === null ? {} : { looksLike: facts.looksLike }),
    contentType: facts.contentType,
    sha256: facts.sha256,
    fetchedAt: new Date(facts.fetchedAtMs).toISOString(),
  };
}

export function metadataBytes(
  mediaId: string,
  facts: SourceFacts,
  stored: readonly StoredForm[],
): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify({ ...metadataOf(mediaId, facts), stored })}\n`);
}
