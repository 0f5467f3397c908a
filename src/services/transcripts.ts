/** Builds who tells what was said, and an account's transcripts for one request, out of bindings and settings. */
import type { Config } from "../config/config.ts";
import type { Env } from "../env.ts";
import type { Timings } from "../http/server-timing.ts";
import { createEndpointTranscriber } from "../transcript/endpoint.ts";
import type { Transcriber } from "../transcript/transcriber.ts";
import { createAiTranscriber } from "../transcript/workers-ai.ts";
import { createVoiceKeeperClient } from "../voice/keeper-client.ts";
import { VoiceStore } from "../voice/store.ts";
import { VoiceTranscripts } from "../voice/transcripts.ts";
import { refOf } from "../wechat/accounts.ts";
import type { Account } from "../wechat/token/sources/registry.ts";
import type { World } from "../world.ts";
import type { Isolate } from "./isolate.ts";

/** Null: nobody. */
export function createTranscriber(env: Env, { transcriber }: Config, world: World): Transcriber | null {
  const { endpoint, aiModel } = transcriber;
  if (endpoint) return createEndpointTranscriber(endpoint, world);
  return env.AI ? createAiTranscriber(env.AI, aiModel, world) : null;
}

export function createVoiceTranscripts(
  env: Env,
  { world }: Isolate,
  config: Config,
  account: Account,
  { measure }: Pick<Timings, "measure">,
): VoiceTranscripts {
  return new VoiceTranscripts({
    account: refOf(account),
    store: new VoiceStore(env.VOICES, account.appId),
    keeper: createVoiceKeeperClient(env.VOICE_KEEPER, world),
    transcriber: createTranscriber(env, config, world),
    measure,
  });
}
