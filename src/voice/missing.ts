/**
 * Voices that WeChat has just said it doesn't have: remembered for MISSING_SECONDS, so that a caller who keeps asking does
 * not use up the account's daily quota. Two levels: this isolate's memory, and the data centre's cache, which its other
 * isolates share. KV would hold it worldwide, but its writes are what a free plan has least of (1,000 a day), and a
 * second data centre asking once a minute costs little.
 *
 * Only WeChat's own word is remembered, under the account that asked: nobody can make another account's voice vanish.
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

/** By what was asked. An absence is nobody's secret, and every reader has passed the check of its account by then. */
const remembered = new Map<string, Absence>();

/** For tests: empties this isolate's memory, and asks no cache for what was forgotten. */
export function forgetMissing(): void {
  remembered.clear();
}

export interface MissingOptions {
  readonly nowMs: () => number;
  /** The data centre's cache; what it fails at is no failure of ours. */
  readonly openCache: () => Promise<Cache>;
}

export class MissingVoices {
  readonly #options: MissingOptions;

  constructor(options: MissingOptions) {
    this.#options = options;
  }

  /** The failure to repeat to the caller; null when WeChat is to be asked. */
  async recall(key: string): Promise<ServiceError | null> {
    const nowMs = this.#options.nowMs();
    const absence = remembered.get(key) ?? (await this.#recallShared(key));
    if (!absence || absence.untilMs <= nowMs) return null;
    remember(key, absence);
    const ttlSeconds = Math.ceil((absence.untilMs - nowMs) / 1000);
    return new ServiceError("voice-not-found", absence.detail, {
      wechat: absence.wechat,
      headers: { "cache-status": `hdvoice; hit; ttl=${ttlSeconds}` },
    });
  }

  /** Takes note when the failure is WeChat's word that it has no such voice. */
  async remember(key: string, failure: unknown): Promise<void> {
    if (!(failure instanceof ServiceError)) return;
    if (failure.code !== "voice-not-found" || failure.wechat === null) return;
    const untilMs = this.#options.nowMs() + MISSING_SECONDS * 1000;
    const absence: Absence = { detail: failure.message, wechat: failure.wechat, untilMs };
    remember(key, absence);
    const headers = { "cache-control": `max-age=${MISSING_SECONDS}` };
    await this.#inCache((cache) => cache.put(cacheUrl(key), Response.json(absence, { headers })));
  }

  /** Here at once, and in this data centre; elsewhere when its time is over. */
  async forget(key: string): Promise<void> {
    remembered.delete(key);
    await this.#inCache((cache) => cache.delete(cacheUrl(key)));
  }

  async #recallShared(key: string): Promise<Absence | null> {
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

function remember(key: string, absence: Absence): void {
  remembered.delete(key);
  remembered.set(key, absence);
  const [oldest] = remembered.keys();
  if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
}

/** The cache wants URLs. This one can't be requested from outside: `.invalid` is nobody's (RFC 6761). */
function cacheUrl(key: string): string {
  return `https://missing.invalid/${key}`;
}
