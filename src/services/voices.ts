/** Builds an account's voices for one request, out of bindings and settings. */

import type { Config } from "../config/config.ts";
import type { Env } from "../env.ts";
import { MissingVoices } from "../voice/missing.ts";
import { VoiceService } from "../voice/service.ts";
import { VoiceStore } from "../voice/store.ts";
import { type RecordedIn, WechatClient } from "../wechat/client.ts";
import { throughRelay } from "../wechat/relay.ts";
import type { Account } from "../wechat/token/sources/registry.ts";
import { createTransport } from "../wechat/transport.ts";
import type { Isolate } from "./isolate.ts";
import { createTokens, type RequestContext } from "./tokens.ts";

export function createVoiceService(
  env: Env,
  isolate: Isolate,
  config: Config,
  account: Account,
  context: RequestContext,
  recordedIn: RecordedIn = "page",
): VoiceService {
  const { waitUntil, measure } = context;
  const transport = throughRelay(createTransport(isolate.world, isolate.hosts), account);
  const { nowMs } = transport;
  return new VoiceService({
    store: new VoiceStore(env.VOICES, account.appId),
    missing: new MissingVoices({ nowMs, openCache: () => caches.open("hdvoice-missing-v1") }),
    wechat: new WechatClient(account, createTokens(env, isolate, account, context), transport),
    recordedIn,
    maxVoiceSeconds: config.maxVoiceSeconds,
    keep: config.storeFormats,
    waitUntil,
    nowMs,
    measure,
  });
}
