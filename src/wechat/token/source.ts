/** Where an account's access token comes from, and what the rest of the Worker sees of it. */

export interface AccessToken {
  readonly value: string;
  readonly expiresAtMs: number;
}

/**
 * Asks for a token where it is made. `normal` may give the token that is in use already; `force` must replace
 * it. Fails with a ServiceError. One module each; called only by whoever keeps the token, never per request.
 */
export interface TokenSource {
  readonly kind: string;
  fetchToken(mode: "normal" | "force"): Promise<AccessToken>;
}

/** What a client of WeChat needs: a token that should work, and another one when it was refused. */
export interface TokenProvider {
  get(): Promise<string>;
  /** Reports the token that WeChat refused. Whoever reports an old one gets the newer one, without a new request. */
  rotate(rejected: string): Promise<string>;
}

/** Whoever may ask the source. One per account must be enough for the whole world; see cache.ts. */
export interface TokenKeeper {
  renew(): Promise<AccessToken>;
  replace(rejected: string): Promise<AccessToken>;
}
