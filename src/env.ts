/** What the runtime hands the Worker: bindings, variables and secrets, as wrangler.toml declares them. */
import type { JobMessage } from "./jobs/message.ts";
import type { PlatformKeeper } from "./wechat/platform/keeper.ts";
import type { TokenKeeper } from "./wechat/token/keeper.ts";

export interface Env {
  readonly TOKENS: KVNamespace;
  readonly VOICES: R2Bucket;
  readonly JOBS: Queue<JobMessage>;
  readonly TOKEN_KEEPER: DurableObjectNamespace<TokenKeeper>;
  readonly PLATFORM_KEEPER: DurableObjectNamespace<PlatformKeeper>;

  readonly WECHAT_APP_ID?: string;
  readonly WECHAT_APP_SECRET?: string;
  readonly WECHAT_ACCOUNTS?: string;
  readonly WECHAT_PLATFORMS?: string;
  readonly WECHAT_API_ORIGINS?: string;
  readonly WECHAT_TOKEN_ORIGIN?: string;
  readonly WECHAT_RELAY_SECRET?: string;
  readonly API_KEYS?: string;
  readonly CORS_ORIGINS?: string;
  readonly MAX_VOICE_SECONDS?: string;
  readonly STORE_FORMATS?: string;
  readonly LINK_KEYS?: string;
  readonly WEBHOOK_SECRETS?: string;
  readonly CALLBACK_HOSTS?: string;
  readonly JOB_BACKOFF_SECONDS?: string;
}
