/** What each misbehaviour does to an answer. */
import { type Answer, errorAnswer, pageAnswer, utf8 } from "./answer.ts";
import { WechatError } from "./errors.ts";
import type { IncomingCall } from "./incoming-call.ts";
import type { Misbehaviour, MisbehaviourKind, REPLACING, RuleBook, RuleOf } from "./misbehaviour.ts";
import { hang } from "./sleep.ts";

/** Bytes of one wideband Speex frame at WeChat's quality 7. */
const FRAME_BYTES = 60;
const HEADER_BYTE_TYPE = "audio/x-speex-with-header-byte; rate=16000";
const REFUSALS = { revoked: 40001, malformed: 40014, expired: 42001 } as const;

/** Thrown out of `handle` as fetch would throw; the Node server destroys the socket on it. */
export class NetworkFailure extends TypeError {}

/** The answer a replacing rule puts in the endpoint's place. */
export async function replacement(
  rule: RuleOf<(typeof REPLACING)[number]>,
  call: IncomingCall,
): Promise<Answer> {
  switch (rule.kind) {
    case "hang":
      return hang(call.signal);
    case "network-failure":
      throw new NetworkFailure("simulated: network failure");
    case "status":
      return pageAnswer(rule.status, "text/html", `<html><h1>${rule.status}</h1>simulated</html>`);
    case "html-page":
      return pageAnswer(200, "text/html; charset=utf-8", "<!DOCTYPE html><title>simulated</title>");
    case "token-refused":
      return errorAnswer(new WechatError(REFUSALS[rule.because]), call.nowMs);
    case "errcode": {
      const answer = errorAnswer(new WechatError(rule.errcode, rule.errmsg), call.nowMs);
      return rule.contentType ? withType(answer, rule.contentType) : answer;
    }
  }
}

/** Which answers a reshaping rule touches, and what it makes of them. */
type Reshaping = {
  readonly [K in MisbehaviourKind]?: {
    readonly of: "any" | Answer["nature"];
    readonly reshape: (answer: Answer, rule: Extract<Misbehaviour, { kind: K }>) => Answer;
  };
};

/** In the order they are applied: what the body is, then how long it claims to be, then how it travels. */
const RESHAPING = {
  "header-bytes": {
    of: "recording",
    reshape: (answer) => withBody(withType(answer, HEADER_BYTE_TYPE), frameWithHeaderBytes(answer.body)),
  },
  "content-type": { of: "recording", reshape: (answer, rule) => withType(answer, rule.contentType) },
  "text-errors": { of: "error", reshape: (answer) => withType(answer, "text/plain") },
  "error-prefix": {
    of: "error",
    reshape: (answer, rule) => withBody(answer, concatenate([utf8(rule.prefix), answer.body])),
  },
  "empty-body": { of: "any", reshape: (answer) => withBody(answer, new Uint8Array(0)) },
  "wrong-content-length": {
    of: "any",
    reshape: (answer, rule) => ({
      ...answer,
      contentLength: Math.max(0, answer.body.length + rule.offByBytes),
    }),
  },
  "no-content-length": { of: "any", reshape: (answer) => ({ ...answer, contentLength: null }) },
  drip: { of: "any", reshape: (answer, rule) => ({ ...answer, pace: rule }) },
  cut: {
    of: "any",
    reshape: (answer, rule) => ({
      ...answer,
      cut: { afterBytes: rule.afterBytes, ending: rule.ending ?? "error" },
    }),
  },
} as const satisfies Reshaping;

/** Applies every reshaping rule that fires on this call; `onFired` hears of each. */
export function reshape(
  answer: Answer,
  call: IncomingCall,
  rules: RuleBook,
  onFired: (kind: MisbehaviourKind) => void,
): Answer {
  let reshaped = answer;
  for (const kind of Object.keys(RESHAPING) as (keyof typeof RESHAPING)[]) {
    const { of, reshape: apply } = RESHAPING[kind];
    if (of !== "any" && of !== answer.nature) continue;
    const rule = rules.fire([kind], call);
    if (!rule) continue;
    // The table pairs each kind with the function for exactly that kind of rule.
    reshaped = (apply as (answer: Answer, rule: Misbehaviour) => Answer)(reshaped, rule);
    onFired(kind);
  }
  return reshaped;
}

function withBody(answer: Answer, body: Uint8Array<ArrayBuffer>): Answer {
  return { ...answer, body, contentLength: body.length };
}

function withType(answer: Answer, contentType: string): Answer {
  return { ...answer, headers: { ...answer.headers, "content-type": contentType } };
}

/** Every 60-byte frame behind a byte that holds its length; a last, shorter one behind its own length. */
function frameWithHeaderBytes(body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  for (let offset = 0; offset < body.length; offset += FRAME_BYTES) {
    const frame = body.subarray(offset, offset + FRAME_BYTES);
    parts.push(Uint8Array.of(frame.length), frame);
  }
  return concatenate(parts);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
