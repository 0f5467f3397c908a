/** What each misbehaviour makes of an answer that there would have been. */
import { type Answer, withBody, withHeader, withType } from "./answer.ts";
import { concatenate, utf8 } from "./bytes.ts";
import { damageFrames, flipBits, frameWithHeaderBytes } from "./frames.ts";
import type { IncomingCall } from "./incoming-call.ts";
import type {
  AnswerNature,
  Misbehaviour,
  MisbehaviourKind,
  Reshaping as ReshapingRule,
} from "./misbehaviour.ts";
import { putExpiresIn, writeNumbersAsText } from "./odd-json.ts";
import type { RuleBook } from "./rule-book.ts";
import { tag } from "./tags.ts";

const HEADER_BYTE_TYPE = "audio/x-speex-with-header-byte; rate=16000";

/** Which answers a kind touches unless a rule says otherwise, and what it makes of them. */
type Reshaping = {
  readonly [K in ReshapingRule["kind"]]: {
    readonly of: AnswerNature;
    readonly reshape: (answer: Answer, rule: Extract<Misbehaviour, { kind: K }>) => Answer | Promise<Answer>;
  };
};

/**
 * In the order they are applied: what a voice is, what JSON says, what the headers say, what the body is as it travels,
 * how long it claims to be, and how it comes.
 */
const RESHAPING: Reshaping = {
  "changed-bytes": {
    of: "recording",
    reshape: (answer, { atByte, count = 1, xor = 1 }) =>
      withBody(answer, flipBits(answer.body, atByte, count, xor)),
  },
  "damaged-frames": {
    of: "recording",
    reshape: (answer, rule) =>
      withBody(answer, damageFrames(answer.body, rule.frameCount, rule.as, rule.fromFrame)),
  },
  "header-bytes": {
    of: "recording",
    reshape: (answer) => withBody(withType(answer, HEADER_BYTE_TYPE), frameWithHeaderBytes(answer.body)),
  },
  tagged: { of: "recording", reshape: (answer, rule) => withBody(answer, tag(answer.body, rule.with)) },
  "expires-in": {
    of: "data",
    reshape: (answer, rule) => withBody(answer, putExpiresIn(answer.body, rule.json)),
  },
  "numbers-as-text": { of: "any", reshape: (answer) => withBody(answer, writeNumbersAsText(answer.body)) },
  "error-prefix": {
    of: "error",
    reshape: (answer, rule) => withBody(answer, concatenate([utf8(rule.prefix), answer.body])),
  },
  "content-type": { of: "recording", reshape: (answer, rule) => withType(answer, rule.contentType) },
  "text-errors": { of: "error", reshape: (answer) => withType(answer, "text/plain") },
  attachment: {
    of: "error",
    reshape: (answer, rule) =>
      withHeader(answer, "content-disposition", `attachment; filename="${rule.filename}"`),
  },
  "empty-body": { of: "any", reshape: (answer) => withBody(answer, new Uint8Array(0)) },
  gzip: {
    of: "any",
    reshape: async (answer) => ({
      ...withBody(withHeader(answer, "content-encoding", "gzip"), await gzip(answer.body)),
      encoding: "gzip",
    }),
  },
  "wrong-content-length": {
    of: "any",
    reshape: (answer, rule) => ({
      ...answer,
      contentLength: Math.max(0, answer.body.length + rule.offByBytes),
    }),
  },
  "no-content-length": {
    of: "any",
    reshape: (answer, { endsBy = "chunks" }) => ({ ...answer, contentLength: null, endsBy }),
  },
  "drip-head": {
    of: "any",
    reshape: (answer, { chunkBytes, intervalMs, endless = false }) => ({
      ...answer,
      headPace: { chunkBytes, intervalMs, endless },
    }),
  },
  drip: {
    of: "any",
    reshape: (answer, { chunkBytes, intervalMs, endless = false }) => ({
      ...answer,
      pace: { chunkBytes, intervalMs, endless },
      // Nothing that could be promised would be true.
      contentLength: endless ? null : answer.contentLength,
    }),
  },
  cut: {
    of: "any",
    reshape: (answer, rule) => ({
      ...answer,
      cut: { afterBytes: rule.afterBytes, ending: rule.ending ?? "error" },
    }),
  },
};

/** Applies every reshaping rule that fires on this call; `onFired` is called for each. */
export async function reshape(
  answer: Answer,
  call: IncomingCall,
  rules: RuleBook,
  onFired: (kind: MisbehaviourKind) => void,
): Promise<Answer> {
  let reshaped = answer;
  for (const kind of Object.keys(RESHAPING) as (keyof Reshaping)[]) {
    const { of, reshape: apply } = RESHAPING[kind];
    const rule = rules.fireOn(kind, call, answer, of);
    if (!rule) continue;
    // The table pairs each kind with the function for exactly that kind of rule.
    reshaped = await (apply as (answer: Answer, rule: Misbehaviour) => Answer | Promise<Answer>)(
      reshaped,
      rule,
    );
    onFired(kind);
  }
  return reshaped;
}

async function gzip(body: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const compressed = new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(compressed).arrayBuffer());
}
