/** Builds what one request for one account needs, out of bindings and settings. */

import type { Config } from "./config.ts";
import type { Account } from "./config-schema.ts";
import type { Env } from "./env.ts";
import type { Measure } from "./http/server-timing.ts";
import { VoiceService } from "./voice/service.ts";
import { VoiceStore } from "./voice/store.ts";
import { WechatClient } from "./wechat/client.ts";
import { createTokenCache } from "./wechat/token/cache.ts";
import { createDirectKeeper } from "./wechat/token/direct.ts";
import { createStableSource } from "./wechat/token/stable.ts";
import { createTransport } from "./wechat/transport.ts";

export interface RequestContext {
  readonly waitUntil: (promise: Promise<unknown>) => void;
  readonly measure: Measure;
}

/** Which of WeChat's downloads has a voice: getHDVoice for what a page has recorded, media/get for what a follower sent. */
export type Interface = "jssdk" | "media";

export function createVoiceService(
  env: Env,
  config: Config,
  account: Account,
  { waitUntil, measure }: RequestContext,
  via: Interface = "jssdk",
): VoiceService {
  const transport = createTransport();
  const { nowMs, random } = transport;
  const tokens = createTokenCache(account, {
    kv: env.TOKENS,
    keeper: createDirectKeeper(createStableSource(account, transport)),
    waitUntil,
    nowMs,
    random,
  });
  const measured = {
    get: () => measure("token", () => tokens.get()),
    rotate: (rejected: string) => measure("token", () => tokens.rotate(rejected)),
  };
  const client = new WechatClient(account, measured, transport);
  return new VoiceService({
    store: new VoiceStore(env.VOICES, account.appId),
    wechat: via === "media" ? { getHdVoice: (mediaId) => client.getMedia(mediaId) } : client,
    maxVoiceSeconds: config.maxVoiceSeconds,
    keep: config.storeFormats,
    waitUntil,
    nowMs,
    measure,
  });
}
