/**
 * The PlatformKeeper: one Durable Object per third-party platform, named by its appId. It stores what must not be lost
 * (book.ts) and makes the platform's calls (clerk.ts). Every answer is data.
 */
import { DurableObject } from "cloudflare:workers";
import { configOf } from "../config/config.ts";
import type { Env } from "../env.ts";
import { ServiceError } from "../errors.ts";
import { type Reply, replyWith } from "../failure.ts";
import type { Isolate } from "../services/isolate.ts";
import { type LogLine, logInfo } from "../telemetry/log.ts";
import { type AuthorizerNote, authorizerKey } from "../wechat/accounts.ts";
import { PlatformBook } from "../wechat/platform/book.ts";
import { PlatformCalls } from "../wechat/platform/calls.ts";
import { Clerk, type PlatformStatus } from "../wechat/platform/clerk.ts";
import { createComponentSource } from "../wechat/platform/component-source.ts";
import type { PlatformKeeperObject } from "../wechat/platform/keeper-client.ts";
import type { PushFields } from "../wechat/push/fields.ts";
import { throughRelay } from "../wechat/relay.ts";
import { createKeeperClient } from "../wechat/token/keeper-client.ts";
import type { KeeperState } from "../wechat/token/keeper-state.ts";
import type { AccessToken } from "../wechat/token/source.ts";
import { Steward } from "../wechat/token/steward.ts";
import { createTransport } from "../wechat/transport.ts";
import { answerAlarm } from "./alarm.ts";

/** Storage keys: whose keeper this is, and what is known of the component_access_token. */
const NAME_KEY = "platform/v1";
const STATE_KEY = "state/v1";

export class PlatformKeeper extends DurableObject<Env> implements PlatformKeeperObject {
  readonly #isolate: Isolate;
  #clerk: Clerk | null = null;

  constructor(ctx: DurableObjectState, env: Env, isolate: Isolate) {
    super(ctx, env);
    this.#isolate = isolate;
  }

  accept(componentAppId: string, event: PushFields): Promise<Reply<void>> {
    return replyWith(async () => this.#open(componentAppId).accept(event));
  }

  authorizerToken(componentAppId: string, appId: string): Promise<Reply<AccessToken>> {
    return replyWith(async () => this.#open(componentAppId).authorizerToken(appId));
  }

  status(componentAppId: string): Promise<Reply<PlatformStatus>> {
    return replyWith(async () => this.#open(componentAppId).status());
  }

  override async alarm(): Promise<void> {
    const componentAppId = this.ctx.storage.kv.get<string>(NAME_KEY);
    if (componentAppId === undefined) return;
    await answerAlarm({
      storage: this.ctx.storage,
      nowMs: this.#isolate.world.nowMs(),
      open: () => this.#open(componentAppId),
      ring: (clerk) => clerk.settle(),
      // Its book stays: a lost refresh token can't be requested again.
      onUnknown: async () => {},
      concerns: { componentAppId },
    });
  }

  #open(componentAppId: string): Clerk {
    this.#clerk ??= this.#build(componentAppId);
    return this.#clerk;
  }

  #build(componentAppId: string): Clerk {
    const { env, ctx } = this;
    const platform = configOf(env).platforms.get(componentAppId);
    if (!platform) {
      throw new ServiceError("account-unknown", `No platform ${componentAppId} is configured here.`);
    }
    ctx.storage.kv.put(NAME_KEY, componentAppId);

    const transport = throughRelay(createTransport(this.#isolate.world, this.#isolate.hosts), platform);
    const { nowMs } = transport;
    const book = new PlatformBook(ctx.storage);
    const calls = new PlatformCalls(platform, transport);
    const log = (line: LogLine) => logInfo({ ...line, componentAppId });
    const steward = new Steward({
      source: createComponentSource({ componentAppId, ticket: () => book.ticket(), calls, nowMs }),
      // No cheap call takes it, and nobody outside sees it or can report it.
      check: null,
      read: () => ctx.storage.kv.get<KeeperState>(STATE_KEY) ?? null,
      write: (state) => ctx.storage.kv.put(STATE_KEY, state),
      // Needed every two hours per account at most, and only in here: renewed when it is needed, shown to nobody.
      setAlarm: async () => {},
      publish: () => {},
      log,
      nowMs,
    });
    return new Clerk({
      componentAppId,
      book,
      calls,
      steward,
      setAlarm: (atMs) => ctx.storage.setAlarm(atMs),
      onChange: async ({ appId, standing }) => {
        const note: AuthorizerNote = { componentAppId };
        if (standing === "authorized") await env.TOKENS.put(authorizerKey(appId), JSON.stringify(note));
        else await env.TOKENS.delete(authorizerKey(appId));
        await createKeeperClient(env.TOKEN_KEEPER, { appId, componentAppId }, transport).forget();
      },
      log,
      nowMs,
    });
  }
}
