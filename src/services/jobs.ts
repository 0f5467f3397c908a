/** Builds what taking in and carrying out jobs needs, out of bindings and settings. */

import { createLinkSigner } from "../auth/link-signer.ts";
import type { Config } from "../config/config.ts";
import type { Env } from "../env.ts";
import type { JobContext, JobVoices } from "../jobs/context.ts";
import type { IntakeOptions } from "../jobs/intake.ts";
import { JobStore } from "../jobs/job-store.ts";
import { RECORDED_IN } from "../jobs/message.ts";
import { CALLBACK_TIMEOUT_MS } from "../jobs/patience.ts";
import { VoiceStore } from "../voice/store.ts";
import { findAccount } from "../wechat/accounts.ts";
import type { RecordedIn } from "../wechat/client.ts";
import type { Isolate } from "./isolate.ts";
import type { RequestContext } from "./tokens.ts";
import { createVoiceService } from "./voices.ts";

export function createIntake(env: Env, { world }: Isolate): IntakeOptions {
  return {
    store: new JobStore(env.VOICES),
    queue: env.JOBS,
    nowMs: world.nowMs,
    sleep: world.sleep,
  };
}

export function createJobContext(
  env: Env,
  isolate: Isolate,
  config: Config,
  waitUntil: (promise: Promise<unknown>) => void,
): JobContext {
  const { world } = isolate;
  return {
    store: new JobStore(env.VOICES),
    queue: env.JOBS,
    voicesOf: (appId, via) => createJobVoices(env, isolate, config, appId, RECORDED_IN[via], waitUntil),
    signLink: createLinkSigner(config.linkKeys, world.nowMs),
    callbackSecrets: config.callbackSecrets,
    callbackOrigins: config.callbackOrigins,
    callbackTimeoutMs: CALLBACK_TIMEOUT_MS,
    backoffSeconds: config.jobBackoffSeconds,
    ...world,
  };
}

async function createJobVoices(
  env: Env,
  isolate: Isolate,
  config: Config,
  appId: string,
  recordedIn: RecordedIn,
  waitUntil: (promise: Promise<unknown>) => void,
): Promise<JobVoices | null> {
  const account = await findAccount(env.TOKENS, config, appId);
  if (!account) return null;
  const underWay: Promise<unknown>[] = [];
  const store = new VoiceStore(env.VOICES, appId);
  const context: RequestContext = {
    measure: (_, work) => work(),
    waitUntil(promise) {
      underWay.push(promise);
      waitUntil(promise);
    },
  };
  return {
    service: createVoiceService(env, isolate, config, account, context, recordedIn),
    settled: async () => void (await Promise.allSettled(underWay)),
    async isKept(mediaId, wants) {
      const forms = await store.listForms(mediaId);
      const wantsWav = wants.wav && config.storeFormats.has("wav");
      return forms.includes("source") && (!wantsWav || forms.includes("wav"));
    },
  };
}
