/** The central token server: an account's token for programs that call WeChat themselves, or from the one that has it. */
import { ServiceError } from "../../errors.ts";
import type { AccessToken, TokenKeeper, TokenProvider } from "./source.ts";
import { type Account, takesPushes } from "./sources/registry.ts";

/** `works`: WeChat takes the reported token, which stays in use. `replaced`: `token` is in use now, whatever was reported. */
export interface ReportOutcome {
  readonly reported: "works" | "replaced";
  readonly token: AccessToken;
}

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

  /** Takes the report that WeChat refused a token. */
  async report(rejected: string): Promise<ReportOutcome> {
    const token = await this.#tokens.rotate(rejected);
    return { token, reported: token.value === rejected ? "works" : "replaced" };
  }

  async push(token: AccessToken): Promise<void> {
    if (takesPushes(this.#account)) return this.#keeper.push(token);
    throw new ServiceError(
      "request-invalid",
      `The account ${this.#account.appId} gets its tokens by itself (source ${this.#account.source}). Set its source to "pushed" to push them.`,
    );
  }
}
