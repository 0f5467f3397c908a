/**
 * The TokenKeeper: one Durable Object per account, named by its appId, and the only one in the world that asks for
 * the account's token and its tickets. It gives the steward of each (wechat/token/steward.ts) storage and alarm; every answer
 * is data (failure.ts).
 */
import { DurableObject } from "cloudflare:workers";
import { configOf } from "../config/config.ts";
import type { Env } from "../env.ts";
import { type Reply, replyWith } from "../failure.ts";
import type { Isolate } from "../services/isolate.ts";
import { type LogLine, logInfo } from "../telemetry/log.ts";
import type { AccountRef } from "../wechat/account.ts";
import { accountFor } from "../wechat/accounts.ts";
import { createTicketSource, TICKET_KINDS, type Ticket, type TicketKind } from "../wechat/jsapi/ticket.ts";
import { createPlatformClient } from "../wechat/platform/keeper-client.ts";
import { type Admission, admitPlainPush, type PlainPush } from "../wechat/push/gate.ts";
import { throughRelay } from "../wechat/relay.ts";
import { createTokenCheck, type TokenCheck } from "../wechat/token/check.ts";
import type { TokenKeeperObject } from "../wechat/token/keeper-client.ts";
import { type KeeperState, withFreshStart } from "../wechat/token/keeper-state.ts";
import { createPublication, ticketKey, tokenKey } from "../wechat/token/publication.ts";
import type { AccessToken, TokenSource, TokenStatus } from "../wechat/token/source.ts";
import { type Account, createSource } from "../wechat/token/sources/registry.ts";
import { Steward } from "../wechat/token/steward.ts";
import { createTransport, type Transport } from "../wechat/transport.ts";
import { answerAlarm } from "./alarm.ts";
import { setSharedAlarm } from "./shared-alarm.ts";

/** Storage keys: whose keeper this is, the last pushed token, and a hash of the settings that it depends on. */
const REF_KEY = "account/v1";
const PUSHED_KEY = "pushed/v1";
const SETTINGS_KEY = "settings/v1";
/** And what is known of the token, and of each ticket. */
const STATE_KEY = "state/v1";
const ticketStateKey = (kind: TicketKind) => `ticket/v1/${kind}`;
const STATE_KEYS = [STATE_KEY, ...TICKET_KINDS.map(ticketStateKey)];

interface Stewards {
  readonly token: Steward;
  ticket(kind: TicketKind): Steward;
}

interface Charge {
  readonly stateKey: string;
  readonly publishedAs: string;
  readonly source: TokenSource;
  readonly check: TokenCheck | null;
  readonly log: (line: LogLine) => void;
}

export class TokenKeeper extends DurableObject<Env> implements TokenKeeperObject {
  readonly #isolate: Isolate;
  #stewards: Promise<Stewards> | null = null;

  constructor(ctx: DurableObjectState, env: Env, isolate: Isolate) {
    super(ctx, env);
    this.#isolate = isolate;
  }

