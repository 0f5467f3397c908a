/** What the runtime hands the Worker: bindings, variables and secrets, as wrangler.toml declares them. */
import type { JobMessage } from "./jobs/message.ts";

export interface Env {
  readonly TOKENS: KVNamespace;
  readonly VOICES: R2Bucket;
  readonly JOBS: Queue<JobMessage>;

  readonly WECHAT_APP_ID?: string;
  readonly WECHAT_APP_SECRET?: string;
  readonly WECHAT_ACCOUNTS?: string;
  readonly WECHAT_API_ORIGINS?: string;
  readonly WECHAT_TOKEN_ORIGIN?: string;
  readonly API_KEYS?: string;
  readonly MAX_VOICE_SECONDS?: string;
  readonly STORE_FORMATS?: string;
  readonly LINK_KEYS?: string;
  readonly WEBHOOK_SECRETS?: string;
  readonly CALLBACK_HOSTS?: string;
  readonly JOB_BACKOFF_SECONDS?: string;
}
