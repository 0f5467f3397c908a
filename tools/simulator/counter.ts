/** Counts calls per minute, hour, day or month. WeChat's days and months turn at midnight in Beijing. */

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Beijing is UTC+8 all year. */
const BEIJING_OFFSET_MS = 8 * HOUR_MS;

/** Names the stretch of time a moment lies in; two moments with the same name share a count. */
export type Period = (nowMs: number) => number;

export const minute: Period = (nowMs) => Math.floor(nowMs / MINUTE_MS);
export const hour: Period = (nowMs) => Math.floor(nowMs / HOUR_MS);
export const beijingDay: Period = (nowMs) => Math.floor((nowMs + BEIJING_OFFSET_MS) / DAY_MS);
export const beijingMonth: Period = (nowMs) => {
  const beijing = new Date(nowMs + BEIJING_OFFSET_MS);
  return beijing.getUTCFullYear() * 12 + beijing.getUTCMonth();
};

export interface Counter {
  readonly limit: number;
  /** Counts one call, unless the period's limit is reached. */
  take(nowMs: number): "counted" | "spent";
  used(nowMs: number): number;
  clear(): void;
}

export function createCounter(period: Period, limit: number): Counter {
  let current = Number.NaN;
  let count = 0;

  function used(nowMs: number): number {
    if (period(nowMs) !== current) {
      current = period(nowMs);
      count = 0;
    }
    return count;
  }

  return {
    limit,
    used,
    take(nowMs) {
      if (used(nowMs) >= limit) return "spent";
      count++;
      return "counted";
    },
    clear() {
      count = 0;
    },
  };
}
