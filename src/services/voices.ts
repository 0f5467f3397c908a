/** Builds what one request for one account needs, out of bindings and settings. */

import type { Config } from "../config/config.ts";
import type { Env } from "../env.ts";
import type { Measure } from "../http/server-timing.ts";
import { MissingVoices } from "../voice/missing.ts";
import { VoiceService } from "../voice/service.ts";
import { VoiceStore } from "../voice/store.ts";
import { refOf } from "../wechat/accounts.ts";
import { type Interface, WechatClient } from "../wechat/client.ts";
import { throughRelay } from "../wechat/relay.ts";
import { createTokenCache } from "../wechat/token/cache.ts";
import { createKeeperClient } from "../wechat/token/keeper-client.ts";
import { tokenKey } from "../wechat/token/publication.ts";
import { TokenService } from "../wechat/token/service.ts";
import type { TokenProvider } from "../wechat/token/source.ts";
import type { Account } from "../wechat/token/sources/registry.ts";
import { createTransport } from "../wechat/transport.ts";

export interface RequestContext {
  readonly waitUntil: (promise: Promise<unknown>) => void;
  readonly measure: Measure;
}

/** An account's tokens as programs outside may have them. */
export function createTokenService(env: Env, account: Account, context: RequestContext): TokenService {
  const keeper = createKeeperClient(env.TOKEN_KEEPER, refOf(account));
  return new TokenService(account, createTokens(env, account, context), keeper);
}

function createTokens(env: Env, account: Account, { waitUntil, measure }: RequestContext): TokenProvider {
  const tokens = createTokenCache({
    kv: env.TOKENS,
    key: tokenKey(account),
    keeper: createKeeperClient(env.TOKEN_KEEPER, refOf(account)),
    waitUntil,
    nowMs: () => Date.now(),
  });
  return {
    get: () => measure("token", () => tokens.get()),
    rotate: (rejected) => measure("token", () => tokens.rotate(rejected)),
  };
}

export function createVoiceService(
  env: Env,
  config: Config,
  account: Account,
  context: RequestContext,
  via: Interface = "jssdk",
): VoiceService {
  const { waitUntil, measure } = context;
  const transport = throughRelay(createTransport(), account);
  const { nowMs } = transport;
  return new VoiceService({
    store: new VoiceStore(env.VOICES, account.appId),
    missing: new MissingVoices({ nowMs, openCache: () => caches.open("hdvoice-missing-v1") }),
    wechat: new WechatClient(account, createTokens(env, account, context), transport),
    via,
    maxVoiceSeconds: config.maxVoiceSeconds,
    keep: config.storeFormats,
    waitUntil,
    nowMs,
    measure,
  });
}
