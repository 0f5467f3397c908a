/**
 * The ways the simulator can be told to misbehave, and which call meets which of them.
 *
 * Rules of different kinds add up: a slow answer may also be cut short. Of several rules of the same kind only
 * the oldest fires, so that `times: 1` rules follow each other call by call. The kinds that put another
 * answer in place of the real one (REPLACING) count as one kind: one of them fires on a call, and the
 * endpoint is not run, no quota used, no token issued.
 */
import type { IncomingCall } from "./incoming-call.ts";

export type Misbehaviour =
  /** Waits before anything is answered. */
  | { kind: "delay"; delayMs: number }
  /** Never answers; ends when the caller aborts. */
  | { kind: "hang" }
  /** fetch rejects; behind the Node server the socket is destroyed without a word. */
  | { kind: "network-failure" }
  /** A gateway's error page with this status, 400 … 599. */
  | { kind: "status"; status: number }
  /** A WeChat refusal of choice. `text/plain` is what WeChat now and then sends JSON as. */
  | { kind: "errcode"; errcode: number; errmsg?: string; contentType?: "application/json" | "text/plain" }
  /** Refuses a call's access_token: revoked 40001, malformed 40014, expired 42001. Token endpoints never fire it. */
  | { kind: "token-refused"; because: "revoked" | "malformed" | "expired" }
  /** An HTML page with status 200, as a captive portal or broken proxy gives. */
  | { kind: "html-page" }
  /** A recording in frames of 60 bytes, each behind a byte that says so; WeChat's old name for its type. */
  | { kind: "header-bytes" }
  /** A recording under another Content-Type. */
  | { kind: "content-type"; contentType: string }
  /** Errors arrive as text/plain. */
  | { kind: "text-errors" }
  /** Errors arrive with this in front of the `{`: white space, a byte order mark. */
  | { kind: "error-prefix"; prefix: string }
  /** All headers, Content-Length 0, no body. */
  | { kind: "empty-body" }
  /** Content-Length is off by so many bytes: above 0 promises too much, below 0 too little. */
  | { kind: "wrong-content-length"; offByBytes: number }
  /** No Content-Length; on the wire the body is chunked. */
  | { kind: "no-content-length" }
  /** The body comes in small pieces with pauses between them. */
  | { kind: "drip"; chunkBytes: number; intervalMs: number }
  /** The body stops early while Content-Length promised the whole: by an error (default), or by ending quietly. */
  | { kind: "cut"; afterBytes: number; ending?: "error" | "close" };

export type MisbehaviourKind = Misbehaviour["kind"];

/** Which calls a rule is for; what is left out matches every call. */
export interface MisbehaviourScope {
  mediaId?: string;
  path?: string;
  appId?: string;
  /** How often it fires. Default: always. */
  times?: number;
  /** How many matching calls it lets pass first. Default 0. */
  skip?: number;
  /** Fires on every n-th matching call only: 5 makes a fifth of them fail. Default 1. */
  every?: number;
}

export type MisbehaviourRule = Misbehaviour & MisbehaviourScope;

/** The kinds that answer in the endpoint's place. */
export const REPLACING = [
  "hang",
  "network-failure",
  "status",
  "errcode",
  "token-refused",
  "html-page",
] as const satisfies readonly MisbehaviourKind[];

export interface RuleBook {
  add(rule: MisbehaviourRule): void;
  clear(): void;
  /** The rule that fires on this call among those of the given kinds, counted as fired; null: none. */
  fire<K extends MisbehaviourKind>(kinds: readonly K[], call: IncomingCall): RuleOf<K> | null;
}

export type RuleOf<K extends MisbehaviourKind> = Extract<MisbehaviourRule, { kind: K }>;

interface LiveRule {
  readonly rule: MisbehaviourRule;
  matchCount: number;
  firedCount: number;
}

export function createRuleBook(): RuleBook {
  let rules: LiveRule[] = [];

  return {
    add(rule) {
      rules.push({ rule: { ...rule }, matchCount: 0, firedCount: 0 });
    },
    clear() {
      rules = [];
    },
    fire<K extends MisbehaviourKind>(kinds: readonly K[], call: IncomingCall) {
      for (const live of rules) {
        if (!isOfKind(live.rule, kinds) || !concerns(live.rule, call) || !isDue(live)) continue;
        live.firedCount++;
        return live.rule;
      }
      return null;
    },
  };
}

function isOfKind<K extends MisbehaviourKind>(
  rule: MisbehaviourRule,
  kinds: readonly K[],
): rule is RuleOf<K> {
  return kinds.some((kind) => kind === rule.kind);
}

function concerns(rule: MisbehaviourRule, call: IncomingCall): boolean {
  return (
    (rule.mediaId === undefined || rule.mediaId === call.mediaId) &&
    (rule.path === undefined || rule.path === call.path) &&
    (rule.appId === undefined || rule.appId === call.appId) &&
    (rule.kind !== "token-refused" || call.accessToken !== null)
  );
}

/** Counts the match, and tells whether it is one that fires. */
function isDue(live: LiveRule): boolean {
  const { times = Number.POSITIVE_INFINITY, skip = 0, every = 1 } = live.rule;
  if (live.firedCount >= times) return false;
  live.matchCount++;
  return live.matchCount > skip && (live.matchCount - skip) % every === 0;
}
