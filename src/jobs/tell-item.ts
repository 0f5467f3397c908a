/** What was said in a voice that a job has fetched. A transcript that fails does not undo the voice: the item says what it lacks. */
import { toFailure } from "../failure.ts";
import type { JobVoices } from "./context.ts";
import type { ItemRecord, MissingForms } from "./job-store.ts";
import { isTranscript, type JobFormat } from "./message.ts";

/** With the default back-off, some ten minutes: nobody waits half a day for a voice because of its text. */
const MAX_TRANSCRIPT_ATTEMPTS = 4;

export interface Told {
  /** Null: not asked for, or not to be had. */
  readonly text: string | null;
  readonly missing: MissingForms | null;
}

/** `again`: the cause may pass. It is the failure itself. */
export async function tell(
  voices: JobVoices,
  mediaId: string,
  formats: readonly JobFormat[],
  before: ItemRecord | null,
): Promise<{ told: Told } | { again: unknown }> {
  const wanted = formats.filter(isTranscript);
  if (wanted.length === 0) return { told: { text: null, missing: null } };
  try {
    return { told: { text: await voices.transcribe(mediaId), missing: null } };
  } catch (error) {
    const { code, detail } = toFailure(error, { mediaId });
    const attempts = (before?.transcriptAttempts ?? 0) + 1;
    const mayPass =
      code === "transcriber-unavailable" || code === "wechat-unavailable" || code === "internal";
    if (mayPass && attempts < MAX_TRANSCRIPT_ATTEMPTS) return { again: error };
    return { told: { text: null, missing: { formats: wanted, code, detail } } };
  }
}
