/**
 * Every access_token ever issued, and whether it is still valid.
 * Classic tokens (GET /cgi-bin/token) and stable ones (POST /cgi-bin/stable_token) don't touch each other.
 * https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken
 */
import type { Account } from "./account.ts";
import { WechatError } from "./errors.ts";

const LIFETIME_MS = 7_200_000;
/** How long old and new token both work, and how far ahead a stable token is renewed. */
const OVERLAP_MS = 300_000;
/** Forced refreshes closer together than this refresh nothing. */
const FORCE_INTERVAL_MS = 30_000;
/** Random characters after the two-digit prefix: real tokens have well over 130, and 512 are promised at most. */
const RANDOM_CHARACTERS = 133;
const TOKEN_SHAPE = /^[A-Za-z0-9_-]{40,512}$/;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/** What a normal-mode call gives after `revoke`: a new token, or the revoked one until somebody forces. */
export type Aftermath = "normal-mode-renews" | "only-force-renews";

export interface IssuedToken {
  readonly value: string;
  readonly appId: string;
  /** From here on it is refused with 42001. */
  expiresAtMs: number;
  /** From here on it is refused with 40001, because a newer one has taken its place. */
  replacedAtMs: number;
}

export interface TokenBook {
  issueClassic(account: Account, nowMs: number): IssuedToken;
  /** Normal mode: the current token, or the next one in the last five minutes. */
  currentStable(account: Account, nowMs: number): IssuedToken;
  /** Force mode: kills the current token; within its limits only, else like normal mode. */
  forceStable(account: Account, nowMs: number): IssuedToken;
  /** WeCom's way: the current token until it has ended, then another. */
  currentUntilEnd(account: Account, nowMs: number): IssuedToken;
  /** One more token that has nothing to do with any other, as an authorised platform gets. */
  issueSeparate(appId: string, nowMs: number): IssuedToken;
  /** The account that a token was issued to, valid or not; null: never issued. */
  ownerOf(value: string): string | null;
  /** Throws 40014, 40001 or 42001 unless the token works now. Returns its account's appId. */
  check(value: string, nowMs: number): string;
  revoke(appId: string, nowMs: number, aftermath: Aftermath): void;
  expire(appId: string, nowMs: number): void;
}

interface Latest {
  classic: IssuedToken | null;
  stable: IssuedToken | null;
  /** The stable token is handed out although it is revoked. */
  stuck: boolean;
  forcedAtMs: number;
}

export function createTokenBook(): TokenBook {
  const issued = new Map<string, IssuedToken>();
  const latest = new Map<string, Latest>();

  function latestOf(appId: string): Latest {
    let entry = latest.get(appId);
    if (!entry) {
      entry = { classic: null, stable: null, stuck: false, forcedAtMs: Number.NEGATIVE_INFINITY };
      latest.set(appId, entry);
    }
    return entry;
  }

  function issue(appId: string, nowMs: number): IssuedToken {
    const token = {
      value: randomToken(),
      appId,
      expiresAtMs: nowMs + LIFETIME_MS,
      replacedAtMs: Number.POSITIVE_INFINITY,
    };
    issued.set(token.value, token);
    return token;
  }

  function issueStable(entry: Latest, appId: string, nowMs: number): IssuedToken {
    entry.stable = issue(appId, nowMs);
    entry.stuck = false;
    return entry.stable;
  }

  function currentStable({ appId }: Account, nowMs: number): IssuedToken {
    const entry = latestOf(appId);
    const { stable } = entry;
    const fresh = stable !== null && stable.expiresAtMs - nowMs >= OVERLAP_MS;
    if (fresh && (entry.stuck || stable.replacedAtMs > nowMs)) return stable;
    return issueStable(entry, appId, nowMs);
  }

  function tokensOf(appId: string): IssuedToken[] {
    return [...issued.values()].filter((token) => token.appId === appId);
  }

  return {
    currentStable,

    issueSeparate: issue,

    currentUntilEnd({ appId }, nowMs) {
      const entry = latestOf(appId);
      const { stable } = entry;
      const works = stable !== null && nowMs < Math.min(stable.expiresAtMs, stable.replacedAtMs);
      return works ? stable : issueStable(entry, appId, nowMs);
    },

    issueClassic({ appId }, nowMs) {
      const entry = latestOf(appId);
      if (entry.classic) {
        entry.classic.replacedAtMs = Math.min(entry.classic.replacedAtMs, nowMs + OVERLAP_MS);
      }
      entry.classic = issue(appId, nowMs);
      return entry.classic;
    },

    forceStable(account, nowMs) {
      const entry = latestOf(account.appId);
      const tooSoon = nowMs - entry.forcedAtMs < FORCE_INTERVAL_MS;
      if (tooSoon || account.quotas.forcedRefresh.take(nowMs) === "spent") {
        return currentStable(account, nowMs);
      }
      entry.forcedAtMs = nowMs;
      if (entry.stable) entry.stable.replacedAtMs = Math.min(entry.stable.replacedAtMs, nowMs);
      return issueStable(entry, account.appId, nowMs);
    },

    ownerOf(value) {
      return issued.get(value)?.appId ?? null;
    },

    check(value, nowMs) {
      if (!TOKEN_SHAPE.test(value)) throw new WechatError(40014);
      const token = issued.get(value);
      if (!token || nowMs >= token.replacedAtMs) throw new WechatError(40001);
      if (nowMs >= token.expiresAtMs) throw new WechatError(42001);
      return token.appId;
    },

    revoke(appId, nowMs, aftermath) {
      for (const token of tokensOf(appId)) token.replacedAtMs = Math.min(token.replacedAtMs, nowMs);
      latestOf(appId).stuck = aftermath === "only-force-renews";
    },

    expire(appId, nowMs) {
      for (const token of tokensOf(appId)) token.expiresAtMs = Math.min(token.expiresAtMs, nowMs);
    },
  };
}

function randomToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(RANDOM_CHARACTERS + 1));
  const characters = Array.from(bytes.subarray(1), (byte) => ALPHABET.charAt(byte % ALPHABET.length));
  return `${10 + ((bytes[0] ?? 0) % 90)}_${characters.join("")}`;
}
