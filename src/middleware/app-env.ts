/**
 * What a request carries through the app: set by the middleware of app.ts, read by routes with `c.get("…")`. Not with
 * `c.var`, which copies all of it into a new object each time.
 */
import type { Caller } from "../auth/caller.ts";
import type { Config } from "../config/config.ts";
import type { Env } from "../env.ts";
import type { ServiceError } from "../errors.ts";
import type { Timings } from "../http/server-timing.ts";
import type { IntakeOptions } from "../jobs/intake.ts";
import type { GatewayTokens } from "../services/gateway-tokens.ts";
import type { Isolate } from "../services/isolate.ts";
import type { VoiceService } from "../voice/service.ts";
import type { TicketService } from "../wechat/jsapi/service.ts";
import type { TokenService } from "../wechat/token/service.ts";
import type { Account } from "../wechat/token/sources/registry.ts";

export interface AppEnv {
  Bindings: Env;
  Variables: {
    requestId: string;
    isolate: Isolate;
    config: Config;
    timings: Timings;
    caller: Caller;
    account: Account;
    /** Null: neither configured nor authorised. */
    findAccount: (appId: string) => Promise<Account | null>;
    gatewayTokens: GatewayTokens;
    voices: VoiceService;
    tokens: TokenService;
    tickets: TicketService;
    jobs: IntakeOptions;
    /** The body of a webhook, once its signature has been found right. */
    signedBody: string | undefined;
    /** Set once the answer is a problem. */
    failure: ServiceError | undefined;
  };
}
