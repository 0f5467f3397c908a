/**
 * What the keeper of one token decides, as pure functions of what it knows and of the clock: serve, ask, or say
 * no with the cause. Nothing here waits, fetches or stores; steward.ts does.
 */
import type { Failure } from "../../failure.ts";
import { beijingDay, secondsToBeijingMidnight } from "../beijing.ts";
import { withSaneEnd } from "./lifetime.ts";
import type { AccessToken, TokenSource, TokenStatus } from "./source.ts";

/** A token with less than this left could end on its way to WeChat. */
export const UNUSABLE_BEFORE_MS = 10_000;
/** An account that nobody has used for so long is not renewed ahead of time: it costs nothing until it is used. */
export const IDLE_MS = 3_600_000;
/** The source may answer with the token we have; then this long passes before it is asked again. */
const ASK_INTERVAL_MS = 30_000;

/** First pause after a failure that may pass by itself; doubles up to the longest. */
const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;
/** A wrong secret, a missing permission or address: somebody has to act, so once a minute is often enough. */
const OPERATOR_PAUSE_MS = 60_000;
/** A used-up quota may be cleared by hand before its time. */
const LONGEST_QUOTA_PAUSE_MS = 600_000;

/** "最多每天使用20次，且间隔30秒": https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken */
export const FORCED_PER_DAY = 20;
const FORCE_INTERVAL_MS = 30_000;
/** Reports of a refused token that lead to a question to the source, per minute. A healthy account needs none. */
const REPLACEMENTS_PER_MINUTE = 5;
const MINUTE_MS = 60_000;

type Traits = Pick<TokenSource, "renewLeadMs" | "forceable">;

export interface KeeperState {
  readonly token: AccessToken | null;
  readonly obtainedAtMs: number;
  /** WeChat refused the token, and the source had no other. Not served before the source was asked again. */
  readonly refused: boolean;
  readonly usedAtMs: number;
  readonly lastFailure: { readonly failure: Failure; readonly atMs: number } | null;
  /** Failures since the last success. */
  readonly failureCount: number;
  /** The source is not asked before this, whoever comes. */
  readonly notBeforeMs: number;
  readonly forced: { readonly day: number; readonly count: number; readonly atMs: number };
  readonly replaced: { readonly minute: number; readonly count: number };
}

export const BLANK: KeeperState = {
  token: null,
  obtainedAtMs: 0,
  refused: false,
  usedAtMs: 0,
  lastFailure: null,
  failureCount: 0,
  notBeforeMs: 0,
  forced: { day: 0, count: 0, atMs: 0 },
  replaced: { minute: 0, count: 0 },
};

/** What was stored, by this version or an older one. */
export function recalled(stored: KeeperState | null, nowMs: number): KeeperState {
  if (!stored) return BLANK;
  // A token without end, as an older version could store one, would never be renewed.
  return { ...BLANK, ...stored, token: stored.token && withSaneEnd(stored.token, nowMs) };
}

/** What the last failure, or the last refusal, rested on may have changed: the source may be asked at once. */
export function withFreshStart(state: KeeperState): KeeperState {
  return { ...state, refused: false, failureCount: 0, notBeforeMs: 0 };
}

export type Decision =
  | { readonly kind: "serve"; readonly token: AccessToken; readonly renewal: "due" | "not-due" }
  | { readonly kind: "ask" }
  | { readonly kind: "fail"; readonly failure: Failure };

/** Somebody needs a token. */
export function onDemand(state: KeeperState, traits: Traits, nowMs: number): Decision {
  const token = servable(state, traits, nowMs);
  if (token) {
    const due = nowMs >= state.notBeforeMs && nowMs >= renewAtMs(token, state, traits);
    return { kind: "serve", token, renewal: due ? "due" : "not-due" };
  }
  const failure = standingFailure(state, nowMs);
  return failure ? { kind: "fail", failure } : { kind: "ask" };
}

/** Somebody reports that WeChat refused `rejected`. */
export function onRejection(state: KeeperState, traits: Traits, rejected: string, nowMs: number): Decision {
  const token = servable(state, traits, nowMs);
  if (token && token.value !== rejected) return { kind: "serve", token, renewal: "not-due" };
  const failure = standingFailure(state, nowMs);
  if (failure) return { kind: "fail", failure };
  if (replacedThisMinute(state, nowMs) >= REPLACEMENTS_PER_MINUTE) {
    const left = Math.ceil((MINUTE_MS - (nowMs % MINUTE_MS)) / 1000);
    return { kind: "fail", failure: refusal("WeChat keeps refusing new tokens.", left) };
  }
  return { kind: "ask" };
}

/** Whether a forced refresh is within WeChat's limits; the failure that says why not. */
export function mayForce(state: KeeperState, nowMs: number): "allowed" | Failure {
  const sinceMs = nowMs - state.forced.atMs;
  if (sinceMs < FORCE_INTERVAL_MS) {
    const left = Math.ceil((FORCE_INTERVAL_MS - sinceMs) / 1000);
    return refusal("WeChat refuses the token that it hands out, and was forced to another just now.", left);
  }
  if (forcedToday(state, nowMs) < FORCED_PER_DAY) return "allowed";
  return {
    code: "rate-limited",
    detail: `WeChat refuses the token that it hands out, and today's ${FORCED_PER_DAY} forced refreshes are used up. Check what else invalidates the account's tokens.`,
    wechat: null,
    retryAfterSeconds: secondsToBeijingMidnight(nowMs),
    operatorDetail: null,
  };
}

