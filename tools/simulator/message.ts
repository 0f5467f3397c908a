/** The messages of followers that are pushed, field by field in WeChat's order. */
import type { PushFields, PushValue } from "./push-body.ts";

/** A voice message; `changes` goes over it. `Recognition` stands where WeChat has it, with nothing in it. */
export function voiceMessage(
  nowMs: number,
  mediaId: string,
  changes: Readonly<Record<string, PushValue>> = {},
): PushFields {
  return {
    ...head(nowMs, "voice"),
    MediaId: mediaId,
    Format: "amr",
    Recognition: "",
    MsgId: messageId(nowMs),
    MediaId16K: `${mediaId}-16k`,
    ...changes,
  };
}

export function textMessage(
  nowMs: number,
  content: PushValue,
  changes: Readonly<Record<string, PushValue>> = {},
): PushFields {
  return { ...head(nowMs, "text"), Content: content, MsgId: messageId(nowMs), ...changes };
}

function head(nowMs: number, kind: string): PushFields {
  return {
    ToUserName: "gh_97417a04a28d",
    FromUserName: "o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
    CreateTime: Math.floor(nowMs / 1000),
    MsgType: kind,
  };
}

/** 64 bits, more than a JavaScript number holds, and another one each time. */
function messageId(nowMs: number): bigint {
  return (
    BigInt(Math.floor(nowMs / 1000)) * 4_294_967_296n +
    BigInt(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0)
  );
}
