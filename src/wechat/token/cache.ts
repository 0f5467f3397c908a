/**
 * The token as every request sees it: isolate memory, then the copy in KV, then the account's keeper. The keeper
 * alone asks WeChat; this file only reads, and tells it now and then that the account is in use.
 */
import { IDLE_MS, UNUSABLE_BEFORE_MS } from "./policy.ts";
import type { AccessToken, TokenKeeper, TokenProvider } from "./source.ts";

/** How long an isolate uses its own copy. WeChat recommends a minute; a rotation should spread faster. */
const MEMORY_MS = 30_000;
/** The keeper is told of use in little more than a token's last hour: only then does it matter whether to renew. */
const REPORT_USE_BEFORE_END_MS = IDLE_MS + 300_000;
/** An isolate reports use no more often. */
const REPORT_USE_EVERY_MS = 1_200_000;
/** KV may show a refused token to other places for a minute after it was taken back. */
const REFUSED_FOR_MS = 120_000;
/** All requests get the same failure for so long, so that a broken account doesn't send every request to its keeper. */
const FAILURE_MS = 1_000;

interface Entry {
  token: AccessToken | null;
  readAtMs: number;
  refused: string | null;
  refusedAtMs: number;
  reportedAtMs: number;
  failure: unknown;
  failedAtMs: number;
}

/**
 * What one isolate knows, by KV key. All its requests share it, safely, because it holds values and no promise: the
 * runtime may end a request at any time, and a request that waited for what it had begun would wait for ever. Questions are
 * joined
 * by the keeper.
 */
export type TokenMemory = Map<string, Entry>;

export interface TokenCacheOptions {
  readonly kv: Pick<KVNamespace, "get">;
  readonly key: string;
  readonly keeper: Pick<TokenKeeper, "current" | "replace">;
  readonly waitUntil: (promise: Promise<unknown>) => void;
  readonly nowMs: () => number;
  readonly memory: TokenMemory;
}

export function createTokenCache(options: TokenCacheOptions): TokenProvider {
  const { kv, key, keeper, waitUntil, nowMs, memory } = options;

  return {
    async get() {
      const token = fromMemory() ?? (await fromKv());
      if (!token) return current();
      reportUse(token);
      return token;
    },

    async rotate(rejected) {
      const newer = fromMemory();
      if (newer && newer.value !== rejected) return newer;
      const known = entry();
      known.token = null;
      known.refused = rejected;
      known.refusedAtMs = nowMs();
      return (await fromKv()) ?? remember(await keeper.replace(rejected));
    },
  };

  function entry(): Entry {
    let known = memory.get(key);
    if (!known) {
      known = { ...UNKNOWN };
      memory.set(key, known);
    }
    return known;
  }

  async function current(): Promise<AccessToken> {
    const { failure, failedAtMs } = entry();
    if (nowMs() - failedAtMs < FAILURE_MS) throw failure;
    const askedAtMs = nowMs();
    try {
      const token = await keeper.current();
      return wasRefusedSince(token, askedAtMs) ? token : remember(token);
    } catch (error) {
      const known = entry();
      known.failure = error;
      known.failedAtMs = nowMs();
      throw error;
    }
  }

  function reportUse(token: AccessToken): void {
    const known = entry();
    if (token.expiresAtMs - nowMs() > REPORT_USE_BEFORE_END_MS) return;
    if (nowMs() - known.reportedAtMs < REPORT_USE_EVERY_MS) return;
    known.reportedAtMs = nowMs();
    waitUntil(current().catch(() => {}));
  }

  function fromMemory(): AccessToken | null {
    const { token, readAtMs } = entry();
    return token && nowMs() - readAtMs <= MEMORY_MS ? usable(token) : null;
  }

  async function fromKv(): Promise<AccessToken | null> {
    const stored = await kv.get<AccessToken>(key, { type: "json", cacheTtl: MEMORY_MS / 1000 });
    const token = stored && usable(stored);
    const { refused, refusedAtMs } = entry();
    if (!token || (token.value === refused && nowMs() - refusedAtMs < REFUSED_FOR_MS)) return null;
    return remember(token);
  }

  function remember(token: AccessToken): AccessToken {
    const known = entry();
    known.token = token;
    known.readAtMs = nowMs();
    // The keeper hands out a refused token again only after it has asked the source about it.
    if (known.refused === token.value) known.refused = null;
    return token;
  }

  /** The keeper may have answered before the refusal was reported. */
  function wasRefusedSince({ value }: AccessToken, sinceMs: number): boolean {
    const { refused, refusedAtMs } = entry();
    return value === refused && refusedAtMs >= sinceMs;
  }

  function usable(token: AccessToken): AccessToken | null {
    return token.expiresAtMs - nowMs() > UNUSABLE_BEFORE_MS ? token : null;
  }
}

const UNKNOWN: Entry = {
  token: null,
  readAtMs: 0,
  refused: null,
  refusedAtMs: 0,
  reportedAtMs: Number.NEGATIVE_INFINITY,
  failure: null,
  failedAtMs: Number.NEGATIVE_INFINITY,
};