/** Counted before the call, so that a restart in the middle counts it too. */
export function withForced(state: KeeperState, nowMs: number): KeeperState {
  const day = beijingDay(nowMs);
  return { ...state, forced: { day, count: forcedToday(state, nowMs) + 1, atMs: nowMs } };
}

export function withReplacement(state: KeeperState, nowMs: number): KeeperState {
  const minute = Math.floor(nowMs / MINUTE_MS);
  return { ...state, replaced: { minute, count: replacedThisMinute(state, nowMs) + 1 } };
}

export function withToken(state: KeeperState, token: AccessToken, nowMs: number): KeeperState {
  const same = state.token?.value === token.value;
  return {
    ...state,
    token,
    obtainedAtMs: same ? state.obtainedAtMs : nowMs,
    refused: false,
    failureCount: 0,
    notBeforeMs: same ? nowMs + ASK_INTERVAL_MS : 0,
  };
}

/** Remembers why the source gave nothing, and how long it is left alone. The token in use stays. */
export function withFailure(state: KeeperState, failure: Failure, nowMs: number): KeeperState {
  const failureCount = state.failureCount + 1;
  return {
    ...state,
    lastFailure: { failure, atMs: nowMs },
    failureCount,
    notBeforeMs: nowMs + pauseMs(failure, failureCount),
  };
}

/** The source has nothing but a token that WeChat refuses: it is left alone for a minute, then tried once more. */
export function withRefusal(state: KeeperState, failure: Failure, nowMs: number): KeeperState {
  const waitMs = (failure.retryAfterSeconds ?? 0) * 1000;
  return {
    ...state,
    refused: true,
    lastFailure: { failure, atMs: nowMs },
    notBeforeMs: nowMs + Math.min(waitMs || OPERATOR_PAUSE_MS, LONGEST_QUOTA_PAUSE_MS),
  };
}

/** When the keeper has to look at the token next by itself; null: when it is needed. */
export function alarmAtMs(state: KeeperState, traits: Traits, nowMs: number): number | null {
  if (!state.token || isIdle(state, nowMs)) return null;
  return Math.max(renewAtMs(state.token, state, traits), state.notBeforeMs, nowMs);
}

export function isIdle(state: KeeperState, nowMs: number): boolean {
  return nowMs - state.usedAtMs > IDLE_MS;
}

export function statusOf(state: KeeperState, traits: Traits, nowMs: number): TokenStatus {
  const { token, lastFailure } = state;
  return {
    state: wordFor(state, traits, nowMs),
    obtainedAtMs: token && state.obtainedAtMs,
    expiresAtMs: token?.expiresAtMs ?? null,
    usedAtMs: state.usedAtMs || null,
    forcedToday: forcedToday(state, nowMs),
    lastFailure,
  };
}

function wordFor(state: KeeperState, traits: Traits, nowMs: number): TokenStatus["state"] {
  if (!state.token) return "none";
  if (state.refused) return "refused";
  if (!servable(state, traits, nowMs)) return "expired";
  return nowMs >= renewAtMs(state.token, state, traits) ? "expiring" : "fresh";
}

function servable(state: KeeperState, { renewLeadMs }: Traits, nowMs: number): AccessToken | null {
  const { token, refused } = state;
  // Where no successor can be had before the end, the token is good to the end.
  const marginMs = Math.min(UNUSABLE_BEFORE_MS, renewLeadMs);
  return token && !refused && token.expiresAtMs - nowMs > marginMs ? token : null;
}

/** A token of short life is renewed in its second half, however long the source's lead is. */
function renewAtMs(token: AccessToken, state: KeeperState, { renewLeadMs }: Traits): number {
  const lifetimeMs = token.expiresAtMs - state.obtainedAtMs;
  return token.expiresAtMs - Math.min(renewLeadMs, lifetimeMs / 2);
}

function pauseMs({ code, retryAfterSeconds }: Failure, failureCount: number): number {
  if (code === "wechat-unavailable" || code === "internal") {
    return Math.min(SHORTEST_PAUSE_MS * 2 ** (failureCount - 1), LONGEST_PAUSE_MS);
  }
  if (code !== "rate-limited") return OPERATOR_PAUSE_MS;
  return Math.min((retryAfterSeconds ?? 60) * 1000, LONGEST_QUOTA_PAUSE_MS);
}

/** The failure for which the source is being left alone, its Retry-After counting from now; null: it may be asked. */
function standingFailure(state: KeeperState, nowMs: number): Failure | null {
  const { lastFailure, notBeforeMs, failureCount, refused } = state;
  if (!lastFailure || nowMs >= notBeforeMs || (failureCount === 0 && !refused)) return null;
  const { failure, atMs } = lastFailure;
  if (failure.retryAfterSeconds === null) return failure;
  const left = failure.retryAfterSeconds - Math.floor((nowMs - atMs) / 1000);
  const untilAsked = Math.ceil((notBeforeMs - nowMs) / 1000);
  return { ...failure, retryAfterSeconds: Math.max(left, untilAsked, 1) };
}

function refusal(what: string, retryAfterSeconds: number): Failure {
  const detail = `${what} Check that no other program takes the account's tokens away.`;
  return { code: "wechat-credential", detail, wechat: null, retryAfterSeconds, operatorDetail: null };
}

function forcedToday({ forced }: KeeperState, nowMs: number): number {
  return forced.day === beijingDay(nowMs) ? forced.count : 0;
}

function replacedThisMinute({ replaced }: KeeperState, nowMs: number): number {
  return replaced.minute === Math.floor(nowMs / MINUTE_MS) ? replaced.count : 0;
}
