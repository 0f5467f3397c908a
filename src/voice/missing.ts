/**
 * Voices that WeChat has just said it doesn't have: remembered for MISSING_SECONDS by their keeper, so that a caller who keeps
 * asking does not use up the account's daily quota. An object that nobody calls is put away by the runtime after some ten
 * seconds, and to keep it awake would cost more than it saves; so the cache of the data centre that it lives in has a copy,
 * which only an object younger than MISSING_SECONDS needs to read.
 *
 * Only WeChat's own answer is remembered, and only for the call that it answers: what getHDVoice doesn't have, a chat may.
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

export interface MissingOptions {
  readonly nowMs: () => number;
  /** The data centre's cache; what it fails at is no failure of ours. */
  readonly openCache: () => Promise<Cache>;
}

export class MissingVoices {
  readonly #options: MissingOptions;
  readonly #bornAtMs: number;
  /** By what was asked, the oldest first. */
  readonly #absences = new Map<string, Absence>();

  constructor(options: MissingOptions) {
    this.#options = options;
    this.#bornAtMs = options.nowMs();
  }

  /** The failure to repeat to the caller; null when WeChat is to be asked. */
  async recall(key: string): Promise<ServiceError | null> {
    const nowMs = this.#options.nowMs();
    const isYoung = nowMs - this.#bornAtMs < MISSING_SECONDS * 1000;
    const absence = this.#absences.get(key) ?? (isYoung ? await this.#recallFromCache(key) : null);
    if (!absence || absence.untilMs <= nowMs) return null;
    return new ServiceError("voice-not-found", absence.detail, {
      wechat: absence.wechat,
      headers: { "cache-status": `hdvoice; hit; ttl=${Math.ceil((absence.untilMs - nowMs) / 1000)}` },
    });
  }

  /** Remembers the failure if WeChat has answered that it has no such voice. */
  async remember(key: string, failure: unknown): Promise<void> {
    if (!(failure instanceof ServiceError)) return;
    if (failure.code !== "voice-not-found" || failure.wechat === null) return;
    const untilMs = this.#options.nowMs() + MISSING_SECONDS * 1000;
    const absence: Absence = { detail: failure.message, wechat: failure.wechat, untilMs };
    this.#absences.delete(key);
    this.#absences.set(key, absence);
    const [oldest] = this.#absences.keys();
    if (this.#absences.size > MAX_REMEMBERED && oldest !== undefined) this.#absences.delete(oldest);
    const headers = { "cache-control": `max-age=${MISSING_SECONDS}` };
    await this.#inCache((cache) => cache.put(cacheUrl(key), Response.json(absence, { headers })));
  }

  async forget(key: string): Promise<void> {
    this.#absences.delete(key);
    await this.#inCache((cache) => cache.delete(cacheUrl(key)));
  }

  async #recallFromCache(key: string): Promise<Absence | null> {
    const response = await this.#inCache((cache) => cache.match(cacheUrl(key)));
    return response ? response.json<Absence>() : null;
  }

  async #inCache<T>(work: (cache: Cache) => Promise<T>): Promise<T | null> {
    try {
      return await work(await this.#options.openCache());
    } catch {
      return null;
    }
  }
}

/** The cache wants URLs. This one can't be requested from outside: `.invalid` is nobody's (RFC 6761). */
function cacheUrl(key: string): string {
  return `https://missing.invalid/${key}`;
}
