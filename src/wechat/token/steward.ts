/**
 * Keeps one account's token: asks the source at most once at a time however many want it, remembers over restarts
 * what policy.ts needs to decide, and publishes the token for everyone to read. Knows no Durable Object:
 * a keeper, or a test, passes it storage, alarm and clock.
 */
import { type Failure, toError, toFailure } from "../../failure.ts";
import type { LogLine } from "../../telemetry/log.ts";
import type { Standing, TokenCheck } from "./check.ts";
import {
  BLANK,
  type KeeperState,
  recalled,
  withCheck,
  withFailure,
  withForced,
  withFreshStart,
  withRefusal,
  withReplacement,
  withToken,
} from "./keeper-state.ts";
import { withSaneEnd } from "./lifetime.ts";
import * as policy from "./policy.ts";
import type { AccessToken, AskMode, TokenKeeper, TokenSource, TokenStatus } from "./source.ts";

/** The moment of last use is stored to this precision: not every request needs a write. */
const USE_PRECISION_MS = 60_000;
/** WeChat may refuse a token by mistake: it has to refuse it so often again before the token may be replaced by force. */
const CONFIRMATIONS = 3;

export interface StewardOptions {
  readonly source: TokenSource;
  /** Null: there is no call to check such a token by, and whoever reports it is believed. */
  readonly check: TokenCheck | null;
  /** What was written last; null at first. */
  readonly read: () => KeeperState | null;
  /** Durable before any later output leaves the machine. */
  readonly write: (state: KeeperState) => void;
  readonly setAlarm: (atMs: number | null) => Promise<void>;
  /** Makes the token readable everywhere, in the background; null removes it. */
  readonly publish: (token: AccessToken | null) => void;
  readonly log: (line: LogLine) => void;
  readonly nowMs: () => number;
}

export class Steward implements TokenKeeper {
  readonly #options: StewardOptions;
  #state: KeeperState;
  #obtaining: Promise<AccessToken> | null = null;
  readonly #asking = new Map<AskMode, Promise<AccessToken>>();
  readonly #replacing = new Map<string, Promise<AccessToken>>();

  constructor(options: StewardOptions) {
    this.#options = options;
    this.#state = recalled(options.read(), options.nowMs());
  }

