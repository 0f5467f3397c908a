/** Other isolates of the same Worker, as far as tokens go: each with its own memory, all with the same KV and keeper. */
import { env } from "cloudflare:workers";
import { configOf } from "../../src/config/config.ts";
import { accountFor, refOf } from "../../src/wechat/accounts.ts";
import { createTokenCache } from "../../src/wechat/token/cache.ts";
import { createKeeperClient } from "../../src/wechat/token/keeper-client.ts";
import { tokenKey } from "../../src/wechat/token/publication.ts";
import type { TokenProvider } from "../../src/wechat/token/source.ts";
import { world } from "./world.ts";

export function createIsolates(appId: string, count: number): TokenProvider[] {
  const account = accountFor(configOf(env), { appId, componentAppId: null });
  return Array.from({ length: count }, () =>
    createTokenCache({
      kv: env.TOKENS,
      key: tokenKey(account),
      keeper: createKeeperClient(env.TOKEN_KEEPER, refOf(account), world),
      // The test itself outlives every question.
      waitUntil: () => {},
      nowMs: world.nowMs,
      memory: new Map(),
    }),
  );
}
