/** Builds what one request for one account needs, out of bindings and settings. */

import { refOf } from "./accounts.ts";
import type { Config } from "./config.ts";
import type { Env } from "./env.ts";
import type { Measure } from "./http/server-timing.ts";
import { VoiceService } from "./voice/service.ts";
import { VoiceStore } from "./voice/store.ts";
import { WechatClient } from "./wechat/client.ts";
import { throughRelay } from "./wechat/hosts.ts";
import { createTokenCache } from "./wechat/token/cache.ts";
import { createKeeperClient } from "./wechat/token/keeper-client.ts";
import { tokenKey } from "./wechat/token/publication.ts";
import type { Account } from "./wechat/token/registry.ts";
import { createTransport } from "./wechat/transport.ts";

export interface RequestContext {
  readonly waitUntil: (promise: Promise<unknown>) => void;
  readonly measure: Measure;
}

export function createVoiceService(
  env: Env,
  config: Config,
  account: Account,
  { waitUntil, measure }: RequestContext,
): VoiceService {
  const transport = throughRelay(createTransport(), account);
  const { nowMs } = transport;
  const tokens = createTokenCache({
    kv: env.TOKENS,
    key: tokenKey(account),
    keeper: createKeeperClient(env.TOKEN_KEEPER, refOf(account)),
    waitUntil,
    nowMs,
  });
  const measured = {
    get: () => measure("token", () => tokens.get()),
    rotate: (rejected: string) => measure("token", () => tokens.rotate(rejected)),
  };
  return new VoiceService({
    store: new VoiceStore(env.VOICES, account.appId),
    wechat: new WechatClient(account, measured, transport),
    maxVoiceSeconds: config.maxVoiceSeconds,
    keepSource: config.storeFormats.has("source") ? "keep" : "discard",
    waitUntil,
    nowMs,
    measure,
  });
}
