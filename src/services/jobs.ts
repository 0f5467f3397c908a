/** Builds what taking in and carrying out jobs needs, out of bindings and settings. */

import { createLinkSigner } from "../auth/link-signer.ts";
import type { Config } from "../config/config.ts";
import type { Env } from "../env.ts";
import { createTimings } from "../http/server-timing.ts";
import type { JobContext } from "../jobs/context.ts";
import type { IntakeOptions } from "../jobs/intake.ts";
import { JobStore } from "../jobs/job-store.ts";
import { RECORDED_IN } from "../jobs/message.ts";
import { CALLBACK_TIMEOUT_MS } from "../jobs/patience.ts";
import { findAccount } from "../wechat/accounts.ts";
import type { Isolate } from "./isolate.ts";
import { createVoiceTranscripts } from "./transcripts.ts";
import { createVoiceService } from "./voices.ts";

export function createIntake(env: Env, { world }: Isolate): IntakeOptions {
  return {
    store: new JobStore(env.VOICES),
    queue: env.JOBS,
    nowMs: world.nowMs,
    sleep: world.sleep,
  };
}

export function createJobContext(env: Env, isolate: Isolate, config: Config): JobContext {
  const { world } = isolate;
  return {
    store: new JobStore(env.VOICES),
    queue: env.JOBS,
    async voicesOf(appId, via) {
      const account = await findAccount(env.TOKENS, config, appId);
      if (!account) return null;
      const parts = [env, isolate, config, account, createTimings(world.nowMs)] as const;
      const service = createVoiceService(...parts);
      const transcripts = createVoiceTranscripts(...parts);
      return {
        fetch: (mediaId, wants) => service.fetch(mediaId, RECORDED_IN[via], wants),
        async transcribe(mediaId) {
          return (await transcripts.find(mediaId, RECORDED_IN[via], null)).transcript.text;
        },
      };
    },
    signLink: createLinkSigner(config.linkKeys, world.nowMs),
    callbackSecrets: config.callbackSecrets,
    callbackOrigins: config.callbackOrigins,
    callbackTimeoutMs: CALLBACK_TIMEOUT_MS,
    backoffSeconds: config.jobBackoffSeconds,
    ...world,
  };
}
