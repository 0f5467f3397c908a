/**
 * What clients get when WeChat fails: the simulator's rule, and what is answered to four kinds of request for a voice while it
 * holds. docs/faults.md is written from it, and test/routes/fault-table.test.ts plays it, for `.speex` and for `.wav`.
 */
import type { Misbehaviour, MisbehaviourRule } from "../simulator/misbehaviour.ts";

/** `all`, `part`: the right bytes. `cut`: fewer than Content-Length promised, and right as far as they go. */
export type Body = "all" | "part" | "none" | "cut" | "problem";

export interface Outcome {
  readonly status: number;
  readonly body: Body;
}

export interface Fault {
  readonly fault: string;
  readonly rule: MisbehaviourRule;
  /** GET, a range of the first hundred bytes, and HEAD, of a voice that isn't stored. */
  readonly miss: Outcome;
  readonly range: Outcome;
  readonly head: Outcome;
  /** What is in the store when all that goes on has ended, whichever of the three was asked. */
  readonly stored: "the voice" | "nothing";
  /** Until the body ends, the length that WeChat promised is believed: in Content-Length and in a WAV's header. */
  readonly believesLength?: true;
}

/** Longer than the patience with WeChat, which the test shortens to a fortieth: 200 ms. */
const SILENCE_MS = 600;
const MEDIA = "/cgi-bin/media/get/jssdk";
const TOKEN = "/cgi-bin/stable_token";

function healed(fault: string, rule: MisbehaviourRule): Fault {
  return {
    fault,
    rule,
    miss: { status: 200, body: "all" },
    range: { status: 206, body: "part" },
    head: { status: 200, body: "none" },
    stored: "the voice",
  };
}

/** The length was known and the status sent before the fault showed. */
function brokenOff(fault: string, rule: MisbehaviourRule): Fault {
  return { ...healed(fault, rule), miss: { status: 200, body: "cut" }, stored: "nothing" };
}

function refused(fault: string, rule: MisbehaviourRule, status: number): Fault {
  const problem: Outcome = { status, body: "problem" };
  return { fault, rule, miss: problem, range: problem, head: { status, body: "none" }, stored: "nothing" };
}

const onMedia = (rule: Misbehaviour & { times?: number }): MisbehaviourRule => ({ ...rule, path: MEDIA });
const onToken = (rule: Misbehaviour & { times?: number }): MisbehaviourRule => ({ ...rule, path: TOKEN });

export const FAULTS: readonly Fault[] = [
  healed("the answer is late", onMedia({ kind: "delay", delayMs: 30 })),
  healed("the body drips", onMedia({ kind: "drip", chunkBytes: 97, intervalMs: 1 })),
  healed("no Content-Length", onMedia({ kind: "no-content-length" })),
  healed("another Content-Type", onMedia({ kind: "content-type", contentType: "application/octet-stream" })),
  healed("a voice called a web page", onMedia({ kind: "content-type", contentType: "text/html" })),
  healed("busy (-1) twice", onMedia({ kind: "errcode", errcode: -1, times: 2 })),
  healed("502 twice", onMedia({ kind: "status", status: 502, times: 2 })),
  healed("no connection, once", onMedia({ kind: "network-failure", times: 1 })),
  healed("no answer at all, once", onMedia({ kind: "hang", times: 1 })),
  healed("a web page, once", onMedia({ kind: "html-page", times: 1 })),
  healed("an empty body, once", onMedia({ kind: "empty-body", times: 1 })),
  healed("broken off inside, twice", onMedia({ kind: "cut", afterBytes: 700, times: 2 })),
  healed(
    "ended early without an error, once",
    onMedia({ kind: "cut", afterBytes: 700, ending: "close", times: 1 }),
  ),
  healed("silent inside, once", onMedia({ kind: "drip", chunkBytes: 700, intervalMs: SILENCE_MS, times: 1 })),
  healed("the token was revoked (40001)", onMedia({ kind: "token-refused", because: "revoked", times: 1 })),
  healed(
    "the token is malformed (40014)",
    onMedia({ kind: "token-refused", because: "malformed", times: 1 }),
  ),
  healed("the token has expired (42001)", onMedia({ kind: "token-refused", because: "expired", times: 1 })),
  healed("the token call fails twice", onToken({ kind: "status", status: 503, times: 2 })),
  brokenOff("broken off inside, every time", onMedia({ kind: "cut", afterBytes: 700 })),
  brokenOff("silent inside, every time", onMedia({ kind: "drip", chunkBytes: 700, intervalMs: SILENCE_MS })),
  brokenOff("ended early, every time", onMedia({ kind: "cut", afterBytes: 700, ending: "close" })),
  {
    ...brokenOff(
      "Content-Length promises too much",
      onMedia({ kind: "wrong-content-length", offByBytes: 60 }),
    ),
    believesLength: true,
  },
  refused(
    "Content-Length promises too little",
    onMedia({ kind: "wrong-content-length", offByBytes: -60 }),
    503,
  ),
  refused("broken off in the first bytes, every time", onMedia({ kind: "cut", afterBytes: 7 }), 503),
  refused("busy (-1), every time", onMedia({ kind: "errcode", errcode: -1 }), 503),
  refused("502, every time", onMedia({ kind: "status", status: 502 }), 503),
  refused("no connection, every time", onMedia({ kind: "network-failure" }), 503),
  refused("a web page, every time", onMedia({ kind: "html-page" }), 503),
  refused("an empty body, every time", onMedia({ kind: "empty-body" }), 503),
  refused("the token call fails, every time", onToken({ kind: "status", status: 500 }), 503),
  refused("no such voice (40007)", onMedia({ kind: "errcode", errcode: 40007 }), 404),
  refused("… as text/plain", onMedia({ kind: "errcode", errcode: 40007, contentType: "text/plain" }), 404),
  refused("the day's quota is used up (45009)", onMedia({ kind: "errcode", errcode: 45009 }), 429),
  refused("the minute's quota is used up (45011)", onMedia({ kind: "errcode", errcode: 45011 }), 429),
  refused("a video's address in place of a voice", onMedia({ kind: "video-url" }), 404),
  refused("ok, and no voice", onMedia({ kind: "ok-without-media" }), 502),
  refused("a code that is not in our table", onMedia({ kind: "errcode", errcode: 99_999 }), 502),
  refused("no permission (48001)", onMedia({ kind: "errcode", errcode: 48001 }), 502),
  refused("not on the IP allow-list (40164)", onMedia({ kind: "errcode", errcode: 40164 }), 502),
  refused("the token is refused, every time", onMedia({ kind: "token-refused", because: "revoked" }), 502),
  refused("the secret is frozen (40243)", onToken({ kind: "errcode", errcode: 40243 }), 502),
];
