/**
 * WeChat's global return codes, as far as tokens and media can meet them: what each means, who has to act, what to do, and
 * which of our own codes it becomes. Source: the error tables of the interfaces' pages and
 * the general return-code table on developers.weixin.qq.com.
 */
import type { ErrorCode } from "../errors.ts";

export type Mover = "caller" | "operator" | "wechat" | "hdvoice";

export interface Errcode {
  readonly code: ErrorCode;
  readonly meaning: string;
  readonly mover: Mover;
  readonly advice: string;
  /** How long a used-up quota stays used up. */
  readonly wait?: "a minute" | "until midnight in Beijing";
}

/** The token is refused; a new one may be accepted. Only here is a call repeated with another token. */
export const REFUSED_TOKEN_ERRCODES: ReadonlySet<number> = new Set([40001, 40014, 42001]);

/** WeChat's "system busy": the same call may pass a moment later. */
export const BUSY_ERRCODE = -1;

const SYSTEM_BUSY = "WeChat is busy";
const WAIT = "Try again later.";
const REPORT = "Report it with the request id: the gateway put the call together wrongly.";

const row = (
  code: ErrorCode,
  mover: Mover,
  meaning: string,
  advice: string,
  wait?: Errcode["wait"],
): Errcode => ({ code, meaning, mover, advice, ...(wait ? { wait } : {}) });

// biome-ignore format: a table, one row a code
export const ERRCODES: Readonly<Record<number, Errcode>> = {
  [BUSY_ERRCODE]: row("wechat-unavailable", "wechat", SYSTEM_BUSY, WAIT),
  0: row("wechat-refused", "wechat", "it said ok, but sent nothing that was asked for", "Check that the media id is a voice's, and that no relay to WeChat (apiOrigins, tokenOrigin) changes answers."),
  40001: row("wechat-credential", "operator", "the AppSecret is wrong, or the access token is invalid or not the latest", "Check the AppSecret, and that no other program refreshes the same token."),
  40002: row("wechat-refused", "hdvoice", "invalid grant_type", REPORT),
  40004: row("voice-not-found", "caller", "invalid media type", "The media id is not a voice's."),
  40005: row("voice-not-found", "caller", "invalid file type", "The media id is not a voice's."),
  40007: row("voice-not-found", "caller", "WeChat has no voice under this media id", "It is older than 3 days, belongs to another account, was recorded in the developer tools, or was mistyped."),
  40013: row("wechat-credential", "operator", "invalid appId", "Correct the account's appId."),
  40014: row("wechat-credential", "operator", "invalid access token", "Check that the token's source belongs to this account."),
  40090: row("wechat-ip-not-allowed", "operator", "the request's source address is refused", "Put the address on the account's IP allow-list."),
  40091: row("wechat-credential", "operator", "invalid component ticket", "Wait for WeChat's next component_verify_ticket, or restart its push."),
  40094: row("wechat-credential", "operator", "invalid component credential", "Check the platform's appId and secret."),
  40097: row("wechat-refused", "hdvoice", "invalid argument", REPORT),
  40101: row("wechat-refused", "hdvoice", "missing parameter", REPORT),
  40121: row("voice-not-found", "caller", "invalid kind of media id", "The media id is not a voice's."),
  40125: row("wechat-credential", "operator", "invalid AppSecret", "Correct the account's secret; a reset in the console makes the former one invalid at once."),
  40164: row("wechat-ip-not-allowed", "operator", "the gateway's address is not on the account's IP allow-list", "Put the address on the list, or send the calls through a relay that is on it."),
  40187: row("wechat-ip-not-allowed", "operator", "invalid IP address", "Put the address on the account's IP allow-list."),
  40243: row("wechat-credential", "operator", "the AppSecret is frozen", "Unfreeze it in the console (Settings and development, Basic configuration)."),
  41001: row("wechat-refused", "hdvoice", "the access token is missing", REPORT),
  41002: row("wechat-credential", "operator", "the appId is missing", "Set the account's appId."),
  41004: row("wechat-credential", "operator", "the AppSecret is missing", "Set the account's secret."),
  41006: row("wechat-refused", "hdvoice", "the media id is missing", REPORT),
  41018: row("wechat-refused", "hdvoice", "component_appid is missing", REPORT),
  41021: row("wechat-refused", "hdvoice", "component_access_token is missing", REPORT),
  42001: row("wechat-credential", "operator", "the access token has expired", "Check the clock and the source of the tokens."),
  42002: row("wechat-credential", "operator", "the refresh token has expired", "The account's owner has to authorise the platform again."),
  42006: row("wechat-credential", "wechat", "component_access_token has expired", WAIT),
  42007: row("wechat-credential", "operator", "the authorisation was revoked by a change of password", "The account's owner has to authorise again."),
  43001: row("wechat-refused", "hdvoice", "GET is required", REPORT),
  43002: row("wechat-refused", "hdvoice", "POST is required", REPORT),
  43003: row("wechat-refused", "operator", "HTTPS is required", "Use an https origin."),
  45009: row("rate-limited", "wechat", "the account's daily quota for this call is used up", "It starts again at 00:00 Beijing time; clear_quota resets it ten times a month.", "until midnight in Beijing"),
  45011: row("rate-limited", "wechat", "the account's quota per minute is used up", "Slow down and try again in a minute.", "a minute"),
  45033: row("rate-limited", "wechat", "too many calls at the same time", "Slow down and try again in a minute.", "a minute"),
  45035: row("wechat-ip-not-allowed", "operator", "the gateway's address is not registered", "Put the address on the IP allow-list."),
  45102: row("wechat-unavailable", "wechat", "the call is blocked for now", WAIT),
  45104: row("wechat-unavailable", "wechat", "too many domains", WAIT),
  45501: row("wechat-unavailable", "wechat", "part of the requests is blocked by supervision", WAIT),
  46001: row("voice-not-found", "caller", "there is no media data under this media id", "Have the voice recorded or uploaded again."),
  47001: row("wechat-refused", "hdvoice", "WeChat could not parse the request", REPORT),
  48001: row("wechat-permission", "operator", "the account may not call this interface", "getHDVoice needs a verified account; see the interface permissions in the console (Development, Interface permissions)."),
  48004: row("wechat-permission", "operator", "the interface is blocked for irregularities", "See the notice in the account's console."),
  48006: row("rate-limited", "wechat", "the quota was already cleared ten times this month", "Wait for the next month."),
  50001: row("wechat-permission", "operator", "the user is not authorised for this interface", "See the interface permissions in the console."),
  50002: row("wechat-permission", "operator", "the account is restricted", "See the notice in the account's console."),
  50004: row("wechat-permission", "operator", "the account may not ask for tokens", "See the notice in the account's console."),
  50007: row("wechat-permission", "operator", "the account is frozen", "See the notice in the account's console."),
  60020: row("wechat-ip-not-allowed", "operator", "the address is not among the app's trusted IPs (WeCom)", "Add it in WeCom's console (App management, Trusted IP)."),
  61003: row("wechat-permission", "operator", "the account has not authorised this platform", "The account's owner has to authorise it."),
  61004: row("wechat-ip-not-allowed", "operator", "the address is not registered with the third-party platform", "Add it in the open platform's console (Development settings, IP allow-list)."),
  61005: row("wechat-credential", "wechat", "the component ticket has expired", "Wait for WeChat's next component_verify_ticket."),
  61006: row("wechat-credential", "wechat", "the component ticket is invalid", "Wait for WeChat's next component_verify_ticket."),
  61007: row("wechat-permission", "operator", "the permission set is not granted to the platform", "The account's owner has to grant one of the permission sets 1, 8-9, 11 or 100 and scan again."),
  61010: row("wechat-credential", "operator", "the authorisation code has expired or was used", "The account's owner has to authorise the platform again, unless the list of authorisers still has the refresh token."),
  61011: row("wechat-credential", "operator", "invalid component", "Check the platform's appId."),
  61014: row("wechat-refused", "hdvoice", "the component's token is required", REPORT),
  61015: row("wechat-refused", "hdvoice", "the account's token is required", REPORT),
  61023: row("wechat-credential", "operator", "the refresh token is invalid", "The account's owner has to authorise again."),
  61024: row("wechat-credential", "operator", "a third-party platform has to use its own token call", "Set the account's source to the one for third-party platforms."),
  85107: row("wechat-permission", "operator", "the call is not on the cloud environment's allow-list", "Add /cgi-bin/media/get/jssdk to the environment's API allow-list."),
  85112: row("wechat-credential", "operator", "cloudbase_secret was not found", "Check the cloud environment."),
  85113: row("wechat-unavailable", "wechat", "cloudbase_token is not ready", WAIT),
  89501: row("wechat-ip-not-allowed", "operator", "a confirmation of this address is pending", "The account's administrator has to answer it in WeChat."),
  89503: row("wechat-ip-not-allowed", "operator", "an administrator must confirm this address", "Confirm it in WeChat, or set the IP allow-list."),
  89506: row("wechat-ip-not-allowed", "operator", "the administrator refused this address twice", "It is blocked for 24 hours."),
  89507: row("wechat-ip-not-allowed", "operator", "the administrator refused this address", "It is blocked for an hour."),
};

