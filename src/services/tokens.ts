/** Builds an account's way to its token. */
import type { Env } from "../env.ts";
import type { Measure } from "../http/server-timing.ts";
import { refOf } from "../wechat/accounts.ts";
import { createTokenCache } from "../wechat/token/cache.ts";
import { createKeeperClient } from "../wechat/token/keeper-client.ts";
import { tokenKey } from "../wechat/token/publication.ts";
import { TokenService } from "../wechat/token/service.ts";
import type { TokenProvider } from "../wechat/token/source.ts";
import type { Account } from "../wechat/token/sources/registry.ts";
import type { Isolate } from "./isolate.ts";

/** What a request, a queue batch or an object's call brings. */
export interface RequestContext {
  readonly waitUntil: (promise: Promise<unknown>) => void;
  readonly measure: Measure;
}

/** An account's tokens as programs outside may have them. */
export function createTokenService(
  env: Env,
  isolate: Isolate,
  account: Account,
  context: RequestContext,
): TokenService {
  const keeper = createKeeperClient(env.TOKEN_KEEPER, refOf(account), isolate.world);
  return new TokenService(account, createTokens(env, isolate, account, context), keeper);
}

export function createTokens(
  env: Env,
  { world, tokens: memory }: Isolate,
  account: Account,
  { waitUntil, measure }: RequestContext,
): TokenProvider {
  const tokens = createTokenCache({
    kv: env.TOKENS,
    key: tokenKey(account),
    keeper: createKeeperClient(env.TOKEN_KEEPER, refOf(account), world),
    waitUntil,
    nowMs: world.nowMs,
    memory,
  });
  return {
    get: () => measure("token", () => tokens.get()),
    rotate: (rejected) => measure("token", () => tokens.rotate(rejected)),
  };
}
