/** Turns failures into `application/problem+json` (RFC 9457). What each code looks like stands in problems.ts. */
import type { ServiceError } from "../errors.ts";
import { PROBLEMS } from "../problems.ts";

export interface ProblemContext {
  readonly origin: string;
  readonly requestId: string;
  /** Whether the caller may read what is meant for operators. */
  readonly audience: "caller" | "operator";
  /** How long the parts of the request took until it failed; empty where nothing was measured. */
  readonly serverTiming?: string;
}

/** The whole answer for one failure: status, headers and body. */
export function problemResponse(error: ServiceError, context: ProblemContext): Response {
  const { status, title } = PROBLEMS[error.code];
  const headers = new Headers(error.headers);
  headers.set("content-type", "application/problem+json");
  headers.set("cache-control", "no-store");
  if (context.serverTiming) headers.set("server-timing", context.serverTiming);
  if (error.retryAfterSeconds !== null) headers.set("retry-after", String(error.retryAfterSeconds));
  const body = {
    type: `${context.origin}/problems/${error.code}`,
    title,
    status,
    detail: detailFor(error, context.audience),
    code: error.code,
    requestId: context.requestId,
    ...(error.wechat === null ? {} : { wechat: error.wechat }),
  };
  return new Response(`${JSON.stringify(body)}\n`, { status, headers });
}

function detailFor(error: ServiceError, audience: ProblemContext["audience"]): string {
  if (audience === "caller" || error.operatorDetail === null) return error.message;
  return `${error.message} ${error.operatorDetail}`;
}
