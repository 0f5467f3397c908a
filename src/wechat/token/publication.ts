/**
 * The copy of a token that every place reads: `token:v1:{appId}:{source}` in KV, of a ticket `ticket:v1:{appId}:{source}:{kind}`.
 * Only the account's keeper writes it. Other places see a change up to a minute late, which a token's last five minutes make up for.
 */
import type { TicketKind } from "../jsapi/ticket.ts";
import type { AccessToken } from "./source.ts";

/** KV refuses an expiration below 60 s. */
const MIN_KV_TTL_SECONDS = 60;
/** KV takes one write a second per key and answers 429 beyond. */
const RETRY_PAUSE_MS = 1_100;
const ATTEMPTS = 4;
/** Two answers about one token differ by the time that they took. */
const SAME_END_MS = 10_000;

/** The one place that builds a token's key. */
export function tokenKey(account: { readonly appId: string; readonly source: string }): string {
  return `token:v1:${account.appId}:${account.source}`;
}

export function ticketKey(
  account: { readonly appId: string; readonly source: string },
  kind: TicketKind,
): string {
  return `ticket:v1:${account.appId}:${account.source}:${kind}`;
}

export interface PublicationOptions {
  readonly kv: KVNamespace;
  readonly key: string;
  readonly waitUntil: (promise: Promise<unknown>) => void;
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Nobody reads the copy then, and everyone asks the keeper: slower, never wrong. */
  readonly onFailure: () => void;
}

/** Returns the function that publishes what is new: in order, in the background, and the last one wins. */
export function createPublication(options: PublicationOptions): (token: AccessToken | null) => void {
  const { kv, key, waitUntil, nowMs, sleep, onFailure } = options;
  let next: AccessToken | null | "nothing" = "nothing";
  let running = false;
  /** What everyone can read; undefined: not known, after a restart. */
  let shown: AccessToken | null | undefined;

  return function publish(token) {
    if (shown !== undefined && isOld(token, shown)) return;
    shown = token;
    next = token;
    if (running) return;
    running = true;
    waitUntil(drain());
  };

  async function drain(): Promise<void> {
    let attempts = 0;
    while (next !== "nothing") {
      const token = next;
      next = "nothing";
      try {
        await write(token);
        attempts = 0;
      } catch {
        attempts++;
        if (attempts >= ATTEMPTS) onFailure();
        else if (next === "nothing") next = token;
        if (next !== "nothing") await sleep(RETRY_PAUSE_MS);
      }
    }
    running = false;
  }

  async function write(token: AccessToken | null): Promise<void> {
    if (token === null) return kv.delete(key);
    const ttlSeconds = Math.floor((token.expiresAtMs - nowMs()) / 1000);
    const { value, expiresAtMs } = token;
    await kv.put(key, JSON.stringify({ value, expiresAtMs }), {
      expirationTtl: Math.max(ttlSeconds, MIN_KV_TTL_SECONDS),
    });
  }
}

function isOld(token: AccessToken | null, shown: AccessToken | null): boolean {
  if (!token || !shown) return token === shown;
  return token.value === shown.value && token.expiresAtMs - shown.expiresAtMs <= SAME_END_MS;
}
