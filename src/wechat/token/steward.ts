/**
 * Keeps one account's token: asks the source at most once at a time however many want it, remembers over restarts
 * what policy.ts needs to decide, and publishes the token for everyone to read. Knows no Durable Object:
 * keeper.ts lends it storage, alarm and clock, and so can a test.
 */

import { type Failure, toError, toFailure } from "../../failure.ts";
import type { LogLine } from "../../telemetry/log.ts";
import { withSaneEnd } from "./lifetime.ts";
import * as policy from "./policy.ts";
import type { AccessToken, AskMode, TokenKeeper, TokenSource, TokenStatus } from "./source.ts";

/** The moment of last use is stored to this precision: a write per request would be a waste. */
const USE_PRECISION_MS = 60_000;
/** Two answers about one token differ by the time that they took. */
const SAME_END_MS = 10_000;

export interface StewardOptions {
  readonly source: TokenSource;
  /** What was written last; null at first. */
  readonly read: () => policy.KeeperState | null;
  /** Durable before anything that follows leaves the machine. */
  readonly write: (state: policy.KeeperState) => void;
  readonly setAlarm: (atMs: number | null) => Promise<void>;
  /** Makes the token readable everywhere, in the background; null takes it back. */
  readonly publish: (token: AccessToken | null) => void;
  readonly log: (line: LogLine) => void;
  readonly nowMs: () => number;
}

export class Steward implements TokenKeeper {
  readonly #options: StewardOptions;
  #state: policy.KeeperState;
  /** What everyone can read; undefined: not known, after a restart. */
  #published: AccessToken | null | undefined;
  readonly #asking = new Map<AskMode, Promise<AccessToken>>();
  readonly #replacing = new Map<string, Promise<AccessToken>>();

  constructor(options: StewardOptions) {
    this.#options = options;
    this.#state = policy.recalled(options.read(), options.nowMs());
  }

