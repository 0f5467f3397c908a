/**
 * How many calls of one path an account may make: in a minute, in an hour, and at once. Too many in a minute, and the
 * path stays closed to it for 60 seconds; too many in an hour, for 60 minutes, as WeCom documents it.
 * https://developer.work.weixin.qq.com/document/path/90454
 */
import type { Account } from "./account.ts";
import { type Counter, createCounter, hour, minute } from "./counter.ts";
import { WechatError } from "./errors.ts";
import type { IncomingCall } from "./incoming-call.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const NONE = Number.POSITIVE_INFINITY;
/** WeCom's basic rates, for each path. How many at once it allows isn't documented. */
const WORK_LIMITS: CallLimits = { perMinute: 10_000, perHour: 150_000 };

export interface CallLimits {
  /** Default: no limit; for a corp WeCom's 10,000. */
  perMinute?: number;
  /** Default: no limit; for a corp WeCom's 150,000. */
  perHour?: number;
  /** Calls under way at the same time. Default: no limit. */
  atOnce?: number;
}

/** What is answered when the calls of the last minute or hour were too many, or too many are under way. */
export interface LimitErrcodes {
  readonly tooMany: number;
  readonly tooManyAtOnce: number;
}

export interface CallLimitBook {
  /** From now on; what was counted so far is forgotten. `path` null: every path, each for itself. */
  set(appId: string, path: string | null, limits: CallLimits): void;
  /** Throws one of these for too many calls; counts the call otherwise. */
  check(account: Account, call: IncomingCall, errcodes: LimitErrcodes): void;
}

interface Gate {
  readonly atOnce: number;
  readonly counters: readonly { readonly counter: Counter; readonly closedForMs: number }[];
  closedUntilMs: number;
}

export function createCallLimitBook(): CallLimitBook {
  const settings = new Map<string, CallLimits>();
  let gates = new Map<string, Gate>();
  const key = (appId: string, path: string | null) => JSON.stringify([appId, path]);

  function gateOf({ appId, kind }: Account, path: string): Gate {
    const known = gates.get(key(appId, path));
    if (known) return known;
    const usual = kind === "work" ? WORK_LIMITS : {};
    const gate = openGate({
      ...usual,
      ...(settings.get(key(appId, path)) ?? settings.get(key(appId, null))),
    });
    gates.set(key(appId, path), gate);
    return gate;
  }

  return {
    set(appId, path, limits) {
      settings.set(key(appId, path), limits);
      gates = new Map();
    },
    check(account, { path, nowMs, callsAhead }, { tooMany, tooManyAtOnce }) {
      const gate = gateOf(account, path);
      if (callsAhead >= gate.atOnce) throw new WechatError(tooManyAtOnce);
      if (nowMs < gate.closedUntilMs) throw new WechatError(tooMany);
      for (const { counter, closedForMs } of gate.counters) {
        if (counter.take(nowMs) === "counted") continue;
        gate.closedUntilMs = nowMs + closedForMs;
        throw new WechatError(tooMany);
      }
    },
  };
}

function openGate({ perMinute = NONE, perHour = NONE, atOnce = NONE }: CallLimits): Gate {
  return {
    atOnce,
    counters: [
      { counter: createCounter(minute, perMinute), closedForMs: MINUTE_MS },
      { counter: createCounter(hour, perHour), closedForMs: HOUR_MS },
    ],
    closedUntilMs: Number.NEGATIVE_INFINITY,
  };
}
