/** A voice message that a follower has sent to the account: its voice is fetched as a job, by /cgi-bin/media/get. */
import { type IntakeOptions, takeIn } from "./intake.ts";
import type { JobRecord } from "./job-store.ts";

/** What WeChat pushes of it. The caller has checked the push's signature, and the ids' shape. */
export interface VoiceMessage {
  readonly appId: string;
  /** WeChat's own, the same at each of its three deliveries. */
  readonly msgId: string;
  /** The recording at 16 kHz; null where WeChat sent none. */
  readonly mediaId16K: string | null;
  readonly mediaId: string;
}

/** Deliveries of one MsgId are one job. `origin`: the address under which the push came in. */
export function takeInVoiceMessage(
  { appId, msgId, mediaId16K, mediaId }: VoiceMessage,
  origin: string,
  options: IntakeOptions,
): Promise<JobRecord> {
  const request = {
    appId,
    mediaIds: [mediaId16K ?? mediaId],
    // As it came: it may be AMR, of which no WAV is made here.
    formats: ["speex"],
    origin,
    callbackUrl: null,
    via: "media",
    delivery: { sender: `(push) ${appId}`, id: msgId },
  } as const;
  return takeIn(request, options);
}
