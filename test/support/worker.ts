/**
 * The Worker under test, in a world that tests can bend (world.ts). All files of a run share one workerd, so its queue is
 * kept to the test that goes on now.
 */
import { createApp } from "../../src/app.ts";
import type { Env } from "../../src/env.ts";
import { PlatformKeeper as PlatformKeeperOf } from "../../src/keepers/platform-keeper.ts";
import { TokenKeeper as TokenKeeperOf } from "../../src/keepers/token-keeper.ts";
import { VoiceKeeper as VoiceKeeperOf } from "../../src/keepers/voice-keeper.ts";
import { handleQueue } from "../../src/queue.ts";
import type { Settling } from "./keepers.ts";
import { watchQueue, work } from "./queue-watch.ts";
import { isolate, withSettings } from "./world.ts";

const app = createApp(isolate);

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

export class VoiceKeeper extends VoiceKeeperOf implements Settling {
  readonly #goingOn = new Set<Promise<unknown>>();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, withSettings(env), isolate);
    const waitUntil = ctx.waitUntil.bind(ctx);
    ctx.waitUntil = (promise) => {
      const end = promise.finally(() => this.#goingOn.delete(end));
      this.#goingOn.add(end);
      waitUntil(end);
    };
  }

  async settled(): Promise<void> {
    while (this.#goingOn.size > 0) await Promise.allSettled(this.#goingOn);
  }
}

/** One request to the app, for tests that bring settings of their own. */
export function fetchApp(request: Request, env: Env, ctx?: ExecutionContext): Response | Promise<Response> {
  return app.fetch(request, watchQueue(withSettings(env)), ctx);
}

export default {
  fetch: fetchApp,
  queue: (batch, env) => work(batch, (ofThisTest) => handleQueue(isolate, ofThisTest, watchQueue(env))),
} satisfies ExportedHandler<Env>;
