/** What a request carries through the app: set by the middleware of app.ts, read by routes. */
import type { RequestIdVariables } from "hono/request-id";
import type { Config } from "./config.ts";
import type { Account, Caller } from "./config-schema.ts";
import type { Env } from "./env.ts";
import type { ServiceError } from "./errors.ts";
import type { Timings } from "./http/server-timing.ts";
import type { IntakeOptions } from "./jobs/intake.ts";
import type { VoiceService } from "./voice/service.ts";

export interface AppEnv {
  Bindings: Env;
  Variables: RequestIdVariables & {
    config: Config;
    timings: Timings;
    caller: Caller;
    account: Account;
    voices: VoiceService;
    jobs: IntakeOptions;
    /** The body of a webhook, once its signature has been found right. */
    signedBody: string | undefined;
    /** Set once the answer is a problem. */
    failure: ServiceError | undefined;
  };
}