/**
 * Where WeCom means something else by a number, or has one of its own. Everything else is as above.
 * Source: the error tables of the interfaces' pages on developer.work.weixin.qq.com.
 */
// biome-ignore format: a table, one row a code
export const WORK_ERRCODES: Readonly<Record<number, Errcode>> = {
  40001: row("wechat-credential", "operator", "the app's secret is wrong", "Correct the account's secret; it must be the one of an app that may use the JS-SDK."),
  40013: row("wechat-credential", "operator", "invalid corpId", "Correct the account's corpId."),
  40091: row("wechat-credential", "operator", "invalid app secret", "Correct the account's secret; it must belong to this corpId."),
  41002: row("wechat-credential", "operator", "the corpId is missing", "Set the account's corpId."),
  41004: row("wechat-credential", "operator", "the app's secret is missing", "Set the account's secret."),
  42001: row("wechat-credential", "operator", "the access token has expired", "Check the clock and the source of the tokens."),
  45009: row("rate-limited", "wechat", "the call's limit per minute is reached", "Slow down and try again in a minute.", "a minute"),
  45033: row("rate-limited", "wechat", "too many calls at the same time", "Slow down and try again in a minute.", "a minute"),
  40082: row("wechat-credential", "operator", "invalid suite_access_token", "The account must be an app of the corp itself: a suite's tokens are not accepted for this call."),
  42009: row("wechat-credential", "operator", "suite_access_token has expired", "The account must be an app of the corp itself: a suite's tokens are not accepted for this call."),
  48002: row("wechat-permission", "operator", "the app may not call this interface", "See the app's permissions in WeCom's console."),
  60011: row("wechat-permission", "operator", "the app has no right to this", "See the app's permissions in WeCom's console."),
  301002: row("wechat-permission", "operator", "the app has no right to this", "See the app's permissions in WeCom's console."),
};

/** Whatever it means, it is final and no outage: the same call would be answered the same. */
export const UNKNOWN_ERRCODE: Errcode = row(
  "wechat-refused",
  "wechat",
  "a code that is not in our table",
  "Look it up in WeChat's table of return codes.",
);
