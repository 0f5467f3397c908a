/**
 * Names the request: as its client does in X-Request-Id, if that is a name, else anew. The name goes into the log and into
 * the answer, so it may hold nothing else: letters, digits and hyphens, which no key or secret of ours is made of alone.
 */
import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "./app-env.ts";

const NAME_PATTERN = /^[A-Za-z0-9-]{1,64}$/;

export const nameRequest: MiddlewareHandler<AppEnv> = function nameRequest(c, next) {
  const given = c.req.header("x-request-id") ?? "";
  c.set("requestId", NAME_PATTERN.test(given) ? given : crypto.randomUUID());
  return next();
};
