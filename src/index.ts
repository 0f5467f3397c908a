/** What the runtime calls. All of it shares one isolate: its view of the world, and the values in its memory. */
import { createApp } from "./app.ts";
import type { Env } from "./env.ts";
import { PlatformKeeper as PlatformKeeperOf } from "./keepers/platform-keeper.ts";
import { TokenKeeper as TokenKeeperOf } from "./keepers/token-keeper.ts";
import { VoiceKeeper as VoiceKeeperOf } from "./keepers/voice-keeper.ts";
import { handleQueue } from "./queue.ts";
import { rehearse } from "./rehearsal.ts";
import { createIsolate } from "./services/isolate.ts";

const isolate = createIsolate();
const app = createApp(isolate);
await rehearse();

export class TokenKeeper extends TokenKeeperOf {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, isolate);
  }
}

export class PlatformKeeper extends PlatformKeeperOf {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, isolate);
  }
}

export class VoiceKeeper extends VoiceKeeperOf {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, isolate);
  }
}

export default {
  fetch: app.fetch,
  queue: (batch, env) => handleQueue(isolate, batch, env),
} satisfies ExportedHandler<Env>;
