/** Makes the failure that a caller sees out of WeChat's answer. The meanings of the codes are in errcodes.ts. */
import { ServiceError } from "../errors.ts";
import { secondsToBeijingMidnight } from "./beijing.ts";
import { ERRCODES, type Errcode, UNKNOWN_ERRCODE, WORK_ERRCODES } from "./errcodes.ts";
import { addressIn, quotable, ridIn } from "./errmsg.ts";
import { numberOf, parseJson } from "./json.ts";
import { UNAVAILABLE_WAIT_SECONDS, unavailable } from "./transport.ts";

const MINUTE_QUOTA_WAIT_SECONDS = 60;

/** What WeChat answered instead of a result. `errmsg` is as it came: see errmsg.ts before it is shown to anybody. */
export interface WechatError {
  readonly errcode: number;
  readonly errmsg: string;
}

export interface Circumstances {
  readonly nowMs: number;
  /** Whose errcode table applies. Absent: the Official Accounts'. */
  readonly dialect?: "work" | undefined;
  /** What the call carried and no caller may read, should WeChat quote it. */
  readonly secrets: readonly string[];
}

/** The failure that a caller gets to see for an errcode. */
export function toServiceError(
  { errcode, errmsg }: WechatError,
  { nowMs, dialect, secrets }: Circumstances,
): ServiceError {
  const known = (dialect === "work" ? WORK_ERRCODES[errcode] : undefined) ?? ERRCODES[errcode];
  const { code, meaning, advice, wait } = known ?? UNKNOWN_ERRCODE;
  const quoted = quotable(errmsg, secrets);
  // For a code that we don't know, WeChat's message is the detail.
  const told = known || quoted === "" ? `${errcode}` : `${errcode} (${quoted})`;
  const retryAfterSeconds = secondsToWait(wait, code, nowMs);
  const address = code === "wechat-ip-not-allowed" ? addressIn(errmsg) : null;
  return new ServiceError(code, `WeChat answered ${told}: ${meaning}. ${advice}`, {
    wechat: { errcode, errmsg: quoted, rid: ridIn(errmsg) },
    ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }),
    ...(address === null ? {} : { operatorDetail: `The address that WeChat saw: ${address}.` }),
  });
}

function secondsToWait(wait: Errcode["wait"], code: Errcode["code"], nowMs: number): number | null {
  switch (wait) {
    case "a minute":
      return MINUTE_QUOTA_WAIT_SECONDS;
    case "until midnight in Beijing":
      return secondsToBeijingMidnight(nowMs);
    case undefined:
      return code === "wechat-unavailable" ? UNAVAILABLE_WAIT_SECONDS : null;
  }
}

/** `{"errcode":…,"errmsg":…}` in parsed JSON. Null: it is something else. */
export function wechatErrorIn(body: unknown): WechatError | null {
  if (typeof body !== "object" || body === null || !("errcode" in body)) return null;
  const errcode = numberOf(body.errcode);
  if (!Number.isInteger(errcode) || errcode === null) return null;
  return { errcode, errmsg: "errmsg" in body && typeof body.errmsg === "string" ? body.errmsg : "" };
}

/** WeChat's error in an answer that isn't the one hoped for. Anything else is a fault of the way there, and thrown. */
export function parseError(bytes: Uint8Array, host: string): WechatError {
  const error = wechatErrorIn(parseJson(bytes));
  if (error) return error;
  throw unavailable(`${host} answered with ${kindOf(bytes)}.`);
}

/** What came, in words that fit any call. */
export function kindOf(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes).trim();
  if (text === "") return "an empty body";
  if (isWebPage(text)) return "a web page";
  return parseJson(bytes) === null ? "text" : "JSON without an errcode";
}

/**
 * A header byte before a Speex frame is the frame's length, 0x3c for WeChat's: that is `<`, and a digit follows it. One
 * character alone doesn't make a web page.
 */
export function isWebPage(text: string): boolean {
  return /^<[!?a-z]/i.test(text);
}
