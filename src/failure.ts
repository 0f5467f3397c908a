/**
 * A ServiceError as plain data. Across a Durable Object's boundary, and in its storage, an exception would keep
 * nothing but its message.
 */
import { type ErrorCode, ServiceError, type WechatVerdict } from "./errors.ts";
import { logBug } from "./telemetry/log.ts";

export interface Failure {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly wechat: WechatVerdict | null;
  readonly retryAfterSeconds: number | null;
  readonly operatorDetail: string | null;
  /** That its answer must carry. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a call across the boundary brings back. */
export type Reply<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

/** Anything but a ServiceError is a bug: it is logged, with what it concerns, and travels as `internal`. */
export function toFailure(error: unknown, concerns: Readonly<Record<string, unknown>> = {}): Failure {
  if (error instanceof ServiceError) {
    const { code, message, wechat, retryAfterSeconds, operatorDetail, headers } = error;
    const failure = { code, detail: message, wechat, retryAfterSeconds, operatorDetail };
    return Object.keys(headers).length > 0 ? { ...failure, headers } : failure;
  }
  logBug(error, concerns);
  return {
    code: "internal",
    detail: "An internal error, which is logged under the request id.",
    wechat: null,
    retryAfterSeconds: null,
    operatorDetail: null,
  };
}

export function toError(failure: Failure): ServiceError {
  const { code, detail, wechat, retryAfterSeconds, operatorDetail, headers } = failure;
  return new ServiceError(code, detail, {
    ...(wechat === null ? {} : { wechat }),
    ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }),
    ...(operatorDetail === null ? {} : { operatorDetail }),
    ...(headers === undefined ? {} : { headers }),
  });
}

export async function replyWith<T>(work: () => Promise<T>): Promise<Reply<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, failure: toFailure(error) };
  }
}

/** The value that was sent, or the failure, thrown. */
export function unwrap<T>(reply: Reply<T>): T {
  if (reply.ok) return reply.value;
  throw toError(reply.failure);
}
