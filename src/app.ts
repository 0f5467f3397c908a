/** The Hono app: the order of middleware, what is mounted where, and how every failure is answered. */
import type { Context, MiddlewareHandler } from "hono";
import { getPath } from "hono/utils/url";
import { ServiceError } from "./errors.ts";
import { problemResponse } from "./http/problem.ts";
import { SECURITY_HEADERS } from "./http/security-headers.ts";
import { createTimings } from "./http/server-timing.ts";
import { tidyPath } from "./http/wechat-url.ts";
import { MAX_PATH_LENGTH } from "./limits.ts";
import { requireAccount, requireCaller } from "./middleware/access.ts";
import type { AppEnv } from "./middleware/app-env.ts";
import { allowOrigins } from "./middleware/cors.ts";
import { noteFailure } from "./middleware/failures.ts";
import { publicOrigin } from "./middleware/public-origin.ts";
import { nameRequest } from "./middleware/request-id.ts";
import { logRequest } from "./middleware/request-log.ts";
import { Router } from "./middleware/router.ts";
import { giveJobs, giveTickets, giveTokens, giveVoices } from "./middleware/services.ts";
import { readSettings } from "./middleware/settings.ts";
import { accounts } from "./routes/accounts.ts";
import { compat } from "./routes/compat.ts";
import { fetches } from "./routes/fetches.ts";
import { health } from "./routes/health.ts";
import { jsapiSignature } from "./routes/jsapi-signature.ts";
import { links } from "./routes/links.ts";
import { problems } from "./routes/problems.ts";
import { push } from "./routes/push.ts";
import { token } from "./routes/token.ts";
import { voices } from "./routes/voices.ts";
import type { Isolate } from "./services/isolate.ts";

/** The app of one isolate. */
export function createApp(isolate: Isolate): Router {
  const app = new Router({ getPath: (request) => tidyPath(getPath(request)) })
    .use(nameRequest)
    .use(function start(c, next) {
      c.set("isolate", isolate);
      c.set("timings", createTimings(isolate.world.nowMs));
      return next();
    })
    .use(logRequest)
    .use(headersOfEveryAnswer)
    .use(refuseLongPaths)
    .get("/", (c) =>
      c.text(
        "hdvoice: WeChat voices as audio. GET /v1/voices/{mediaId}.wav with an API key. The README has the rest.\n",
      ),
    )
    .route("/", health)
    .route("/problems", problems)
    .route("/wechat/push", push)
    .route("/cgi-bin", compat)
    .route("/v1", createV1());
  app.notFound((c) => answer(new ServiceError("route-not-found", `There is nothing at ${c.req.path}.`), c));
  app.onError(answer);
  // The router makes its tables at the first request: this one, at the Worker's start, for which nobody waits.
  app.router.match("GET", "/");
  return app;
}

function createV1(): Router {
  const v1 = new Router().use(readSettings).use(allowOrigins).use(requireCaller);
  // What belongs to an account has two paths: one for the default account, and one that names the account.
  for (const prefix of ["", "/apps/:appId"]) {
    v1.use(`${prefix}/voices/*`, requireAccount, giveVoices);
    v1.use(`${prefix}/fetches/*`, requireAccount, giveJobs);
    v1.use(`${prefix}/token/*`, requireAccount, giveTokens);
    v1.use(`${prefix}/jsapi-signature`, requireAccount, giveTickets);
    for (const routes of [links, voices, fetches, token, jsapiSignature]) v1.route(prefix || "/", routes);
  }
  return v1.route("/", accounts);
}

const headersOfEveryAnswer: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  // Afterwards, because an error handler's answer replaces what was set before it.
  c.res.headers.set("x-request-id", c.get("requestId"));
  for (const [name, value] of SECURITY_HEADERS) c.res.headers.set(name, value);
};

const refuseLongPaths: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (c.req.path.length <= MAX_PATH_LENGTH) return next();
  throw new ServiceError("path-too-long", `The path may have at most ${MAX_PATH_LENGTH} characters.`);
};

function answer(error: Error, c: Context<AppEnv>): Response {
  const failure = noteFailure(error, c);
  const audience = c.get("caller")?.scopes.includes("accounts:read") ? "operator" : "caller";
  const origin = publicOrigin(c);
  const serverTiming = c.get("timings").header() ?? "";
  return problemResponse(failure, { origin, requestId: c.get("requestId"), audience, serverTiming });
}
