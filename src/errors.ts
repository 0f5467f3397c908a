/**
 * All codes of failures. Features throw a ServiceError with one of these codes; `http/problem.ts`
 * says how each is answered. Anything else that is thrown is a bug and answers an opaque 500.
 */
export type ErrorCode =
  | "media-id-malformed"
  | "format-unknown"
  | "request-invalid"
  | "path-too-long"
  | "request-too-large"
  | "route-not-found"
  | "method-not-allowed"
  | "unauthorized"
  | "forbidden"
  | "link-expired"
  | "link-forged"
  | "push-refused"
  | "account-unknown"
  | "job-not-found"
  | "delivery-id-reused"
  | "jobs-unavailable"
  | "voice-not-found"
  | "voice-undecodable"
  | "voice-too-long"
  | "not-acceptable"
  | "precondition-failed"
  | "range-not-satisfiable"
  | "rate-limited"
  | "wechat-permission"
  | "wechat-ip-not-allowed"
  | "wechat-credential"
  | "wechat-refused"
  | "wechat-unavailable"
  | "transcriber-unavailable"
  | "transcriber-refused"
  | "not-configured"
  | "internal";

export interface ServiceErrorOptions {
  /** What WeChat said, when it said something. */
  readonly wechat?: WechatVerdict;
  /** When trying again makes sense, in seconds from now. */
  readonly retryAfterSeconds?: number;
  /** Said only to callers who may administer accounts, e.g. the address that WeChat refused. */
  readonly operatorDetail?: string;
  /** Headers that this answer must carry, e.g. `Allow` or `Content-Range`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** `rid` is WeChat's own request id, which its support asks for; `errmsg` its words, without what nobody may read. */
export interface WechatVerdict {
  readonly errcode: number;
  readonly errmsg: string;
  readonly rid: string | null;
}

/** An expected failure. The message is read by callers: plain English, no secret, token or signed URL. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  readonly code: ErrorCode;
  readonly wechat: WechatVerdict | null;
  readonly retryAfterSeconds: number | null;
  readonly operatorDetail: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, detail: string, options: ServiceErrorOptions = {}) {
    super(detail, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.wechat = options.wechat ?? null;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
    this.operatorDetail = options.operatorDetail ?? null;
    this.headers = options.headers ?? {};
  }
}