  async current(): Promise<AccessToken> {
    const { source, nowMs } = this.#options;
    await this.#markUsed();
    const decision = policy.onDemand(this.#state, source, nowMs());
    if (decision.kind === "fail") throw toError(decision.failure);
    if (decision.kind === "ask") return this.#ask("normal");
    // The old token still works: nobody waits for the new one, and a failure is remembered in the state.
    if (decision.renewal === "due") this.#ask("normal").catch(() => {});
    return decision.token;
  }

  replace(rejected: string): Promise<AccessToken> {
    let replacing = this.#replacing.get(rejected);
    if (!replacing) {
      replacing = this.#replace(rejected).finally(() => this.#replacing.delete(rejected));
      this.#replacing.set(rejected, replacing);
    }
    return replacing;
  }

  async push(token: AccessToken): Promise<void> {
    await this.#accept(token);
  }

  async forget(): Promise<void> {
    const { forced } = this.#state;
    // What was forced today stays counted: WeChat counts it too.
    this.#write({ ...policy.BLANK, forced });
    this.#publish(null);
    await this.#options.setAlarm(null);
  }

  /** What the last failure rested on may have changed. */
  reconsider(): void {
    this.#write(policy.withFreshStart(this.#state));
  }

  async status(): Promise<TokenStatus> {
    const { source, nowMs } = this.#options;
    return policy.statusOf(this.#state, source, nowMs());
  }

  /** The alarm has rung: renews ahead of time, unless nobody has used the account for an hour. */
  async onAlarm(): Promise<void> {
    const { source, nowMs } = this.#options;
    const decision = policy.onDemand(this.#state, source, nowMs());
    const due = decision.kind === "ask" || (decision.kind === "serve" && decision.renewal === "due");
    if (due && !policy.isIdle(this.#state, nowMs())) await this.#ask("normal").catch(() => {});
    else await this.#setAlarm();
  }

  async #replace(rejected: string): Promise<AccessToken> {
    const { source, nowMs } = this.#options;
    await this.#markUsed();
    // A renewal under way may bring what is wanted.
    await this.#asking.get("normal")?.catch(() => {});
    const decision = policy.onRejection(this.#state, source, rejected, nowMs());
    if (decision.kind === "fail") throw toError(decision.failure);
    if (decision.kind === "serve") return decision.token;

    this.#write(policy.withReplacement(this.#state, nowMs()));
    this.#options.log({ event: "token-refused" });
    const token = await this.#ask("normal", rejected);
    if (token.value !== rejected) return token;

    const verdict = source.forceable ? policy.mayForce(this.#state, nowMs()) : STILL_THE_SAME;
    if (verdict !== "allowed") return this.#giveUp(verdict);
    this.#write(policy.withForced(this.#state, nowMs()));
    const forced = await this.#ask("force", rejected);
    return forced.value === rejected ? this.#giveUp(STILL_THE_SAME) : forced;
  }

  async #giveUp(failure: Failure): Promise<never> {
    const { nowMs, log } = this.#options;
    this.#write(policy.withRefusal(this.#state, failure, nowMs()));
    log({ event: "token-not-replaced", code: failure.code, detail: failure.detail });
    this.#publish(null);
    await this.#setAlarm();
    throw toError(failure);
  }

  /** One question of a kind at a time; later callers join the one under way. */
  #ask(mode: AskMode, rejected: string | null = null): Promise<AccessToken> {
    let asking = this.#asking.get(mode);
    if (!asking) {
      asking = this.#askAndRemember(mode, rejected).finally(() => this.#asking.delete(mode));
      this.#asking.set(mode, asking);
    }
    return asking;
  }

  async #askAndRemember(mode: AskMode, rejected: string | null): Promise<AccessToken> {
    const { source, nowMs, log } = this.#options;
    let token: AccessToken;
    try {
      token = await source.fetchToken(mode, rejected);
    } catch (error) {
      const failure = toFailure(error);
      this.#write(policy.withFailure(this.#state, failure, nowMs()));
      log({ event: "token-not-renewed", mode, code: failure.code, wechat: failure.wechat ?? undefined });
      await this.#setAlarm();
      throw toError(failure);
    }
    if (token.value !== this.#state.token?.value) {
      const lastsSeconds = Math.floor((token.expiresAtMs - nowMs()) / 1000);
      log({ event: "token-renewed", mode, lastsSeconds });
    }
    return this.#accept(token);
  }

  async #accept(token: AccessToken): Promise<AccessToken> {
    const sane = withSaneEnd(token, this.#options.nowMs());
    this.#write(policy.withToken(this.#state, sane, this.#options.nowMs()));
    this.#publish(sane);
    await this.#setAlarm();
    return sane;
  }

  /** Only what is new: KV takes one write a second per key. */
  #publish(token: AccessToken | null): void {
    const shown = this.#published;
    if (shown === null && token === null) return;
    const lastsLonger = token && shown && token.expiresAtMs - shown.expiresAtMs > SAME_END_MS;
    if (token && shown?.value === token.value && !lastsLonger) return;
    this.#published = token;
    this.#options.publish(token);
  }

  async #markUsed(): Promise<void> {
    const nowMs = this.#options.nowMs();
    if (nowMs - this.#state.usedAtMs < USE_PRECISION_MS) return;
    const wasIdle = policy.isIdle(this.#state, nowMs);
    this.#write({ ...this.#state, usedAtMs: nowMs });
    // While idle no alarm was set: from here on the token is renewed ahead of time again.
    if (wasIdle) await this.#setAlarm();
  }

  #setAlarm(): Promise<void> {
    const { source, nowMs, setAlarm } = this.#options;
    return setAlarm(policy.alarmAtMs(this.#state, source, nowMs()));
  }

  #write(state: policy.KeeperState): void {
    this.#state = state;
    this.#options.write(state);
  }
}

const STILL_THE_SAME: Failure = {
  code: "wechat-credential",
  detail:
    "WeChat refuses the access token, and its source has no other. Check the source, and that no other program takes the account's tokens away.",
  wechat: null,
  retryAfterSeconds: null,
  operatorDetail: null,
};
