/**
 * The TokenKeeper: one Durable Object per account, named by its appId, and the only one in the world that asks for
 * the account's token. It lends steward.ts its storage and its alarm; every answer is data (failure.ts).
 */
import { DurableObject } from "cloudflare:workers";
import { configOf } from "../config/config.ts";
import type { Env } from "../env.ts";
import { type Reply, replyWith } from "../failure.ts";
import type { Isolate } from "../services/isolate.ts";
import { type LogLine, logInfo } from "../telemetry/log.ts";
import type { AccountRef } from "../wechat/account.ts";
import { accountFor } from "../wechat/accounts.ts";
import { createPlatformClient } from "../wechat/platform/keeper-client.ts";
import { type Admission, admitPlainPush, type PlainPush } from "../wechat/push/gate.ts";
import { throughRelay } from "../wechat/relay.ts";
import { createTokenCheck } from "../wechat/token/check.ts";
import type { TokenKeeperObject } from "../wechat/token/keeper-client.ts";
import { type KeeperState, withFreshStart } from "../wechat/token/keeper-state.ts";
import { createPublication, tokenKey } from "../wechat/token/publication.ts";
import type { AccessToken, TokenStatus } from "../wechat/token/source.ts";
import { type Account, createSource } from "../wechat/token/sources/registry.ts";
import { Steward } from "../wechat/token/steward.ts";
import { createTransport } from "../wechat/transport.ts";
import { answerAlarm } from "./alarm.ts";

/** Storage keys: whose keeper this is, what is known of the token, the last pushed token, and what it all rests on. */
const REF_KEY = "account/v1";
const STATE_KEY = "state/v1";
const PUSHED_KEY = "pushed/v1";
const SETTINGS_KEY = "settings/v1";

export class TokenKeeper extends DurableObject<Env> implements TokenKeeperObject {
  readonly #isolate: Isolate;
  #steward: Promise<Steward> | null = null;

  constructor(ctx: DurableObjectState, env: Env, isolate: Isolate) {
    super(ctx, env);
    this.#isolate = isolate;
  }

  current(ref: AccountRef): Promise<Reply<AccessToken>> {
    return replyWith(async () => (await this.#open(ref)).current());
  }

  replace(ref: AccountRef, rejected: string): Promise<Reply<AccessToken>> {
    return replyWith(async () => (await this.#open(ref)).replace(rejected));
  }

  push(ref: AccountRef, token: AccessToken): Promise<Reply<void>> {
    return replyWith(async () => {
      const steward = await this.#open(ref);
      this.ctx.storage.kv.put(PUSHED_KEY, token);
      await steward.push(token);
    });
  }

  forget(ref: AccountRef): Promise<Reply<void>> {
    return replyWith(async () => (await this.#open(ref)).forget());
  }

  status(ref: AccountRef): Promise<Reply<TokenStatus>> {
    return replyWith(async () => (await this.#open(ref)).status());
  }

  admitPlainPush(push: PlainPush, nowMs: number): Promise<Reply<Admission>> {
    return replyWith(async () => admitPlainPush(this.ctx.storage, push, nowMs));
  }

  override async alarm(): Promise<void> {
    const ref = this.ctx.storage.kv.get<AccountRef>(REF_KEY);
    if (!ref) return;
    const { storage } = this.ctx;
    await answerAlarm({
      storage,
      nowMs: this.#isolate.world.nowMs(),
      open: () => this.#open(ref),
      ring: (steward) => steward.onAlarm(),
      // Everything is forgotten, the token first of all.
      onUnknown: () => storage.deleteAll(),
      concerns: { appId: ref.appId },
    });
  }

  #open(ref: AccountRef): Promise<Steward> {
    this.#steward ??= this.#build(ref).catch((error) => {
      this.#steward = null;
      throw error;
    });
    return this.#steward;
  }

  async #build(ref: AccountRef): Promise<Steward> {
    const { storage } = this.ctx;
    const account = accountFor(configOf(this.env), ref);
    await this.#noticeChangedSettings(account);
    if (!storage.kv.get(REF_KEY)) storage.kv.put(REF_KEY, ref);

    const transport = throughRelay(createTransport(this.#isolate.world, this.#isolate.hosts), account);
    const log = (line: LogLine) => logInfo({ ...line, appId: account.appId });
    return new Steward({
      source: createSource(account, {
        transport,
        pushed: () => this.#pushed(),
        authorizerToken: (componentAppId, appId) =>
          createPlatformClient(this.env.PLATFORM_KEEPER, componentAppId, this.#isolate.world).authorizerToken(
            appId,
          ),
      }),
      check: createTokenCheck(account, transport),
      read: () => storage.kv.get<KeeperState>(STATE_KEY) ?? null,
      write: (state) => storage.kv.put(STATE_KEY, state),
      setAlarm: (atMs) => (atMs === null ? storage.deleteAlarm() : storage.setAlarm(atMs)),
      publish: createPublication({
        kv: this.env.TOKENS,
        key: tokenKey(account),
        waitUntil: (promise) => this.ctx.waitUntil(promise),
        nowMs: transport.nowMs,
        sleep: transport.sleep,
        onFailure: () => log({ event: "token-not-published" }),
      }),
      log,
      nowMs: transport.nowMs,
    });
  }

  /** A corrected secret is tried at once; a token from another source is not the account's token any more. */
  async #noticeChangedSettings(account: Account): Promise<void> {
    const { kv } = this.ctx.storage;
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(account)));
    const settings = { source: account.source, digest: new Uint8Array(digest).toHex() };
    const before = kv.get<typeof settings>(SETTINGS_KEY);
    if (before?.digest === settings.digest) return;
    kv.put(SETTINGS_KEY, settings);
    const state = kv.get<KeeperState>(STATE_KEY);
    if (!state) return;
    const token = before?.source === account.source ? state.token : null;
    kv.put<KeeperState>(STATE_KEY, withFreshStart({ ...state, token }));
  }

  #pushed(): AccessToken | null {
    return this.ctx.storage.kv.get<AccessToken>(PUSHED_KEY) ?? null;
  }
}
