/**
 * How WeChat refuses: HTTP 200 and `{"errcode":…,"errmsg":"…"}`. The texts are real ones where one was seen; clients must go by
 * the number only, which is why every text ends in a changing tail.
 * https://developers.weixin.qq.com/doc/oplatform/developers/errCode/
 */

/** errcode → the text in front of the tail. */
const MESSAGES: Readonly<Record<number, string>> = {
  [-1]: "system error",
  40001: "invalid credential, access_token is invalid or not latest",
  40002: "invalid grant_type",
  40005: "invalid file type",
  40007: "invalid media_id",
  40013: "invalid appid",
  40014: "invalid access_token",
  40097: "invalid args",
  40125: "invalid appsecret",
  40164: "invalid ip, not in whitelist",
  40243: "appsecret is frozen",
  41001: "access_token missing",
  41002: "appid missing",
  41004: "appsecret missing",
  41006: "media_id missing",
  41018: "component_appid missing",
  42001: "access_token expired",
  43001: "require GET method",
  43002: "require POST method",
  45009: "reach max api daily quota limit",
  45011: "api minute-quota reach limit, must slower retry next minute",
  46001: "media data no exist",
  47001: "data format error",
  48001: "api unauthorized",
  48006: "forbid to clear quota because of reaching the limit",
  50004: "forbidden to use the token api",
  50007: "account is frozen",
  60020: "not allow to access from your ip",
  61003: "component is not authorized by this account",
  61004: "access clientip is not registered",
  61005: "component ticket is expired",
  61006: "component ticket is invalid",
  61007: "api is unauthorized to component",
  61010: "code is expired",
  61023: "refresh_token is invalid",
  76003: "cgi_path is invalid",
  76021: "cgi_path not found",
  85107: "api not in the allow list",
};

/** These were only ever seen with a rid behind the text; all others carry a hint too. */
const WITHOUT_HINT: ReadonlySet<number> = new Set([40001, 40164, 42001]);

/** An expected refusal by WeChat; `handle` turns it into an error answer. */
export class WechatError extends Error {
  readonly errcode: number;
  /** Null: in the usual words. */
  readonly said: string | null;

  constructor(errcode: number, said?: string) {
    super(said ?? MESSAGES[errcode] ?? "simulated error");
    this.errcode = errcode;
    this.said = said ?? null;
  }
}

/** The whole errmsg: the text, a hint where WeChat gives one, and the id of this request. */
export function errmsg(error: WechatError, nowMs: number): string {
  const hint = WITHOUT_HINT.has(error.errcode) ? "" : ` hint: [${randomHex(14)}]`;
  return `${error.message}${hint} rid: ${requestId(nowMs)}`;
}

/** Three groups of eight hex digits. The first is the second the request came in. */
function requestId(nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000) % 2 ** 32;
  return `${seconds.toString(16).padStart(8, "0")}-${randomHex(8)}-${randomHex(8)}`;
}

export function randomHex(digits: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(Math.ceil(digits / 2)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .slice(0, digits);
}