  current(ref: AccountRef): Promise<Reply<AccessToken>> {
    return replyWith(async () => (await this.#open(ref)).token.current());
  }

  ticket(ref: AccountRef, kind: TicketKind): Promise<Reply<Ticket>> {
    return replyWith(async () => (await this.#open(ref)).ticket(kind).current());
  }

  replace(ref: AccountRef, rejected: string): Promise<Reply<AccessToken>> {
    return replyWith(async () => (await this.#open(ref)).token.replace(rejected));
  }

  push(ref: AccountRef, token: AccessToken): Promise<Reply<void>> {
    return replyWith(async () => {
      const stewards = await this.#open(ref);
      this.ctx.storage.kv.put(PUSHED_KEY, token);
      await stewards.token.push(token);
      for (const ticket of this.#knownTickets(stewards)) ticket.reconsider();
    });
  }

  forget(ref: AccountRef): Promise<Reply<void>> {
    return replyWith(async () => {
      const stewards = await this.#open(ref);
      for (const steward of [stewards.token, ...this.#knownTickets(stewards)]) await steward.forget();
    });
  }

  status(ref: AccountRef): Promise<Reply<TokenStatus>> {
    return replyWith(async () => (await this.#open(ref)).token.status());
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
      // Whose time has not come yet sets its own anew.
      ring: async (stewards) => {
        for (const steward of [stewards.token, ...this.#knownTickets(stewards)]) await steward.onAlarm();
      },
      // Everything is forgotten, the token first of all.
      onUnknown: () => storage.deleteAll(),
      concerns: { appId: ref.appId },
    });
  }

  /** Those that have been asked for at some time. */
  #knownTickets({ ticket }: Stewards): Steward[] {
    const { kv } = this.ctx.storage;
    return TICKET_KINDS.filter((kind) => kv.get(ticketStateKey(kind)) !== undefined).map(ticket);
  }

  #open(ref: AccountRef): Promise<Stewards> {
    this.#stewards ??= this.#build(ref).catch((error) => {
      this.#stewards = null;
      throw error;
    });
    return this.#stewards;
  }

  async #build(ref: AccountRef): Promise<Stewards> {
    const { storage } = this.ctx;
    const account = accountFor(configOf(this.env), ref);
    await this.#noticeChangedSettings(account);
    if (!storage.kv.get(REF_KEY)) storage.kv.put(REF_KEY, ref);

    const { world, hosts } = this.#isolate;
    const transport = throughRelay(createTransport(world, hosts), account);
    const log = (line: LogLine) => logInfo({ ...line, appId: account.appId });
    const token = this.#hire(transport, {
      stateKey: STATE_KEY,
      publishedAs: tokenKey(account),
      source: createSource(account, {
        transport,
        pushed: () => this.#pushed(),
        authorizerToken: (componentAppId, appId) =>
          createPlatformClient(this.env.PLATFORM_KEEPER, componentAppId, world).authorizerToken(appId),
      }),
      check: createTokenCheck(account, transport),
      log,
    });
    const tickets = new Map<TicketKind, Steward>();
    return {
      token,
      ticket: (kind) => {
        let ticket = tickets.get(kind);
        if (!ticket) {
          ticket = this.#hire(transport, {
            stateKey: ticketStateKey(kind),
            publishedAs: ticketKey(account, kind),
            source: createTicketSource(account, kind, token, transport),
            // No call tells, and a page can't report one: WeChat says no more to it than that its signature is wrong.
            check: null,
            log: (line) => log({ ...line, ticket: kind }),
          });
          tickets.set(kind, ticket);
        }
        return ticket;
      },
    };
  }

  #hire({ nowMs, sleep }: Transport, { stateKey, publishedAs, source, check, log }: Charge): Steward {
    const { storage } = this.ctx;
    return new Steward({
      source,
      check,
      read: () => storage.kv.get<KeeperState>(stateKey) ?? null,
      write: (state) => storage.kv.put(stateKey, state),
      setAlarm: (atMs) => setSharedAlarm(storage, stateKey, atMs),
      publish: createPublication({
        kv: this.env.TOKENS,
        key: publishedAs,
        waitUntil: (promise) => this.ctx.waitUntil(promise),
        nowMs,
        sleep,
        onFailure: () => log({ event: "token-not-published" }),
      }),
      log,
      nowMs,
    });
  }

  /** A corrected secret is tried at once; what another source gave is not the account's any more. */
  async #noticeChangedSettings(account: Account): Promise<void> {
    const { kv } = this.ctx.storage;
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(account)));
    const settings = { source: account.source, digest: new Uint8Array(digest).toHex() };
    const before = kv.get<typeof settings>(SETTINGS_KEY);
    if (before?.digest === settings.digest) return;
    kv.put(SETTINGS_KEY, settings);
    for (const key of STATE_KEYS) {
      const state = kv.get<KeeperState>(key);
      if (!state) continue;
      const token = before?.source === account.source ? state.token : null;
      kv.put<KeeperState>(key, withFreshStart({ ...state, token }));
    }
  }

  #pushed(): AccessToken | null {
    return this.ctx.storage.kv.get<AccessToken>(PUSHED_KEY) ?? null;
  }
}
