/**
 * Accepts jobs. A request that comes twice under one delivery id is one job: its id follows from the delivery id, and
 * only one of any number of requests creates the record (R2 create-if-absent). There the record comes first and the
 * messages second, and if the creator died in between, whoever repeats the request finishes the job. A request without an id
 * can't be repeated: its messages come first and its record last, so no job stays half in the queue.
 */
import { ServiceError } from "../errors.ts";
import type { JobRecord, JobStore } from "./job-store.ts";
import type { JobFormat, JobMessage } from "./message.ts";
import { isTranscript, MESSAGE_VERSION, TRANSCRIPT_MESSAGE_VERSION } from "./message.ts";

export interface JobRequest {
  readonly appId: string;
  readonly mediaIds: readonly string[];
  readonly formats: readonly JobFormat[];
  /** Where links in callbacks begin. */
  readonly origin: string;
  readonly callbackUrl: string | null;
  /** Whether callbacks carry links: only where the poster may read voices. */
  readonly withLinks: boolean;
  /** Which of WeChat's downloads has the voices. */
  readonly via: JobMessage["via"];
  /** The caller's own name for this request, under which it may be repeated; null: every request is a new job. */
  readonly delivery: Delivery | null;
}

export interface Delivery {
  readonly sender: string;
  readonly id: string;
  /** Whose ids these are, where they aren't the account's own: an appId. */
  readonly idsOf?: string;
}

export interface IntakeOptions {
  readonly store: JobStore;
  readonly queue: Pick<Queue<JobMessage>, "sendBatch">;
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Queues take at most 100 messages or 256 KB at once. */
const MESSAGES_PER_CALL = 100;
const BYTES_PER_CALL = 200_000;
/**
 * How long a repetition waits for the request that came first to put the messages into the queue. Less than the five
 * seconds that WeChat waits for the answer to a push.
 */
const ENQUEUE_WAIT_MS = 3_000;
const ENQUEUE_POLL_MS = 100;

/** Resolves when every item has its message in the queue. Fails with `delivery-id-reused` or `jobs-unavailable`. */
export async function takeIn(request: JobRequest, options: IntakeOptions): Promise<JobRecord> {
  const { store, nowMs } = options;
  const { appId, formats, origin, callbackUrl, withLinks, via } = request;
  const job: JobRecord = {
    jobId: await jobIdFor(request),
    appId,
    createdAtMs: nowMs(),
    fingerprint: await fingerprintOf(request),
    mediaIds: [...new Set(request.mediaIds)],
    formats: [...new Set(formats)],
    origin,
    callbackUrl,
    withLinks,
    via,
  };
  if (request.delivery === null) return takeInUnnamed(job, options);
  if ((await store.createJob(job)) === "created") {
    await store.addToIndex(job);
    await enqueue(job, options);
    return job;
  }
  const first = await store.readJob(job.jobId);
  if (first?.fingerprint !== job.fingerprint) {
    throw new ServiceError("delivery-id-reused", "Another request was already received under this id.");
  }
  // The first request may have died before it was done. Messages that come twice do no harm.
  if (!(await enqueuedMeanwhile(first.jobId, options))) {
    await store.addToIndex(first);
    await enqueue(first, options);
  }
  return first;
}

async function takeInUnnamed(job: JobRecord, options: IntakeOptions): Promise<JobRecord> {
  const { store, nowMs } = options;
  try {
    await sendAll(job, options);
  } catch (error) {
    // Messages that are in the queue already are not carried out: their job has no record.
    await store.cancel(job.jobId, nowMs()).catch(() => {});
    throw error;
  }
  await store.markEnqueued(job.jobId, nowMs());
  await store.createJob(job);
  await store.addToIndex(job);
  return job;
}

async function enqueue(job: JobRecord, options: IntakeOptions): Promise<void> {
  await sendAll(job, options);
  await options.store.markEnqueued(job.jobId, options.nowMs());
}

/** One message an item. */
async function sendAll(job: JobRecord, { queue }: IntakeOptions): Promise<void> {
  const { jobId, appId, formats, origin, callbackUrl, withLinks = true, via } = job;
  const common = {
    v: formats.some(isTranscript) ? TRANSCRIPT_MESSAGE_VERSION : MESSAGE_VERSION,
    kind: "fetch",
    jobId,
    appId,
    origin,
    callbackUrl,
    withLinks,
    via,
  } as const;
  const messages = job.mediaIds.map((mediaId) => ({ body: { ...common, mediaId, formats: [...formats] } }));
  try {
    for (const batch of batches(messages)) await queue.sendBatch(batch);
  } catch (cause) {
    throw new ServiceError("jobs-unavailable", "The queue did not accept the job.", {
      retryAfterSeconds: 5,
      cause,
    });
  }
}

function* batches(messages: readonly MessageSendRequest<JobMessage>[]) {
  let batch: MessageSendRequest<JobMessage>[] = [];
  let lengthBytes = 0;
  for (const message of messages) {
    const own = new TextEncoder().encode(JSON.stringify(message.body)).length;
    if (batch.length === MESSAGES_PER_CALL || lengthBytes + own > BYTES_PER_CALL) {
      yield batch;
      batch = [];
      lengthBytes = 0;
    }
    batch.push(message);
    lengthBytes += own;
  }
  if (batch.length > 0) yield batch;
}

async function enqueuedMeanwhile(jobId: string, { store, nowMs, sleep }: IntakeOptions): Promise<boolean> {
  const deadlineMs = nowMs() + ENQUEUE_WAIT_MS;
  while (!(await store.isEnqueued(jobId))) {
    if (nowMs() >= deadlineMs) return false;
    await sleep(ENQUEUE_POLL_MS);
  }
  return true;
}

async function jobIdFor({ appId, delivery }: JobRequest): Promise<string> {
  const name = delivery
    ? // Ids are the account's: a request that is sent to another account is another one.
      await sha256(JSON.stringify([delivery.idsOf ?? appId, delivery.sender, delivery.id]))
    : crypto.getRandomValues(new Uint8Array(16)).toHex();
  return `j_${name.slice(0, 32)}`;
}

/** Of what was asked for, not of how it was spelled. */
function fingerprintOf({ appId, mediaIds, formats, callbackUrl }: JobRequest): Promise<string> {
  return sha256(JSON.stringify([appId, mediaIds, formats, callbackUrl]));
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
}
