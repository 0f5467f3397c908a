/**
 * One item of a job: asks for its voice, records what came of it, and has it announced. Queues deliver at least once, so
 * every step may happen twice: what has ended is not begun again, records are only replaced by who has read them,
 * and the callback's message is sent before this one is done with.
 */
import { ServiceError } from "../errors.ts";
import { type Failure, toFailure } from "../failure.ts";
import { logInfo } from "../telemetry/log.ts";
import { DONE, type JobContext, later, type Outcome } from "./context.ts";
import { fetchVoice } from "./fetch-voice.ts";
import type { ItemRecord, RecordedFailure } from "./job-store.ts";
import type { JobMessage } from "./message.ts";
import {
  backoffSeconds,
  CONFLICT_DELAY_SECONDS,
  DEFAULT_PAUSE_SECONDS,
  isTransient,
  MAX_ATTEMPTS,
  PAUSE_SPREAD_SECONDS,
} from "./patience.ts";
import type { Stored } from "./records.ts";
import { tell } from "./tell-item.ts";

export async function fetchItem(message: JobMessage, context: JobContext): Promise<Outcome> {
  const { jobId, appId, mediaId } = message;
  const { store, nowMs } = context;
  const before = await store.readItem(jobId, mediaId);
  if (before && before.value.state !== "waiting") return announce(message, context);
  if (await store.isCancelled(jobId)) return DONE;
  const pausedUntilMs = await store.pausedUntilMs(appId);
  if (pausedUntilMs > nowMs()) return afterPause(pausedUntilMs, context);

  const attempts = (before?.value.attempts ?? 0) + 1;
  const base = { attempts, retryAtMs: null, failure: null, voice: null };
  try {
    const voices = await context.voicesOf(appId, message.via);
    if (!voices) throw new ServiceError("account-unknown", `No account ${appId} is configured here.`);
    const voice = await fetchVoice(voices, mediaId, message.formats);
    const outcome = await tell(voices, mediaId, message.formats, before?.value ?? null);
    if ("again" in outcome) return await tellLater(outcome.again);
    return await end({ ...base, state: "ready", changedAtMs: nowMs(), voice, ...outcome.told });
  } catch (error) {
    const cause = toFailure(error, { jobId, appId, mediaId });
    const failure = recorded(cause);
    if (failure.code === "rate-limited") {
      const untilMs = nowMs() + (cause.retryAfterSeconds ?? DEFAULT_PAUSE_SECONDS) * 1000;
      await store.pause(appId, untilMs, failure.wechat?.errcode ?? null);
      return afterPause(untilMs, context);
    }
    if (!isTransient(failure.code) || attempts >= MAX_ATTEMPTS) {
      return await end({ ...base, state: "failed", changedAtMs: nowMs(), failure });
    }
    const delaySeconds = backoffSeconds(attempts, context.backoffSeconds, context.random());
    const retryAtMs = nowMs() + delaySeconds * 1000;
    await record({ ...base, state: "waiting", changedAtMs: nowMs(), retryAtMs, failure });
    return later(delaySeconds);
  }

  /** The voice is there, and its text is not yet. The transcriber may have said when to come again. */
  async function tellLater(error: unknown): Promise<Outcome> {
    const cause = toFailure(error);
    const transcriptAttempts = (before?.value.transcriptAttempts ?? 0) + 1;
    const backoff = backoffSeconds(transcriptAttempts, context.backoffSeconds, context.random());
    const delaySeconds = Math.max(backoff, context.backoffSeconds > 0 ? (cause.retryAfterSeconds ?? 0) : 0);
    const retryAtMs = nowMs() + delaySeconds * 1000;
    const failure = recorded(cause);
    // What WeChat is asked for counts as before: it has answered.
    await record({ ...base, state: "waiting", changedAtMs: nowMs(), retryAtMs, failure, transcriptAttempts });
    return later(delaySeconds);
  }

  /** One line an attempt, as there is one a request. */
  function log({ state, failure }: ItemRecord): void {
    const { code, wechat } = failure ?? { code: undefined, wechat: null };
    const line = {
      event: "job-item",
      jobId,
      appId,
      mediaId,
      state,
      attempts,
      code,
      wechat: wechat ?? undefined,
    };
    logInfo(line);
  }

  async function end(item: ItemRecord): Promise<Outcome> {
    if ((await record(item)) === "changed-meanwhile") return later(CONFLICT_DELAY_SECONDS);
    return announce(message, context);
  }

  function record(item: ItemRecord) {
    log(item);
    return store.replaceItem(jobId, mediaId, item, before);
  }
}

/** Ends an item whose message was delivered too often. An item that has ended already stays as it is. */
export async function abandonItem(
  message: JobMessage,
  failure: RecordedFailure,
  context: JobContext,
): Promise<Outcome> {
  const { jobId, mediaId } = message;
  const before: Stored<ItemRecord> | null = await context.store.readItem(jobId, mediaId);
  if (!before || before.value.state === "waiting") {
    const attempts = before?.value.attempts ?? 0;
    const changedAtMs = context.nowMs();
    const item: ItemRecord = {
      state: "failed",
      attempts,
      changedAtMs,
      retryAtMs: null,
      failure,
      voice: null,
    };
    const result = await context.store.replaceItem(jobId, mediaId, item, before);
    if (result === "changed-meanwhile") return later(CONFLICT_DELAY_SECONDS);
  }
  return announce(message, context);
}

/** The callback has its own message, which from its first attempt on decides about its own repetition. */
async function announce(message: JobMessage, { store, queue }: JobContext): Promise<Outcome> {
  if (message.callbackUrl === null) return DONE;
  if (await store.readCall(message.jobId, message.mediaId)) return DONE;
  await queue.send({ ...message, kind: "callback" });
  return DONE;
}

function afterPause(untilMs: number, { nowMs, random }: JobContext): Outcome {
  return later(Math.ceil((untilMs - nowMs()) / 1000 + PAUSE_SPREAD_SECONDS * random()));
}

function recorded({ code, detail, wechat }: Failure): RecordedFailure {
  return { code, detail, wechat };
}
