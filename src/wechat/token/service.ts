/** The central token server: an account's token for programs that call WeChat themselves, or from the one that has it. */
import { ServiceError } from "../../errors.ts";
import type { AccessToken, TokenKeeper, TokenProvider } from "./source.ts";
import { type Account, takesPushes } from "./sources/registry.ts";

export class TokenService {
  readonly #account: Account;
  readonly #tokens: TokenProvider;
  readonly #keeper: TokenKeeper;

  constructor(account: Account, tokens: TokenProvider, keeper: TokenKeeper) {
    this.#account = account;
    this.#tokens = tokens;
    this.#keeper = keeper;
  }

  get(): Promise<AccessToken> {
    return this.#tokens.get();
  }

  /** Reports a token that WeChat refused. Whoever reports an old one is handed the one in use. */
  rotate(rejected: string): Promise<AccessToken> {
    return this.#tokens.rotate(rejected);
  }

  async push(token: AccessToken): Promise<void> {
    if (takesPushes(this.#account)) return this.#keeper.push(token);
    throw new ServiceError(
      "request-invalid",
      `The account ${this.#account.appId} gets its tokens by itself (source ${this.#account.source}). Set its source to "pushed" to push them.`,
    );
  }
}
