/** Gives a request the services of its account. Stands behind `requireAccount`. */
import type { Context, MiddlewareHandler } from "hono";
import { createGatewayTokens } from "../services/gateway-tokens.ts";
import { createIntake } from "../services/jobs.ts";
import { createTicketService } from "../services/tickets.ts";
import { createTokenService, type RequestContext } from "../services/tokens.ts";
import { createVoiceService } from "../services/voices.ts";
import type { AppEnv } from "./app-env.ts";

/** For requests that bring no API key: stands behind `readSettings` alone. */
export const giveGatewayTokens: MiddlewareHandler<AppEnv> = function giveGatewayTokens(c, next) {
  c.set("gatewayTokens", createGatewayTokens(c.get("config"), c.get("findAccount"), c.get("isolate").world));
  return next();
};

export const giveVoices: MiddlewareHandler<AppEnv> = function giveVoices(c, next) {
  c.set(
    "voices",
    createVoiceService(c.env, c.get("isolate"), c.get("config"), c.get("account"), c.get("timings")),
  );
  return next();
};

export const giveTokens: MiddlewareHandler<AppEnv> = function giveTokens(c, next) {
  c.set("tokens", createTokenService(c.env, c.get("isolate"), c.get("account"), contextOf(c)));
  return next();
};

export const giveTickets: MiddlewareHandler<AppEnv> = function giveTickets(c, next) {
  c.set("tickets", createTicketService(c.env, c.get("isolate"), c.get("account"), contextOf(c)));
  return next();
};

export const giveJobs: MiddlewareHandler<AppEnv> = function giveJobs(c, next) {
  c.set("jobs", createIntake(c.env, c.get("isolate")));
  return next();
};

function contextOf(c: Context<AppEnv>): RequestContext {
  return {
    waitUntil: (promise) => c.executionCtx.waitUntil(promise),
    measure: c.get("timings").measure,
  };
}
