/** Builds an account's voices, for one request and for the keeper that fetches them, out of bindings and settings. */

import { type Config, configOf } from "../config/config.ts";
import type { Env } from "../env.ts";
import type { Timings } from "../http/server-timing.ts";
import { InOrder } from "../voice/in-order.ts";
import { createVoiceKeeperClient } from "../voice/keeper-client.ts";
import { createVoiceLimit } from "../voice/limit.ts";
import { MissingVoices } from "../voice/missing.ts";
import { Room } from "../voice/room.ts";
import { VoiceService } from "../voice/service.ts";
import { VoiceStore } from "../voice/store.ts";
import { TranscriptsUnderWay } from "../voice/transcripts-under-way.ts";
import { VoicesUnderWay } from "../voice/under-way.ts";
import type { AccountRef } from "../wechat/account.ts";
import { accountFor, refOf } from "../wechat/accounts.ts";
import { WechatClient } from "../wechat/client.ts";
import { throughRelay } from "../wechat/relay.ts";
import type { Account } from "../wechat/token/sources/registry.ts";
import { createTransport, startDeadline } from "../wechat/transport.ts";
import type { Isolate } from "./isolate.ts";
import { createTokens } from "./tokens.ts";
import { createTranscriber } from "./transcripts.ts";

export function createVoiceService(
  env: Env,
  { world }: Isolate,
  config: Config,
  account: Account,
  timings: Pick<Timings, "measure" | "add">,
): VoiceService {
  return new VoiceService({
    account: refOf(account),
    store: new VoiceStore(env.VOICES, account.appId),
    keeper: createVoiceKeeperClient(env.VOICE_KEEPER, world),
    keep: config.storeFormats,
    timings,
  });
}

/** What one keeper does. */
export interface KeptUnderWay {
  readonly voices: VoicesUnderWay;
  readonly transcripts: TranscriptsUnderWay;
}

/** For one keeper. What it starts ends with the keeper. */
export function createVoicesUnderWay(
  env: Env,
  isolate: Isolate,
  keeper: { readonly name: string; readonly waitUntil: (promise: Promise<unknown>) => void },
): KeptUnderWay {
  const config = configOf(env);
  const transport = createTransport(isolate.world, isolate.hosts);
  const { nowMs, sleep, patience } = transport;
  const { waitUntil } = keeper;
  const shared = {
    storeOf: ({ appId }: AccountRef) => new VoiceStore(env.VOICES, appId),
    room: new Room(isolate.heldBytes, keeper.name),
    writes: new InOrder(),
    waitUntil,
    nowMs,
  };
  const voices = new VoicesUnderWay({
    ...shared,
    wechatOf(name, { measure }) {
      const account = accountFor(config, name.account);
      const tokens = createTokens(env, isolate, account, { waitUntil, measure });
      return new WechatClient(account, tokens, throughRelay(transport, account));
    },
    missing: new MissingVoices({ nowMs, openCache: () => caches.open("hdvoice-missing-v1") }),
    limit: createVoiceLimit(config.maxVoiceSeconds),
    keep: config.storeFormats,
    startDeadline: () => startDeadline(transport),
    bodyDeadlineMs: patience.bodyDeadlineMs,
    pause: () => sleep(0),
  });
  const transcriber = createTranscriber(env, config, isolate.world);
  return { voices, transcripts: new TranscriptsUnderWay({ ...shared, voices, transcriber }) };
}
