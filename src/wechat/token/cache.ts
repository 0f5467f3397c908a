/**
 * The token as every request sees it: isolate memory, then KV, then whoever may ask WeChat for one.
 *
 * KV is a copy that other places see up to a minute late. That is harmless: `stable_token` changes the token
 * five minutes before the old one ends, and the old one works until then.
 */
import type { Account } from "../../config-schema.ts";
import type { AccessToken, TokenKeeper, TokenProvider } from "./source.ts";

/** How long an isolate trusts its own copy. WeChat recommends a minute; a rotation should spread faster. */
const MEMORY_MS = 30_000;
/** In a token's last five minutes `stable_token` hands out its successor while the old one still works. */
const RENEW_BEFORE_MS = 300_000;
/** A token with less than this left could end on its way to WeChat. */
const UNUSABLE_BEFORE_MS = 10_000;
/** KV refuses an expiration below 60 s. */
const MIN_KV_TTL_SECONDS = 60;

interface Remembered {
  readonly token: AccessToken;
  readonly readAtMs: number;
}

/**
 * Tokens by KV key, and the requests for them that are under way. Shared by all requests of the isolate, safely: a token is plain
 * data, and a renewal is kept alive by `waitUntil` when the request that began it ends early.
 */
const memory = new Map<string, Remembered>();
const renewals = new Map<string, Promise<AccessToken>>();

/** Forgets what this isolate knows, as a fresh isolate would. For tests. */
export function forgetTokens(): void {
  memory.clear();
  renewals.clear();
}

export interface TokenCacheOptions {
  readonly kv: KVNamespace;
  readonly keeper: TokenKeeper;
  readonly waitUntil: (promise: Promise<unknown>) => void;
  readonly nowMs: () => number;
  /** 0 ≤ x < 1: spreads the renewals of many isolates over a minute. */
  readonly random: () => number;
}

/** The one place that builds a token's key. */
export function tokenKey(account: Pick<Account, "appId" | "source">): string {
  return `token:v1:${account.appId}:${account.source}`;
}

export function createTokenCache(account: Account, options: TokenCacheOptions): TokenProvider {
  const { kv, keeper, waitUntil, nowMs, random } = options;
  const key = tokenKey(account);

  return { get, rotate };

  async function get(): Promise<string> {
    const token = fromMemory() ?? (await fromKv());
    if (!token) return (await renewOnce()).value;
    if (remainingMs(token) < RENEW_BEFORE_MS - random() * 60_000) {
      // The old token still works: nobody waits for the new one.
      waitUntil(renewOnce().catch(() => {}));
    }
    return token.value;
  }

  async function rotate(rejected: string): Promise<string> {
    memory.delete(key);
    const stored = await fromKv();
    if (stored && stored.value !== rejected) return stored.value;
    return (await once("replace", () => keeper.replace(rejected))).value;
  }

  function renewOnce(): Promise<AccessToken> {
    return once("renew", () => keeper.renew());
  }

  /** One request of a kind at a time per isolate; later callers join the one under way. */
  function once(kind: "renew" | "replace", ask: () => Promise<AccessToken>): Promise<AccessToken> {
    const underWay = `${kind} ${key}`;
    let renewal = renewals.get(underWay);
    if (!renewal) {
      renewal = ask()
        .then(remember)
        .finally(() => renewals.delete(underWay));
      renewals.set(underWay, renewal);
      waitUntil(renewal.catch(() => {}));
    }
    return renewal;
  }

  function fromMemory(): AccessToken | null {
    const entry = memory.get(key);
    if (!entry || nowMs() - entry.readAtMs > MEMORY_MS) return null;
    return usable(entry.token);
  }

  async function fromKv(): Promise<AccessToken | null> {
    const stored = await kv.get<AccessToken>(key, { type: "json", cacheTtl: MEMORY_MS / 1000 });
    const token = stored && usable(stored);
    if (token) memory.set(key, { token, readAtMs: nowMs() });
    return token;
  }

  async function remember(token: AccessToken): Promise<AccessToken> {
    memory.set(key, { token, readAtMs: nowMs() });
    const ttlSeconds = Math.floor(remainingMs(token) / 1000);
    try {
      await kv.put(key, JSON.stringify(token), {
        expirationTtl: Math.max(ttlSeconds, MIN_KV_TTL_SECONDS),
      });
    } catch {
      // KV takes one write a second per key. Whoever wrote just before us stored the same token.
      console.warn(JSON.stringify({ event: "token-not-stored", appId: account.appId }));
    }
    return token;
  }

  function usable(token: AccessToken): AccessToken | null {
    return remainingMs(token) > UNUSABLE_BEFORE_MS ? token : null;
  }

  function remainingMs(token: AccessToken): number {
    return token.expiresAtMs - nowMs();
  }
}
