/**
 * A voice message that a follower has sent to the account: its voice is fetched as a job, by /cgi-bin/media/get.
 * https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_standard_messages.html
 */
import { MEDIA_ID_PATTERN } from "../limits.ts";
import { type PushFields, textField } from "../wechat/push/fields.ts";
import { type IntakeOptions, takeIn } from "./intake.ts";
import type { JobRecord } from "./job-store.ts";
import type { JobFormat } from "./message.ts";

/** What WeChat pushes of it. */
export interface VoiceMessage {
  readonly appId: string;
  /** Whose signature it came under: the account's own, or that of the platform that it has authorised. */
  readonly signerAppId: string;
  /** The follower's openid. */
  readonly from: string;
  /** WeChat's own, the same at each of its three deliveries. */
  readonly msgId: string;
  /** The recording at 16 kHz; null where WeChat sent none. */
  readonly mediaId16K: string | null;
  readonly mediaId: string;
}

/** 64 bits, in digits. */
const MSG_ID_PATTERN = /^[0-9]{1,20}$/;

/** Null: another kind of message, or not one whose voice could be fetched. The caller has checked the push's signature. */
export function readVoiceMessage(
  appId: string,
  signerAppId: string,
  fields: PushFields,
): VoiceMessage | null {
  const msgId = textField(fields, "MsgId") ?? "";
  const mediaId16K = mediaIdField(fields, "MediaId16K");
  const mediaId = mediaIdField(fields, "MediaId") ?? mediaId16K;
  if (textField(fields, "MsgType") !== "voice" || mediaId === null || !MSG_ID_PATTERN.test(msgId))
    return null;
  const from = textField(fields, "FromUserName") ?? "";
  return { appId, signerAppId, from, msgId, mediaId16K, mediaId };
}

function mediaIdField(fields: PushFields, name: string): string | null {
  const mediaId = textField(fields, name) ?? "";
  return MEDIA_ID_PATTERN.test(mediaId) ? mediaId : null;
}

/**
 * Deliveries of one MsgId are one job, under whatever appId they come: a platform's signature covers no URL. `origin`: the
 * address under which the push came in. `formats`: never decoded ones, for it may be AMR, of which no WAV is made here.
 */
export function takeInVoiceMessage(
  { appId, signerAppId, from, msgId, mediaId16K, mediaId }: VoiceMessage,
  origin: string,
  formats: readonly JobFormat[],
  options: IntakeOptions,
): Promise<JobRecord> {
  const request = {
    appId,
    mediaIds: [mediaId16K ?? mediaId],
    formats,
    origin,
    callbackUrl: null,
    withLinks: false,
    via: "media",
    // With the follower: of messages sent at one moment, the same MsgId has been seen (binarywang/WxJava#333).
    delivery: { sender: "(push)", id: `${from} ${msgId}`, idsOf: signerAppId },
  } as const;
  return takeIn(request, options);
}
