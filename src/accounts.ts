/** Which account is meant: a configured one, or one that has authorised a configured platform. */
import type { Config } from "./config.ts";
import { ServiceError } from "./errors.ts";
import type { AccountRef } from "./wechat/token/keeper.ts";
import type { Account } from "./wechat/token/registry.ts";

/** The account as its keeper is told of it: enough to find its settings, and nothing secret. */
export function refOf(account: Account): AccountRef {
  return { appId: account.appId, componentAppId: null };
}

/** The account with its settings. Fails with `account-unknown` when it is configured no longer. */
export function accountFor(config: Config, { appId }: AccountRef): Account {
  const account = config.accounts.get(appId);
  if (account) return account;
  throw new ServiceError("account-unknown", `No account ${appId} is configured here.`);
}
