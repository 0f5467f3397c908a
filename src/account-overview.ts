/** Every account and how its token is doing, for `GET /v1/accounts`. Never a token. */
import { refOf } from "./accounts.ts";
import type { Config } from "./config.ts";
import type { Env } from "./env.ts";
import { createKeeperClient } from "./wechat/token/keeper-client.ts";
import { IDLE_MS } from "./wechat/token/policy.ts";
import { type Account, tokenParameterOf } from "./wechat/token/registry.ts";
import type { TokenStatus } from "./wechat/token/source.ts";

export interface AccountOverview {
  readonly appId: string;
  readonly source: string;
  /** The platform that acts for it; null: none. */
  readonly componentAppId: string | null;
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
    readonly wechat: { readonly errcode: number; readonly rid: string | null } | null;
  } | null;
}

export async function overviewOf(
  env: Env,
  config: Config,
  mayUse: (appId: string) => boolean,
  nowMs: number,
): Promise<AccountOverview[]> {
  const accounts = [...config.accounts.values()].filter(({ appId }) => mayUse(appId));
  return Promise.all(accounts.map((account) => describe(env, account, nowMs)));
}

async function describe(env: Env, account: Account, nowMs: number): Promise<AccountOverview> {
  const { appId, source } = account;
  const ref = refOf(account);
  const needsToken = tokenParameterOf(account) !== null;
  const status = needsToken ? await createKeeperClient(env.TOKEN_KEEPER, ref).status() : null;
  return { appId, source, componentAppId: ref.componentAppId, token: status && describeToken(status, nowMs) };
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
