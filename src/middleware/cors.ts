/**
 * What browsers on other sites may do (Fetch, "CORS protocol"): only those of CORS_ORIGINS, and of JSAPI_PAGE_ORIGINS where
 * pages are signed, and without cookies: a caller brings its key in a header. Where no origin is configured nothing is said,
 * and no answer varies by Origin.
 */
import type { Context, MiddlewareHandler } from "hono";
import type { AppEnv } from "./app-env.ts";
import { PAGE_SIGNATURE_PATH } from "./guests.ts";

/** Two hours, the longest that Chromium keeps a preflight. */
const PREFLIGHT_MAX_AGE_SECONDS = 7200;

const METHODS = "GET,HEAD,POST,PUT,DELETE";
const SENT_HEADERS = [
  "Authorization",
  "Content-Type",
  "Idempotency-Key",
  "If-Match",
  "If-Modified-Since",
  "If-None-Match",
  "If-Range",
  "If-Unmodified-Since",
  "Range",
  "X-Request-Id",
].join();
/** Beyond the few that every script may read. */
const READ_HEADERS = [
  "Accept-Ranges",
  "Cache-Status",
  "Content-Disposition",
  "Content-Length",
  "Content-Range",
  "ETag",
  "Location",
  "Retry-After",
  "Server-Timing",
  "WWW-Authenticate",
  "X-Request-Id",
].join();

/** Stands before the check of the caller: a preflight carries no key. */
export const allowOrigins: MiddlewareHandler<AppEnv> = async function allowOrigins(c, next) {
  const allowed = originsFor(c);
  if (allowed.length === 0) return next();
  const origin = c.req.header("origin") ?? "";
  if (c.req.method === "OPTIONS") {
    c.header("access-control-max-age", String(PREFLIGHT_MAX_AGE_SECONDS));
    c.header("access-control-allow-methods", METHODS);
    c.header("access-control-allow-headers", SENT_HEADERS);
    c.res = c.body(null, 204);
  } else {
    await next();
  }
  // Who is not allowed gets an answer that would be another for somebody else.
  const { headers } = c.res;
  headers.append("vary", "Origin");
  if (!allowed.includes(origin)) return;
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-expose-headers", READ_HEADERS);
};

function originsFor(c: Context<AppEnv>): readonly string[] {
  const { corsOrigins, jsapiPageOrigins } = c.get("config");
  return PAGE_SIGNATURE_PATH.test(c.req.path) ? [...corsOrigins, ...jsapiPageOrigins] : corsOrigins;
}
