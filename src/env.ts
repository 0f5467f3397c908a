/** What the runtime passes to the Worker: bindings, variables and secrets, as wrangler.toml declares them. */
import type { Settings } from "./config/settings.ts";
import type { JobMessage } from "./jobs/message.ts";
import type { AiBinding } from "./transcript/workers-ai.ts";
import type { VoiceKeeperObject } from "./voice/keeper-client.ts";
import type { PlatformKeeperObject } from "./wechat/platform/keeper-client.ts";
import type { TokenKeeperObject } from "./wechat/token/keeper-client.ts";

export interface Bindings {
  readonly TOKENS: KVNamespace;
  readonly VOICES: R2Bucket;
  readonly JOBS: Queue<JobMessage>;
  readonly TOKEN_KEEPER: DurableObjectNamespace<TokenKeeperObject>;
  readonly PLATFORM_KEEPER: DurableObjectNamespace<PlatformKeeperObject>;
  readonly VOICE_KEEPER: DurableObjectNamespace<VoiceKeeperObject>;
  /** Workers AI, where it is bound. */
  readonly AI?: AiBinding;
}

export type Env = Bindings & Settings;
