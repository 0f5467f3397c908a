/** Where an account's access token comes from, and what the rest of the Worker sees of it. */
import type { Failure } from "../../failure.ts";

export interface AccessToken {
  readonly value: string;
  readonly expiresAtMs: number;
}

/** `normal` may give the token that is in use already; `force` must replace it. */
export type AskMode = "normal" | "force";

/**
 * Asks for a token where it is made; fails with a ServiceError. One module each (registry.ts), called only by the
 * account's steward, never per request.
 */
export interface TokenSource {
  /** How long before a token's end its successor can be had. 0: only once it has ended. */
  readonly renewLeadMs: number;
  /** Whether `force` gets further than `normal` does. */
  readonly forceable: boolean;
  /** `rejected` is the token that WeChat refused, where one was. */
  fetchToken(mode: AskMode, rejected: string | null): Promise<AccessToken>;
}

/** What a client of WeChat needs: a token that should work, and another one when it was refused. */
export interface TokenProvider {
  get(): Promise<AccessToken>;
  /**
   * Reports the token that WeChat refused. Whoever reports an old one gets the newer one, without a new request; whoever
   * reports the one in use gets another, or the same if WeChat takes it after all.
   */
  rotate(rejected: string): Promise<AccessToken>;
}

/** The one who may ask the source: one per account in the whole world (keeper.ts). Fails with a ServiceError. */
export interface TokenKeeper {
  /** The token in use. Counts as use of the account: only an account in use is renewed ahead of time. */
  current(): Promise<AccessToken>;
  replace(rejected: string): Promise<AccessToken>;
  /** Takes a token from outside, for the sources that get theirs in this way. */
  push(token: AccessToken): Promise<void>;
  /** Drops token and failures: what they rested on has changed. */
  forget(): Promise<void>;
  status(): Promise<TokenStatus>;
}

/** The state of an account's token, without the token. */
export interface TokenStatus {
  /** `expiring`: within its last minutes, the successor is awaited. `refused`: WeChat turned it down. */
  readonly state: "fresh" | "expiring" | "expired" | "refused" | "none";
  readonly obtainedAtMs: number | null;
  readonly expiresAtMs: number | null;
  /** When somebody last needed it; null: never. After an hour without use the keeper doesn't renew it. */
  readonly usedAtMs: number | null;
  readonly forcedToday: number;
  readonly lastFailure: { readonly failure: Failure; readonly atMs: number } | null;
}