  async current(): Promise<AccessToken> {
    const { source, nowMs } = this.#options;
    await this.#markUsed();
    const decision = policy.onDemand(this.#state, source, nowMs());
    if (decision.kind === "serve") {
      // The old token still works: nobody waits for the new one, and a failure is remembered in the state.
      if (decision.renewal === "due") this.#ask("normal").catch(() => {});
      return decision.token;
    }
    if (decision.kind === "fail" && !this.#obtaining) throw toError(decision.failure);
    return this.#obtain();
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
    this.#write({ ...BLANK, forced });
    this.#options.publish(null);
    await this.#options.setAlarm(null);
  }

  /** What the last failure rested on may have changed. */
  reconsider(): void {
    this.#write(withFreshStart(this.#state));
  }

  async status(): Promise<TokenStatus> {
    const { source, nowMs } = this.#options;
    return policy.statusOf(this.#state, source, nowMs());
  }

  /** The alarm has rung: renews ahead of time, unless nobody has used the account for an hour. */
  async onAlarm(): Promise<void> {
    const { source, nowMs } = this.#options;
    const decision = policy.onDemand(this.#state, source, nowMs());
    const due = decision.kind === "serve" ? decision.renewal === "due" : decision.kind === "ask";
    if (due && !policy.isIdle(this.#state, nowMs())) await this.#obtain().catch(() => {});
    else await this.#setAlarm();
  }

  async #replace(rejected: string): Promise<AccessToken> {
    const { source, log, nowMs } = this.#options;
    await this.#markUsed();
    // A renewal under way may bring what is wanted.
    await this.#asking.get("normal")?.catch(() => {});
    let report = policy.onReport(this.#state, source, rejected, nowMs());
    if (report.kind === "check") {
      const standing = await this.#check(report.token);
      const successor = policy.successorOf(this.#state, source, rejected, nowMs());
      report = successor ? { kind: "serve", token: successor } : policy.afterCheck(report.token, standing);
    }
    if (report.kind === "serve") return report.token;
    if (report.kind === "fail") throw toError(report.failure);

    const verdict = policy.mayReplace(this.#state, nowMs());
    if (verdict !== "allowed") throw toError(verdict);
    this.#write(withReplacement(this.#state, nowMs()));
    log({ event: "token-refused", standing: report.standing });
    const token = await this.#obtain();
    return token.value === rejected && report.standing === "refused" ? this.#insist(token) : token;
  }

  /** Asks the source, and serves what it has, unless that is a token which WeChat was found to refuse. */
  #obtain(): Promise<AccessToken> {
    this.#obtaining ??= this.#askUnlessRefused().finally(() => {
      this.#obtaining = null;
    });
    return this.#obtaining;
  }

  async #askUnlessRefused(): Promise<AccessToken> {
    const { token: before, refused } = this.#state;
    let token: AccessToken;
    try {
      token = await this.#ask("normal");
    } catch (error) {
      // The source gives nothing. What it gave before may be taken again.
      if (!before || !refused || before.expiresAtMs <= this.#options.nowMs()) throw error;
      if ((await this.#check(before)) === "refused") throw error;
      return this.#inService(before);
    }
    return this.#state.refused ? this.#insist(token) : token;
  }

  /** The source has only this token, which WeChat refuses. Before others lose it, or it is forced away, it is tried again. */
  async #insist(token: AccessToken): Promise<AccessToken> {
    const { source, nowMs } = this.#options;
    for (let check = 0; check < CONFIRMATIONS; check++) {
      if ((await this.#check(token)) !== "refused") return this.#inService(token);
    }
    const successor = policy.successorOf(this.#state, source, token.value, nowMs());
    if (successor) return successor;
    const verdict = source.forceable ? policy.mayForce(this.#state, nowMs()) : policy.STILL_THE_SAME;
    if (verdict !== "allowed") return this.#giveUp(verdict);
    this.#write(withForced(this.#state, nowMs()));
    const forced = await this.#ask("force", token.value);
    return forced.value === token.value ? this.#giveUp(policy.STILL_THE_SAME) : forced;
  }

  /** Asks WeChat about the token in use. */
  async #check(token: AccessToken): Promise<Standing> {
    const { check, nowMs } = this.#options;
    const standing = check ? await check(token.value) : "refused";
    if (this.#state.token?.value === token.value) {
      this.#write(withCheck(this.#state, standing, nowMs()));
    }
    return standing;
  }

  /** The token, or the one that took its place while it was checked. */
  #inService(token: AccessToken): AccessToken {
    const { source, nowMs } = this.#options;
    const successor = policy.successorOf(this.#state, source, token.value, nowMs());
    if (!successor) this.#options.publish(token);
    return successor ?? token;
  }

  async #giveUp(failure: Failure): Promise<never> {
    const { nowMs, log } = this.#options;
    this.#write(withRefusal(this.#state, failure, nowMs()));
    log({ event: "token-not-replaced", code: failure.code, detail: failure.detail });
    this.#options.publish(null);
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
      this.#write(withFailure(this.#state, failure, nowMs()));
      log({ event: "token-not-renewed", mode, code: failure.code, wechat: failure.wechat ?? undefined });
      await this.#setAlarm();
      throw toError(failure);
    }
    if (token.value !== this.#state.token?.value) {
      log({ event: "token-renewed", mode, lastsSeconds: Math.floor((token.expiresAtMs - nowMs()) / 1000) });
    }
    return this.#accept(token);
  }

  async #accept(token: AccessToken): Promise<AccessToken> {
    const sane = withSaneEnd(token, this.#options.nowMs());
    this.#write(withToken(this.#state, sane, this.#options.nowMs()));
    this.#options.publish(sane);
    await this.#setAlarm();
    return sane;
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

  #write(state: KeeperState): void {
    this.#state = state;
    this.#options.write(state);
  }
}
