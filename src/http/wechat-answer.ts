/**
 * WeChat's manner of answering: an error is HTTP 200 and `{"errcode":…,"errmsg":"…"}`, with exactly `application/json` as its type.
 * SDKs depend on it: some compare the type with `===`, some throw at any other status without reading the body,
 * and some recognise an error only by the missing Content-Disposition.
 */
import { type ErrorCode, ServiceError } from "../errors.ts";
import { PROBLEMS } from "../problems.ts";

/** What WeChat says with each errcode that comes from here. Clients read the number only. */
const ERRMSGS = {
  [-1]: "system error",
  40001: "invalid credential, access_token is invalid or not latest",
  40002: "invalid grant_type",
  40005: "invalid file type",
  40006: "invalid media size",
  40007: "invalid media_id",
  40013: "invalid appid",
  40066: "invalid url",
  40097: "invalid args",
  40125: "invalid appsecret",
  41001: "access_token missing",
  41002: "appid missing",
  41004: "appsecret missing",
  41006: "media_id missing",
  42001: "access_token expired",
  43001: "require GET method",
  43002: "require POST method",
  45011: "api minute-quota reach limit, must slower retry next minute",
  47001: "data format error",
  48001: "api unauthorized",
} as const;

export type OwnErrcode = keyof typeof ERRMSGS;

/** Clients that send Range or If-Match read the status: a continued download would append an answer of 200 to its file. */
const STATUSES: ReadonlySet<number> = new Set([412, 416]);

/** A failure that WeChat has a more exact errcode for than its code tells. */
export class WechatRefusal extends ServiceError {
  readonly errcode: OwnErrcode;

  constructor(code: ErrorCode, errcode: OwnErrcode, detail: string) {
    super(code, detail);
    this.errcode = errcode;
  }
}

/** The answer to a failure. `rid` names the request, as WeChat's own does. */
export function wechatError(error: ServiceError, rid: string): Response {
  const headers = new Headers(error.headers);
  headers.set("content-type", "application/json");
  headers.set("cache-control", "no-store");
  if (error.retryAfterSeconds !== null) headers.set("retry-after", String(error.retryAfterSeconds));
  const body = JSON.stringify(wechatWordsFor(error, rid));
  const { status } = PROBLEMS[error.code];
  return new Response(body, { status: STATUSES.has(status) ? status : 200, headers });
}

/** What WeChat said is passed on, except what it said about the gateway's own credentials. */
function wechatWordsFor(error: ServiceError, rid: string): { errcode: number; errmsg: string } {
  const { code, message, wechat } = error;
  const own = error instanceof WechatRefusal ? error.errcode : PROBLEMS[code].errcode;
  if (!wechat || wechat.errcode === 0 || code === "wechat-credential") {
    return { errcode: own, errmsg: `${ERRMSGS[own]} hint: [${message}] rid: ${rid}` };
  }
  return { errcode: wechat.errcode, errmsg: `${wechat.errmsg || "error"} rid: ${wechat.rid ?? rid}` };
}
