/** What a request failed with, in the one vocabulary of failure, and noted for the log. */
import type { Context } from "hono";
import { ConfigError } from "../config/config.ts";
import { ServiceError } from "../errors.ts";
import { logBug } from "../telemetry/log.ts";
import type { AppEnv } from "./app-env.ts";

export function noteFailure(error: Error, c: Context<AppEnv>): ServiceError {
  const failure = toServiceError(error, c);
  c.set("failure", failure);
  return failure;
}

function toServiceError(error: Error, c: Context<AppEnv>): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error instanceof ConfigError) return new ServiceError("not-configured", error.message);
  logBug(error, { requestId: c.get("requestId") }, c.get("isolate").world);
  return new ServiceError("internal", "An internal error, which is logged under the request id.");
}
