/**
 * API keys: `Authorization: Bearer <key>` (RFC 6750). A key is 256 random bits, so a plain SHA-256 of it is
 * as good as a password hash would be, and costs microseconds.
 */
import type { ApiKey, Caller } from "./caller.ts";

/** Finds the caller whose key this is; null when the header is absent, malformed or unknown. */
export async function authenticate(
  authorization: string | undefined,
  keys: readonly ApiKey[],
): Promise<ApiKey | null> {
  const presented = /^Bearer +([\x21-\x7e]{1,256})$/i.exec(authorization ?? "")?.[1];
  return presented === undefined ? null : holderOf(presented, keys);
}

/** Whose key this is; null: nobody's. */
export async function holderOf(presented: string, keys: readonly ApiKey[]): Promise<ApiKey | null> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(presented));

  let caller: ApiKey | null = null;
  // Every key is compared, and each in constant time: how long it takes says nothing about any of them.
  for (const key of keys) {
    if (crypto.subtle.timingSafeEqual(digest, hashOf(key))) caller = key;
  }
  return caller;
}

/** As bytes: keys live as long as the isolate's settings, and every request is compared with all of them. */
const hashes = new WeakMap<ApiKey, Uint8Array>();

function hashOf(key: ApiKey): Uint8Array {
  let hash = hashes.get(key);
  if (!hash) {
    hash = Uint8Array.fromHex(key.sha256);
    hashes.set(key, hash);
  }
  return hash;
}

/** Whether the caller may use this account at all. */
export function mayUseAccount(caller: Caller, appId: string): boolean {
  return caller.apps === undefined || caller.apps.includes(appId);
}
