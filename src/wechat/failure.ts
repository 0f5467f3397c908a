/** From what WeChat said to the failure that a caller gets to see. The codes' meanings stand in errcodes.ts. */
import { type ErrorCode, ServiceError } from "../errors.ts";
import { ERRCODES, UNKNOWN_ERRCODE, WORK_ERRCODES } from "./errcodes.ts";

const MINUTE_QUOTA_ERRCODE = 45011;
const MINUTE_QUOTA_WAIT_SECONDS = 60;
const DAILY_QUOTA_ERRCODES: ReadonlySet<number> = new Set([45009]);
const UNAVAILABLE_WAIT_SECONDS = 10;
const DAY_SECONDS = 86_400;
const BEIJING_OFFSET_SECONDS = 8 * 3600;

/** What WeChat answered instead of a result. `errmsg` is for the log; it can carry an address, never a token. */
export interface WechatError {
  readonly errcode: number;
  readonly errmsg: string;
}

/** The failure that a caller gets to see for an errcode. */
export function toServiceError(error: WechatError, nowMs: number, dialect?: "work"): ServiceError {
  const own = dialect === "work" ? WORK_ERRCODES[error.errcode] : undefined;
  const { code, meaning, advice } = own ?? ERRCODES[error.errcode] ?? UNKNOWN_ERRCODE;
  const wait = retryAfterSeconds(error.errcode, code, nowMs);
  const address = code === "wechat-ip-not-allowed" ? addressIn(error.errmsg) : null;
  return new ServiceError(code, `WeChat answered ${error.errcode}: ${meaning}. ${advice}`, {
    wechat: { errcode: error.errcode, rid: ridIn(error.errmsg) },
    ...(wait === null ? {} : { retryAfterSeconds: wait }),
    ...(address === null ? {} : { operatorDetail: `The address that WeChat saw: ${address}.` }),
  });
}

function retryAfterSeconds(errcode: number, code: ErrorCode, nowMs: number): number | null {
  if (DAILY_QUOTA_ERRCODES.has(errcode)) return secondsToBeijingMidnight(nowMs);
  if (errcode === MINUTE_QUOTA_ERRCODE) return MINUTE_QUOTA_WAIT_SECONDS;
  return code === "wechat-unavailable" ? UNAVAILABLE_WAIT_SECONDS : null;
}

/** Daily quotas start anew at 00:00 in Beijing, which keeps no summer time. 1 to 86,400. */
export function secondsToBeijingMidnight(nowMs: number): number {
  const beijingSeconds = Math.floor(nowMs / 1000) + BEIJING_OFFSET_SECONDS;
  return DAY_SECONDS - (beijingSeconds % DAY_SECONDS);
}

/** WeChat's request id, `rid: 8hex-8hex-8hex` at the end of an errmsg. */
export function ridIn(errmsg: string): string | null {
  return /\brid: ([0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8})/.exec(errmsg)?.[1] ?? null;
}

/** `invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist`, `requestIP: 1.2.*.*`, `from ip: 1.2.3.4`. */
function addressIn(errmsg: string): string | null {
  // Digits and letters alone are no address: "ip added".
  return /\b(?:ip|requestIP):? ((?=[0-9a-f*]*[.:])[0-9a-f.:*]{2,44}[0-9a-f*])/i.exec(errmsg)?.[1] ?? null;
}
