/** What the runtime calls. All of it shares one isolate: its view of the world, and the values in its memory. */
import { env as settings } from "cloudflare:workers";
import { createApp } from "./app.ts";
import type { Env } from "./env.ts";
import { PlatformKeeper as PlatformKeeperOf } from "./keepers/platform-keeper.ts";
import { TokenKeeper as TokenKeeperOf } from "./keepers/token-keeper.ts";
import { VoiceKeeper as VoiceKeeperOf } from "./keepers/voice-keeper.ts";
import { handleQueue } from "./queue.ts";
import { prepare, rehearse } from "./rehearsal.ts";
import { createIsolate } from "./services/isolate.ts";

/** The same for every request, and known before the first. */
const env = settings as unknown as Env;
const isolate = createIsolate();
const app = createApp(isolate);
prepare(env);
await rehearse();

export class TokenKeeper extends TokenKeeperOf {
  constructor(ctx: DurableObjectState) {
    super(ctx, env, isolate);
  }
}

export class PlatformKeeper extends PlatformKeeperOf {
  constructor(ctx: DurableObjectState) {
    super(ctx, env, isolate);
  }
}

export class VoiceKeeper extends VoiceKeeperOf {
  constructor(ctx: DurableObjectState) {
    super(ctx, env, isolate);
  }
}

export default {
  fetch: (request, _, ctx) => app.fetch(request, env, ctx),
  queue: (batch) => handleQueue(isolate, batch, env),
} satisfies ExportedHandler;
