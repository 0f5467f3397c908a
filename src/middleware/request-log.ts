/** One structured line a request. Never a query, a header or a body: they can hold keys, tokens and signatures. */
import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "./app-env.ts";

export const logRequest: MiddlewareHandler<AppEnv> = async function logRequest(c, next) {
  const startedAtMs = Date.now();
  await next();
  const failure = c.get("failure");
  const line = {
    event: "request",
    requestId: c.get("requestId"),
    method: c.req.method,
    path: c.req.path.slice(0, 300),
    status: c.res.status,
    durationMs: Date.now() - startedAtMs,
    cache: c.res.headers.get("cache-status") ?? undefined,
    caller: c.get("caller")?.id,
    appId: c.get("account")?.appId,
    code: failure?.code,
    detail: failure?.message,
    operatorDetail: failure?.operatorDetail ?? undefined,
    wechat: failure?.wechat ?? undefined,
  };
  if (c.res.status >= 500) console.error(JSON.stringify(line));
  else console.log(JSON.stringify(line));
};
