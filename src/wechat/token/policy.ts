/**
 * What the keeper of one token decides, as pure functions of what it knows and of the clock: serve, ask, or refuse with the
 * cause. Nothing here waits, fetches or stores; steward.ts does.
 */
import type { Failure } from "../../failure.ts";
import type { Standing } from "./check.ts";
import { type Check, forcedToday, type KeeperState, MINUTE_MS, replacedThisMinute } from "./keeper-state.ts";
import type { AccessToken, TokenSource, TokenStatus } from "./source.ts";

/** A token with less than this left could end on its way to WeChat. */
export const UNUSABLE_BEFORE_MS = 10_000;
/** The token of an account that nobody has used for so long is not renewed ahead of time. */
export const IDLE_MS = 3_600_000;
/** "最多每天使用20次，且间隔30秒": https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken */
export const FORCED_PER_DAY = 20;
const FORCE_INTERVAL_MS = 30_000;
/** Reports of a refused token that lead to a question to the source, per minute. A healthy account needs none. */
const REPLACEMENTS_PER_MINUTE = 5;
/**
 * How long a check is believed, however many reports come. The first is not: a token may be revoked right after it has
 * worked. Where the same is found again and again, it is believed for a second, then twice as long each time.
 */
const SHORTEST_BELIEF_MS = 1_000;
const LONGEST_BELIEF_MS = 10_000;

type Traits = Pick<TokenSource, "renewLeadMs" | "forceable">;

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

export type Report =
  /** The reported one was replaced already, or works after all. */
  | { readonly kind: "serve"; readonly token: AccessToken }
  /** It is in use. That it is refused is to be seen first. */
  | { readonly kind: "check"; readonly token: AccessToken }
  /** The source is to be asked. `standing` is the reported token's. */
  | { readonly kind: "ask"; readonly standing: "refused" | "unknown" }
  | { readonly kind: "fail"; readonly failure: Failure };

/** Somebody reports that WeChat refused `rejected`. */
export function onReport(state: KeeperState, traits: Traits, rejected: string, nowMs: number): Report {
  const token = servable(state, traits, nowMs);
  if (!token) {
    const failure = standingFailure(state, nowMs);
    return failure ? { kind: "fail", failure } : { kind: "ask", standing: "unknown" };
  }
  if (token.value !== rejected) return { kind: "serve", token };
  const { check } = state;
  return isBelieved(check, nowMs) ? afterCheck(token, check.standing) : { kind: "check", token };
}

function isBelieved(check: Check | null, nowMs: number): check is Check {
  if (!check || check.timesInARow < 2) return false;
  const beliefMs = Math.min(SHORTEST_BELIEF_MS * 2 ** (check.timesInARow - 2), LONGEST_BELIEF_MS);
  return nowMs - check.atMs < beliefMs;
}

export function afterCheck(token: AccessToken, standing: Standing): Exclude<Report, { kind: "check" }> {
  return standing === "works" ? { kind: "serve", token } : { kind: "ask", standing };
}

/** The token that took the place of `value` meanwhile; null: it is the one in use. */
export function successorOf(
  state: KeeperState,
  traits: Traits,
  value: string,
  nowMs: number,
): AccessToken | null {
  const token = servable(state, traits, nowMs);
  return token && token.value !== value ? token : null;
}

/** Whether the source may be asked because of a report; the failure that says why not. */
export function mayReplace(state: KeeperState, nowMs: number): "allowed" | Failure {
  const failure = standingFailure(state, nowMs);
  if (failure) return failure;
  if (replacedThisMinute(state, nowMs) < REPLACEMENTS_PER_MINUTE) return "allowed";
  const left = Math.ceil((MINUTE_MS - (nowMs % MINUTE_MS)) / 1000);
  return refusal("WeChat keeps refusing new tokens.", left);
}

/** Whether a forced refresh is within WeChat's limits; the failure that says why not. */
export function mayForce(state: KeeperState, nowMs: number): "allowed" | Failure {
  const sinceMs = nowMs - state.forced.atMs;
  if (sinceMs < FORCE_INTERVAL_MS) {
    const left = Math.ceil((FORCE_INTERVAL_MS - sinceMs) / 1000);
    return refusal("WeChat refuses the token that it hands out, and was forced to another just now.", left);
  }
  if (forcedToday(state, nowMs) < FORCED_PER_DAY) return "allowed";
  // Our own limit, not the account's quota: nothing else has to wait for it.
  const used = `today's ${FORCED_PER_DAY} forced refreshes are used up`;
  return refusal(`WeChat refuses the token that it hands out, and ${used}.`, null);
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

/** The failure because of which the source is not asked at present, its Retry-After counting from now; null: it may be asked. */
function standingFailure(state: KeeperState, nowMs: number): Failure | null {
  const { lastFailure, notBeforeMs, failureCount, refused } = state;
  if (!lastFailure || nowMs >= notBeforeMs || (failureCount === 0 && !refused)) return null;
  const { failure, atMs } = lastFailure;
  if (failure.retryAfterSeconds === null) return failure;
  const left = failure.retryAfterSeconds - Math.floor((nowMs - atMs) / 1000);
  const untilAsked = Math.ceil((notBeforeMs - nowMs) / 1000);
  return { ...failure, retryAfterSeconds: Math.max(left, untilAsked, 1) };
}

function refusal(what: string, retryAfterSeconds: number | null): Failure {
  const detail = `${what} Check that no other program takes the account's tokens away.`;
  return { code: "wechat-credential", detail, wechat: null, retryAfterSeconds, operatorDetail: null };
}

/** A source that has nothing but a token which WeChat refuses, and can't be forced to another. */
export const STILL_THE_SAME: Failure = {
  code: "wechat-credential",
  detail:
    "WeChat refuses the access token, and its source has no other. Check the source, and that no other program takes the account's tokens away.",
  wechat: null,
  retryAfterSeconds: null,
  operatorDetail: null,
};
