/**
 * How each code of errors.ts is answered. One row a code: a code without a row doesn't compile. `/problems/{code}`
 * shows the row to whoever opens a problem's `type`.
 */
import type { ErrorCode } from "./errors.ts";

type ProblemErrcode =
  | -1
  | 40001
  | 40005
  | 40006
  | 40007
  | 40013
  | 40066
  | 40097
  | 42001
  | 43001
  | 45011
  | 47001
  | 48001;

export interface ProblemKind {
  readonly status: number;
  /** What SDKs are told in WeChat's manner, where WeChat's own errcode doesn't tell it (http/wechat-answer.ts). */
  readonly errcode: ProblemErrcode;
  readonly title: string;
  /** Who has to act and what to do, for a person who opens `type`. */
  readonly advice: string;
}

export const PROBLEMS: Readonly<Record<ErrorCode, ProblemKind>> = {
  "media-id-malformed": {
    status: 400,
    errcode: 40007,
    title: "Malformed media id",
    advice:
      "Send the serverId that wx.uploadVoice returned, unchanged: 1 to 256 letters, digits, '-' or '_'. A space usually means that a '+' or a line break got in while copying.",
  },
  "format-unknown": {
    status: 400,
    errcode: 40097,
    title: "Unknown format",
    advice: "Use one of the suffixes that the answer's detail lists, or none and an Accept header.",
  },
  "request-invalid": {
    status: 400,
    errcode: 40097,
    title: "Invalid request",
    advice: "The detail names the field and its rule.",
  },
  "path-too-long": {
    status: 414,
    errcode: 40066,
    title: "Path too long",
    advice: "No path of this API is that long: check how the URL is put together.",
  },
  "request-too-large": {
    status: 413,
    errcode: 47001,
    title: "Request too large",
    advice: "The detail says how many bytes a body may have here.",
  },
  "route-not-found": {
    status: 404,
    errcode: 40066,
    title: "No such resource",
    advice: "The README lists every path. Paths are case-sensitive and have no trailing slash.",
  },
  "method-not-allowed": {
    status: 405,
    errcode: 43001,
    title: "Method not allowed",
    advice: "The Allow header lists the methods of this path.",
  },
  unauthorized: {
    status: 401,
    errcode: 40001,
    title: "Missing or invalid credentials",
    advice: "Send 'Authorization: Bearer <API key>'. The operator makes keys with 'npm run key'.",
  },
  forbidden: {
    status: 403,
    errcode: 48001,
    title: "Not allowed with this key",
    advice: "The key is valid, but lacks the scope or the account. The operator can add it to API_KEYS.",
  },
  "link-expired": {
    status: 410,
    errcode: 42001,
    title: "Link has expired",
    advice: "Ask whoever gave you the link for a new one: POST /v1/voices/{mediaId}/links makes it.",
  },
  "link-forged": {
    status: 403,
    errcode: 40001,
    title: "Link is not genuine",
    advice:
      "The signature fits neither the path nor the query. A link works only if it is unchanged, and only until its key is removed from LINK_KEYS.",
  },
  "push-refused": {
    status: 403,
    errcode: 48001,
    title: "Push refused",
    advice:
      "Only WeChat pushes here. If it is WeChat's push that is refused, compare Token, EncodingAESKey and mode in WeChat's console with the 'push' setting, and the gateway's clock with the time.",
  },
  "account-unknown": {
    status: 404,
    errcode: 40013,
    title: "Unknown account",
    advice: "The appId in the path is not configured here (WECHAT_APP_ID or WECHAT_ACCOUNTS).",
  },
  "job-not-found": {
    status: 404,
    errcode: 40097,
    title: "No such job",
    advice:
      "The id is not one of this account's jobs, or the job's records have been deleted after their retention time.",
  },
  "delivery-id-reused": {
    status: 409,
    errcode: 40097,
    title: "Delivery id used before",
    advice:
      "A request may be repeated under its webhook-id or Idempotency-Key only unchanged. Another request needs another id.",
  },
  "jobs-unavailable": {
    status: 503,
    errcode: -1,
    title: "The job was not accepted",
    advice:
      "The queue did not accept the job's messages. Send the same request again after Retry-After; under its webhook-id or Idempotency-Key it stays one job.",
  },
  "voice-not-found": {
    status: 404,
    errcode: 40007,
    title: "No such voice",
    advice:
      "WeChat has no voice under this media id: it is older than 3 days, was uploaded by another account, was recorded in the developer tools, or was mistyped. The answer is remembered for a minute.",
  },
  "voice-undecodable": {
    status: 422,
    errcode: 40005,
    title: "Voice cannot be decoded",
    advice: "The bytes are not Speex that can be decoded. The '.speex' form gives them as WeChat sent them.",
  },
  "voice-too-long": {
    status: 413,
    errcode: 40006,
    title: "Voice too long",
    advice: "The voice is longer than MAX_VOICE_SECONDS allows. The operator can raise it.",
  },
  "not-acceptable": {
    status: 406,
    errcode: 40097,
    title: "No acceptable form",
    advice: "No form of a voice matches the Accept header. A suffix in the path asks for one form directly.",
  },
  "precondition-failed": {
    status: 412,
    errcode: 40097,
    title: "Precondition failed",
    advice: "The voice is not the one that If-Match or If-Unmodified-Since names.",
  },
  "range-not-satisfiable": {
    status: 416,
    errcode: 40097,
    title: "Range not satisfiable",
    advice: "The range begins past the end. Content-Range tells the length.",
  },
  "rate-limited": {
    status: 429,
    errcode: 45011,
    title: "Too many requests",
    advice: "Wait as long as Retry-After says. If 'wechat' is present, the limit is WeChat's own.",
  },
  "wechat-permission": {
    status: 502,
    errcode: 48001,
    title: "WeChat does not permit this call",
    advice:
      "The account lacks the permission: getHDVoice is for verified accounts only, and a third-party platform needs one of the permission sets 1, 8-9, 11 or 100.",
  },
  "wechat-ip-not-allowed": {
    status: 502,
    errcode: 48001,
    title: "WeChat refused this server's address",
    advice:
      "Add the address to the account's IP allow-list, or send the calls through a relay that is on it (docs/deploy.md).",
  },
  "wechat-credential": {
    status: 502,
    // The SDK's own token and secret are right. At 40001 or 40125 it would request another token, again and again.
    errcode: 48001,
    title: "WeChat refused the account's credentials",
    advice: "The appId or the AppSecret is wrong, reset or frozen. The operator has to correct the setting.",
  },
  "wechat-refused": {
    status: 502,
    errcode: -1,
    title: "WeChat refused the call",
    advice:
      "WeChat's answer is final: 'wechat' has its code and its message. The same request would be answered the same again.",
  },
  "wechat-unavailable": {
    status: 503,
    errcode: -1,
    title: "WeChat did not deliver",
    advice: "WeChat was asked several times and failed. Nothing was stored; try again after Retry-After.",
  },
  "transcriber-unavailable": {
    status: 503,
    errcode: -1,
    title: "The transcriber did not deliver",
    advice:
      "Whoever turns speech into text (TRANSCRIBER_URL, or Workers AI) is busy, out of its allowance or out of reach. The voice itself is fine; try again after Retry-After.",
  },
  "transcriber-refused": {
    status: 502,
    errcode: 40097,
    title: "The transcriber refused the voice",
    advice:
      "The detail has the transcriber's own words. The operator compares TRANSCRIBER_URL, TRANSCRIBER_KEY and TRANSCRIBER_MODEL with its documentation; the voice's other forms are not concerned.",
  },
  "not-configured": {
    status: 503,
    errcode: -1,
    title: "Not configured",
    advice:
      'Without keys and an account every request is refused. The detail names what is missing (README, "Configure").',
  },
  internal: {
    status: 500,
    errcode: -1,
    title: "Internal error",
    advice: "A bug. The request id finds it in the log.",
  },
};
