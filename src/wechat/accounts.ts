/** Which account is meant: a configured one, or one that has authorised a configured platform. */

import { ServiceError } from "../errors.ts";
import { appIdSchema } from "../schema.ts";
import type { AccountRef } from "./account.ts";
import type { Platform } from "./platform/platform.ts";
import type { Account } from "./token/sources/registry.ts";

/** Whose voices and tokens are kept here, by appId, in the order configured. */
export interface Parties {
  readonly accounts: ReadonlyMap<string, Account>;
  readonly platforms: ReadonlyMap<string, Platform>;
}

/** How long a location caches what KV said of an account's platform, in seconds. */
const KNOWN_FOR_SECONDS = 60;

export interface AuthorizerNote {
  readonly componentAppId: string;
}

/** Where KV tells which platform an account has authorised. Written by that platform's keeper only. */
export function authorizerKey(appId: string): string {
  return `authorizer:v1:${appId}`;
}

/** The account of this appId; null: neither configured nor authorised. */
export async function findAccount(
  kv: Pick<KVNamespace, "get">,
  { accounts, platforms }: Parties,
  appId: string,
): Promise<Account | null> {
  const account = accounts.get(appId);
  // What can't be an appId may be longer than a key of KV.
  if (account || platforms.size === 0 || !appIdSchema.safeParse(appId).success) return account ?? null;
  const note = await kv.get<AuthorizerNote>(authorizerKey(appId), {
    type: "json",
    cacheTtl: KNOWN_FOR_SECONDS,
  });
  const platform = platforms.get(note?.componentAppId ?? "");
  return platform ? authorizedAccount(platform, appId) : null;
}

/** The account as it is named to its keeper: enough to find its settings, and nothing secret. */
export function refOf(account: Account): AccountRef {
  const componentAppId = account.source === "authorizer" ? account.componentAppId : null;
  return { appId: account.appId, componentAppId };
}

/** The account with its settings. Fails with `account-unknown` when it, or its platform, is configured no longer. */
export function accountFor({ accounts, platforms }: Parties, { appId, componentAppId }: AccountRef): Account {
  const account = accounts.get(appId);
  if (account) return account;
  const platform = platforms.get(componentAppId ?? "");
  if (platform) return authorizedAccount(platform, appId);
  throw new ServiceError("account-unknown", `No account ${appId} is configured here.`);
}

/** An account that is known by its authorisation alone: it is reached the way its platform is. */
export function authorizedAccount(platform: Platform, appId: string): Account {
  const { apiOrigins, tokenOrigin, relaySecret } = platform;
  return {
    appId,
    source: "authorizer",
    componentAppId: platform.appId,
    apiOrigins,
    tokenOrigin,
    ...(relaySecret === undefined ? {} : { relaySecret }),
  };
}
