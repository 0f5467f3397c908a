/** What the keeper of one token knows and stores, and what each event makes of it. What follows from it policy.ts decides. */
import type { Failure } from "../../failure.ts";
import { beijingDay } from "../beijing.ts";
import type { Standing } from "./check.ts";
import { withSaneEnd } from "./lifetime.ts";
import type { AccessToken } from "./source.ts";

/** The source may answer with the token we have; then this long passes before it is asked again. */
const ASK_INTERVAL_MS = 30_000;

/** First pause after a failure that may pass by itself; doubles up to the longest. */
const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;
/** A wrong secret, a missing permission or address: somebody has to act, so it is tried once a minute. */
const OPERATOR_PAUSE_MS = 60_000;
/** A used-up quota may be reset by hand earlier. */
const LONGEST_QUOTA_PAUSE_MS = 600_000;
/** First pause before a token that WeChat refuses, and that its source goes on handing out, is tried again; doubles. */
const SHORTEST_REFUSAL_PAUSE_MS = 10_000;
export const MINUTE_MS = 60_000;

export interface Check {
  readonly standing: Standing;
  readonly atMs: number;
  /** How often WeChat has said the same, with less than a minute between. */
  readonly timesInARow: number;
}

export interface KeeperState {
  readonly token: AccessToken | null;
  readonly obtainedAtMs: number;
  /** What WeChat said last when it was asked whether it takes the token. Null: it was not asked. */
  readonly check: Check | null;
  /** WeChat refuses the token, and the source has no other: it is not served before WeChat takes it again. */
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
  check: null,
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
  return { ...state, refused: false, check: null, failureCount: 0, notBeforeMs: 0 };
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

/** What the source gave. A refused token stays refused if the source returns it again. */
export function withToken(state: KeeperState, token: AccessToken, nowMs: number): KeeperState {
  const notBeforeMs = nowMs + ASK_INTERVAL_MS;
  if (state.token?.value === token.value) {
    return { ...state, token, failureCount: state.refused ? state.failureCount : 0, notBeforeMs };
  }
  return { ...withFreshStart(state), token, obtainedAtMs: nowMs };
}

/** WeChat was asked about the token in use. One that it doesn't refuse is in service, again or still. */
export function withCheck(state: KeeperState, standing: Standing, nowMs: number): KeeperState {
  const { check } = state;
  const isSame = check?.standing === standing && nowMs - check.atMs < MINUTE_MS;
  const timesInARow = isSame ? check.timesInARow + 1 : 1;
  const checked = { ...state, check: { standing, atMs: nowMs, timesInARow } };
  return standing === "refused" || !state.refused ? checked : { ...checked, refused: false, failureCount: 0 };
}

/** Remembers why the source gave nothing, and until when it is not asked. The token in use stays. */
export function withFailure(state: KeeperState, failure: Failure, nowMs: number): KeeperState {
  const failureCount = state.failureCount + 1;
  return {
    ...state,
    lastFailure: { failure, atMs: nowMs },
    failureCount,
    notBeforeMs: nowMs + pauseMs(failure, failureCount),
  };
}

/** The source has nothing but a token that WeChat refuses: both are not used for a while, then tried again. */
export function withRefusal(state: KeeperState, failure: Failure, nowMs: number): KeeperState {
  const failureCount = state.refused ? state.failureCount + 1 : 1;
  const pauseMs = Math.min(SHORTEST_REFUSAL_PAUSE_MS * 2 ** (failureCount - 1), OPERATOR_PAUSE_MS);
  const waitMs = (failure.retryAfterSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  return {
    ...state,
    refused: true,
    lastFailure: { failure, atMs: nowMs },
    failureCount,
    notBeforeMs: nowMs + Math.min(pauseMs, waitMs),
  };
}

function pauseMs({ code, retryAfterSeconds }: Failure, failureCount: number): number {
  if (code === "wechat-unavailable" || code === "internal") {
    return Math.min(SHORTEST_PAUSE_MS * 2 ** (failureCount - 1), LONGEST_PAUSE_MS);
  }
  if (code !== "rate-limited") return OPERATOR_PAUSE_MS;
  return Math.min((retryAfterSeconds ?? 60) * 1000, LONGEST_QUOTA_PAUSE_MS);
}

export function forcedToday({ forced }: KeeperState, nowMs: number): number {
  return forced.day === beijingDay(nowMs) ? forced.count : 0;
}

export function replacedThisMinute({ replaced }: KeeperState, nowMs: number): number {
  return replaced.minute === Math.floor(nowMs / MINUTE_MS) ? replaced.count : 0;
}
