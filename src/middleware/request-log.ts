/** One structured line a request. Never a query, a header or a body: they can hold keys, tokens and signatures. */
import type { MiddlewareHandler } from "hono";
import { logError, logInfo } from "../telemetry/log.ts";
import type { AppEnv } from "./app-env.ts";

export const logRequest: MiddlewareHandler<AppEnv> = async function logRequest(c, next) {
  const { world } = c.get("isolate");
  const startedAtMs = world.nowMs();
  await next();
  const failure = c.get("failure");
  const line = {
    event: "request",
    requestId: c.get("requestId"),
    method: c.req.method,
    path: c.req.path.slice(0, 300),
    status: c.res.status,
    durationMs: world.nowMs() - startedAtMs,
    cache: c.res.headers.get("cache-status") ?? undefined,
    caller: c.get("caller")?.id,
    appId: c.get("account")?.appId,
    code: failure?.code,
    detail: failure?.message,
    operatorDetail: failure?.operatorDetail ?? undefined,
    wechat: failure?.wechat ?? undefined,
  };
  if (c.res.status >= 500) logError(line, world);
  else logInfo(line, world);
};
