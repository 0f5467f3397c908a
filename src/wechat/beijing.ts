/** WeChat's quotas start again at 00:00 in Beijing, which has no summer time. */
const OFFSET_SECONDS = 8 * 3_600;
const DAY_SECONDS = 86_400;

/** The number of the day in Beijing, counted from 1970. */
export function beijingDay(nowMs: number): number {
  return Math.floor(beijingSeconds(nowMs) / DAY_SECONDS);
}

/** 1 to 86,400. */
export function secondsToBeijingMidnight(nowMs: number): number {
  return DAY_SECONDS - (beijingSeconds(nowMs) % DAY_SECONDS);
}

function beijingSeconds(nowMs: number): number {
  return Math.floor(nowMs / 1000) + OFFSET_SECONDS;
}
