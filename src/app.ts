/** The Hono app: the order of middleware, what is mounted where, and how every failure is answered. */
import { type Context, Hono } from "hono";
import { requestId } from "hono/request-id";
import { ConfigError } from "./config/config.ts";
import { ServiceError } from "./errors.ts";
import { problemResponse } from "./http/problem.ts";
import { SECURITY_HEADERS } from "./http/security-headers.ts";
import { createTimings } from "./http/server-timing.ts";
import { MAX_PATH_LENGTH } from "./limits.ts";
import { requireAccount, requireCaller } from "./middleware/access.ts";
import type { AppEnv } from "./middleware/app-env.ts";
import { allowOrigins } from "./middleware/cors.ts";
import { logRequest } from "./middleware/request-log.ts";
import { readSettings } from "./middleware/settings.ts";
import { accounts } from "./routes/accounts.ts";
import { fetches } from "./routes/fetches.ts";
import { health } from "./routes/health.ts";
import { links } from "./routes/links.ts";
import { problems } from "./routes/problems.ts";
import { push } from "./routes/push.ts";
import { token } from "./routes/token.ts";
import { voices } from "./routes/voices.ts";
import { createIntake } from "./services/jobs.ts";
import { createTokenService, createVoiceService } from "./services/voices.ts";

const v1 = new Hono<AppEnv>().use(readSettings).use(allowOrigins).use(requireCaller);

for (const prefix of ["/voices", "/apps/:appId/voices"]) {
  v1.use(`${prefix}/*`, requireAccount, async function buildServices(c, next) {
    const waitUntil = (promise: Promise<unknown>) => c.executionCtx.waitUntil(promise);
    const context = { waitUntil, measure: c.get("timings").measure };
    c.set("voices", createVoiceService(c.env, c.get("config"), c.get("account"), context));
    await next();
  });
  v1.route(prefix, links);
  v1.route(prefix, voices);
}

for (const prefix of ["/fetches", "/apps/:appId/fetches"]) {
  v1.use(`${prefix}/*`, requireAccount, async function openJobs(c, next) {
    c.set("jobs", createIntake(c.env));
    await next();
  });
  v1.route(prefix, fetches);
}

for (const prefix of ["/token", "/apps/:appId/token"]) {
  v1.use(`${prefix}/*`, requireAccount, async function buildServices(c, next) {
    const waitUntil = (promise: Promise<unknown>) => c.executionCtx.waitUntil(promise);
    const context = { waitUntil, measure: c.get("timings").measure };
    c.set("tokens", createTokenService(c.env, c.get("account"), context));
    await next();
  });
  v1.route(prefix, token);
}
v1.route("/accounts", accounts);

export const app = new Hono<AppEnv>()
  .use(requestId())
  .use(logRequest)
  .use(async function headersOfEveryAnswer(c, next) {
    await next();
    // Afterwards, because an error handler's answer replaces what was set before it.
    c.res.headers.set("x-request-id", c.get("requestId"));
    for (const [name, value] of SECURITY_HEADERS) c.res.headers.set(name, value);
  })
  .use(async function start(c, next) {
    c.set(
      "timings",
      createTimings(() => Date.now()),
    );
    if (c.req.path.length > MAX_PATH_LENGTH) {
      throw new ServiceError("path-too-long", `The path may have ${MAX_PATH_LENGTH} characters.`);
    }
    await next();
  })
  .get("/", (c) =>
    c.text(
      "hdvoice: WeChat voices as audio. GET /v1/voices/{mediaId}.wav with an API key. The README has the rest.\n",
    ),
  )
  .route("/", health)
  .route("/problems", problems)
  .route("/wechat/push", push)
  .route("/v1", v1);

app.notFound((c) => answer(new ServiceError("route-not-found", `There is nothing at ${c.req.path}.`), c));

app.onError((error, c) => {
  if (error instanceof ServiceError) return answer(error, c);
  if (error instanceof ConfigError) return answer(new ServiceError("not-configured", error.message), c);
  // Only the kind and the place: a message could quote a URL with a token in it.
  const where = error.stack?.split("\n")[1]?.trim() ?? "";
  console.error(JSON.stringify({ event: "bug", requestId: c.get("requestId"), error: error.name, where }));
  return answer(new ServiceError("internal", "Something went wrong here, and it is logged."), c);
});

function answer(error: ServiceError, c: Context<AppEnv>): Response {
  c.set("failure", error);
  const audience = c.get("caller")?.scopes.includes("accounts:read") ? "operator" : "caller";
  const { origin } = new URL(c.req.url);
  const serverTiming = c.get("timings")?.header() ?? "";
  return problemResponse(error, { origin, requestId: c.get("requestId"), audience, serverTiming });
}
