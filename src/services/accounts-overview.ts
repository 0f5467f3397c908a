/** Every account and the state of its token, for `GET /v1/accounts`. Never the token itself. */

import type { Config } from "../config/config.ts";
import type { Env } from "../env.ts";
import type { WechatVerdict } from "../errors.ts";
import { authorizedAccount, refOf } from "../wechat/accounts.ts";
import type { PlatformStatus } from "../wechat/platform/clerk.ts";
import { createPlatformClient } from "../wechat/platform/keeper-client.ts";
import { createKeeperClient } from "../wechat/token/keeper-client.ts";
import { IDLE_MS } from "../wechat/token/policy.ts";
import type { TokenStatus } from "../wechat/token/source.ts";
import { type Account, tokenParameterOf } from "../wechat/token/sources/registry.ts";
import type { World } from "../world.ts";

/** Any one of these lets a platform call getHDVoice: "1、8-9、11、100", says the interface's page. */
const VOICE_PERMISSION_SETS: ReadonlySet<number> = new Set([1, 8, 9, 11, 100]);

export interface AccountOverview {
  readonly appId: string;
  readonly source: string;
  /** What it has granted, where a platform acts for it; else null. */
  readonly authorization: AuthorizationOverview | null;
  /** Null where calls carry no token. */
  readonly token: TokenOverview | null;
}

export interface TokenOverview {
  readonly state: TokenStatus["state"];
  readonly ageSeconds: number | null;
  readonly expiresInSeconds: number | null;
  /** `asleep`: nobody has used it for an hour, so it isn't renewed ahead of time. */
  readonly renewal: "ahead of time" | "asleep";
  readonly forcedRefreshesToday: number;
  readonly lastFailure: {
    readonly at: string;
    readonly code: string;
    readonly detail: string;
    readonly wechat: WechatVerdict | null;
  } | null;
}

export interface AuthorizationOverview {
  readonly componentAppId: string;
  readonly standing: "authorized" | "not authorized";
  /** Null: not known. */
  readonly permissionSets: readonly number[] | null;
  /** Whether one of them is enough for getHDVoice; null: not known. */
  readonly mayFetchVoices: boolean | null;
}

export interface PlatformOverview {
  readonly appId: string;
  /** WeChat pushes one every ten minutes, good for twelve hours; null: none has come. */
  readonly ticketAgeSeconds: number | null;
  readonly token: TokenOverview;
  readonly authorizedAccounts: number;
  /** Authorisations that wait to be exchanged for a refresh token. */
  readonly pendingAuthorizations: number;
}

export interface Overview {
  readonly accounts: readonly AccountOverview[];
  readonly platforms: readonly PlatformOverview[];
}

/** Only the accounts that the asker may use; of a platform, its own state and how many rely on it. */
export async function overviewOf(
  env: Env,
  world: World,
  config: Config,
  mayUse: (appId: string) => boolean,
): Promise<Overview> {
  const nowMs = world.nowMs();
  const platforms = await Promise.all(
    [...config.platforms.values()].map(async (platform) => ({
      platform,
      status: await createPlatformClient(env.PLATFORM_KEEPER, platform.appId, world).status(),
    })),
  );
  const accounts = new Map(config.accounts);
  for (const { platform, status } of platforms) {
    for (const { appId } of status.authorizations) {
      if (!accounts.has(appId)) accounts.set(appId, authorizedAccount(platform, appId));
    }
  }
  const statuses = new Map(platforms.map(({ platform, status }) => [platform.appId, status]));
  const visible = [...accounts.values()].filter(({ appId }) => mayUse(appId));
  return {
    accounts: await Promise.all(visible.map((account) => describeAccount(env, world, account, statuses))),
    platforms: platforms.map(({ platform, status }) => ({
      appId: platform.appId,
      ticketAgeSeconds: status.ticketAtMs === null ? null : seconds(nowMs - status.ticketAtMs),
      token: describeToken(status.token, nowMs),
      authorizedAccounts: status.authorizations.length,
      pendingAuthorizations: status.pendingCodes,
    })),
  };
}

async function describeAccount(
  env: Env,
  world: World,
  account: Account,
  statuses: ReadonlyMap<string, PlatformStatus>,
): Promise<AccountOverview> {
  const { appId, source } = account;
  const needsToken = tokenParameterOf(account) !== null;
  const status = needsToken
    ? await createKeeperClient(env.TOKEN_KEEPER, refOf(account), world).status()
    : null;
  return {
    appId,
    source,
    authorization:
      account.source === "authorizer"
        ? describeAuthorization(appId, account.componentAppId, statuses.get(account.componentAppId))
        : null,
    token: status && describeToken(status, world.nowMs()),
  };
}

function describeAuthorization(
  appId: string,
  componentAppId: string,
  status: PlatformStatus | undefined,
): AuthorizationOverview {
  const authorization = status?.authorizations.find((entry) => entry.appId === appId);
  const permissionSets = authorization?.permissionSets ?? null;
  return {
    componentAppId,
    standing: authorization ? "authorized" : "not authorized",
    permissionSets,
    mayFetchVoices: permissionSets?.some((id) => VOICE_PERMISSION_SETS.has(id)) ?? null,
  };
}

export function describeToken(status: TokenStatus, nowMs: number): TokenOverview {
  const { state, obtainedAtMs, expiresAtMs, usedAtMs, forcedToday, lastFailure } = status;
  return {
    state,
    ageSeconds: obtainedAtMs === null ? null : seconds(nowMs - obtainedAtMs),
    expiresInSeconds: expiresAtMs === null ? null : Math.max(0, seconds(expiresAtMs - nowMs)),
    renewal: usedAtMs !== null && nowMs - usedAtMs <= IDLE_MS ? "ahead of time" : "asleep",
    forcedRefreshesToday: forcedToday,
    lastFailure: lastFailure && {
      at: new Date(lastFailure.atMs).toISOString(),
      code: lastFailure.failure.code,
      // Whoever may read this is an operator: the address that WeChat saw is meant for them.
      detail: [lastFailure.failure.detail, lastFailure.failure.operatorDetail].filter(Boolean).join(" "),
      wechat: lastFailure.failure.wechat,
    },
  };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
