/**
 * Voices that WeChat has just said it doesn't have: remembered for MISSING_SECONDS by their keeper, so that a caller who keeps
 * asking does not use up the account's daily quota. Only WeChat's own answer is remembered, and only for the call that it
 * answers: what getHDVoice doesn't have, a chat may.
 */
import { ServiceError, type WechatVerdict } from "../errors.ts";
import { MISSING_SECONDS } from "../limits.ts";

interface Absence {
  readonly detail: string;
  readonly wechat: WechatVerdict;
  readonly untilMs: number;
}

/** At under 500 bytes each, half a megabyte. The oldest goes first. */
const MAX_REMEMBERED = 1_000;

export class MissingVoices {
  readonly #nowMs: () => number;
  /** By what was asked, the oldest first. */
  readonly #absences = new Map<string, Absence>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The failure to repeat to the caller; null when WeChat is to be asked. */
  recall(key: string): ServiceError | null {
    const absence = this.#absences.get(key);
    const leftMs = absence ? absence.untilMs - this.#nowMs() : 0;
    if (!absence || leftMs <= 0) return null;
    return new ServiceError("voice-not-found", absence.detail, {
      wechat: absence.wechat,
      headers: { "cache-status": `hdvoice; hit; ttl=${Math.ceil(leftMs / 1000)}` },
    });
  }

  /** Remembers the failure if WeChat has answered that it has no such voice. */
  remember(key: string, failure: unknown): void {
    if (!(failure instanceof ServiceError)) return;
    if (failure.code !== "voice-not-found" || failure.wechat === null) return;
    this.forget(key);
    const untilMs = this.#nowMs() + MISSING_SECONDS * 1000;
    this.#absences.set(key, { detail: failure.message, wechat: failure.wechat, untilMs });
    const [oldest] = this.#absences.keys();
    if (this.#absences.size > MAX_REMEMBERED && oldest !== undefined) this.forget(oldest);
  }

  forget(key: string): void {
    this.#absences.delete(key);
  }
}
