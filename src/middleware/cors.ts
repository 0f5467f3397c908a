/**
 * What browsers on other sites may do (Fetch, "CORS protocol"): only those of CORS_ORIGINS, and of JSAPI_PAGE_ORIGINS where
 * pages are signed, and without cookies: a caller brings its key in a header. Where no origin is configured nothing is said,
 * and no answer varies by Origin.
 */
import type { Context, MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import type { AppEnv } from "./app-env.ts";
import { PAGE_SIGNATURE_PATH } from "./guests.ts";

/** Two hours, the longest that Chromium keeps a preflight. */
const PREFLIGHT_MAX_AGE_SECONDS = 7200;

const corsForConfigured = cors({
  origin: (origin, c: Context<AppEnv>) => (originsFor(c).includes(origin) ? origin : null),
  allowMethods: ["GET", "HEAD", "POST", "PUT", "DELETE"],
  allowHeaders: [
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
  ],
  // Beyond the few that every script may read.
  exposeHeaders: [
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
  ],
  maxAge: PREFLIGHT_MAX_AGE_SECONDS,
});

/** Stands before the check of the caller: a preflight carries no key. */
export const allowOrigins: MiddlewareHandler<AppEnv> = async function allowOrigins(c, next) {
  return originsFor(c).length > 0 ? corsForConfigured(c, next) : next();
};

function originsFor(c: Context<AppEnv>): readonly string[] {
  const { corsOrigins, jsapiPageOrigins } = c.get("config");
  return PAGE_SIGNATURE_PATH.test(c.req.path) ? [...corsOrigins, ...jsapiPageOrigins] : corsOrigins;
}
