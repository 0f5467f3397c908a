/** The `.json` form: what is known about a voice. */

import type { SourceFacts } from "./facts.ts";
import type { StoredForm } from "./stored-form.ts";

/** 20 ms, in every mode of Speex. */
const FRAME_SECONDS = 0.02;

export function metadataBytes(
  mediaId: string,
  facts: SourceFacts,
  stored: readonly StoredForm[],
): Uint8Array {
  const metadata = {
    mediaId,
    durationSeconds: Number((facts.frameCount * FRAME_SECONDS).toFixed(2)),
    frames: facts.frameCount,
    bytes: facts.lengthBytes,
    framing: facts.framing,
    /** Of a last frame that did not arrive whole; absent in a sound recording. */
    ...(facts.trailingBytes > 0 ? { trailingBytes: facts.trailingBytes } : {}),
    ...(facts.looksLike === null ? {} : { looksLike: facts.looksLike }),
    contentType: facts.contentType,
    sha256: facts.sha256,
    fetchedAt: new Date(facts.fetchedAtMs).toISOString(),
    stored,
  };
  return new TextEncoder().encode(`${JSON.stringify(metadata)}\n`);
}
