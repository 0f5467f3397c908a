/** A job as its owner gets to see it. */
import type { CallRecord, ItemRecord, JobFiles, JobRecord } from "./job-store.ts";

type ItemState = "queued" | "waiting" | "ready" | "failed" | "cancelled";

/** `state` is `accepting` until every item is in the queue, `running` while an item has not ended, else `done`. */
export function viewOf(job: JobRecord, files: JobFiles) {
  const items = job.mediaIds.map((mediaId) => viewOfItem(mediaId, job, files));
  const counts: Record<ItemState, number> = { queued: 0, waiting: 0, ready: 0, failed: 0, cancelled: 0 };
  for (const { state } of items) counts[state]++;
  const open = counts.queued + counts.waiting > 0;
  return {
    jobId: job.jobId,
    appId: job.appId,
    state: stateOf(files, open),
    createdAt: time(job.createdAtMs),
    formats: job.formats,
    ...(job.callbackUrl === null ? {} : { callbackUrl: job.callbackUrl }),
    counts,
    items,
  };
}

export type JobView = ReturnType<typeof viewOf>;

function stateOf({ cancelled, enqueued }: JobFiles, open: boolean) {
  if (cancelled) return "cancelled";
  if (!enqueued) return "accepting";
  return open ? "running" : "done";
}

function viewOfItem(mediaId: string, job: JobRecord, { cancelled, items, calls }: JobFiles) {
  const item = items.get(mediaId);
  const recorded: ItemState = item?.state ?? "queued";
  const ended = recorded === "ready" || recorded === "failed";
  const state: ItemState = cancelled && !ended ? "cancelled" : recorded;
  return {
    mediaId,
    state,
    ...(item ? progressOf(item) : {}),
    ...(job.callbackUrl !== null && ended ? { callback: callbackOf(calls.get(mediaId)) } : {}),
  };
}

function progressOf({ attempts, changedAtMs, retryAtMs, failure, voice, missing = null }: ItemRecord) {
  return {
    attempts,
    changedAt: time(changedAtMs),
    ...(retryAtMs === null ? {} : { retryAt: time(retryAtMs) }),
    ...(failure && { code: failure.code, detail: failure.detail }),
    ...(failure?.wechat ? { wechat: failure.wechat } : {}),
    ...(missing && { missing }),
    ...(voice && { durationSeconds: voice.durationSeconds, bytes: voice.bytes }),
  };
}

function callbackOf(call: CallRecord | undefined) {
  if (!call) return { state: "queued", attempts: 0 };
  const { state, attempts, changedAtMs, status, reason } = call;
  return {
    state,
    attempts,
    changedAt: time(changedAtMs),
    ...(status === null ? {} : { status }),
    ...(reason === null ? {} : { reason }),
  };
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
