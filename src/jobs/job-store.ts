/** A job's records: what was asked for, what became of each item and of its callback. keys.ts says where they lie. */
import type { Failure } from "../failure.ts";
import { jobKeys } from "./keys.ts";
import type { JobFormat, JobMessage } from "./message.ts";
import { Records, type Stored } from "./records.ts";

export interface JobRecord {
  readonly jobId: string;
  readonly appId: string;
  readonly createdAtMs: number;
  /** Tells a repetition of the same request from another one under the same id. */
  readonly fingerprint: string;
  readonly mediaIds: readonly string[];
  readonly formats: readonly JobFormat[];
  readonly origin: string;
  readonly callbackUrl: string | null;
  /** Absent in records from before it was asked: they carry links. */
  readonly withLinks?: boolean;
  readonly via: JobMessage["via"];
}

/** What a record keeps of a failure: nothing that is meant for operators alone. */
export type RecordedFailure = Pick<Failure, "code" | "detail" | "wechat">;

/** The forms of an item that can't be had, and why. */
export interface MissingForms {
  readonly formats: readonly JobFormat[];
  readonly code: string;
  readonly detail: string;
}

export interface ItemRecord {
  readonly state: "waiting" | "ready" | "failed";
  /** How often WeChat was asked: waiting for a quota doesn't count. */
  readonly attempts: number;
  readonly changedAtMs: number;
  /** While waiting: not before. */
  readonly retryAtMs: number | null;
  /** Of the last attempt. */
  readonly failure: RecordedFailure | null;
  /** The voice's metadata, as the `.json` form has it, but for what is stored. */
  readonly voice: Readonly<Record<string, unknown>> | null;
  /** What was said, where that was asked for and could be had. Absent: not asked for. */
  readonly text?: string | null;
  /** The forms that this voice lacks, and why. */
  readonly missing?: MissingForms | null;
  /** While waiting for a transcript: how often it was tried. */
  readonly transcriptAttempts?: number;
}

export interface CallRecord {
  readonly state: "retrying" | "delivered" | "failed";
  readonly attempts: number;
  readonly changedAtMs: number;
  /** The last answer's status; null where there was none. */
  readonly status: number | null;
  /** Why the last attempt failed. */
  readonly reason: string | null;
}

export interface DeadLetter {
  readonly queue: string;
  readonly attempts: number;
  readonly recordedAtMs: number;
  readonly reason: string;
  readonly body: unknown;
}

export interface JobFiles {
  readonly enqueued: boolean;
  readonly cancelled: boolean;
  readonly items: ReadonlyMap<string, ItemRecord>;
  readonly calls: ReadonlyMap<string, CallRecord>;
}

export class JobStore {
  readonly #records: Records;

  constructor(bucket: R2Bucket) {
    this.#records = new Records(bucket);
  }

  /** Claims the job's id. `exists`: another request had it first. */
  createJob(job: JobRecord): Promise<"created" | "exists"> {
    return this.#records.create(jobKeys.job(job.jobId), job);
  }

  async readJob(jobId: string): Promise<JobRecord | null> {
    return (await this.#records.read<JobRecord>(jobKeys.job(jobId)))?.value ?? null;
  }

  async addToIndex({ jobId, appId, createdAtMs, mediaIds }: JobRecord): Promise<void> {
    const key = jobKeys.index(appId) + jobKeys.indexEntry(createdAtMs, jobId);
    await this.#records.write(key, { jobId, createdAtMs, itemCount: mediaIds.length });
  }

  /** Newest first. The keys are where the next page begins. */
  listJobs(appId: string, limit: number, after: string | null): Promise<Map<string, unknown>> {
    return this.#records.listNames(jobKeys.index(appId), limit, after);
  }

  async markEnqueued(jobId: string, atMs: number): Promise<void> {
    await this.#records.write(jobKeys.enqueued(jobId), { atMs });
  }

  isEnqueued(jobId: string): Promise<boolean> {
    return this.#records.has(jobKeys.enqueued(jobId));
  }

  async cancel(jobId: string, atMs: number): Promise<void> {
    await this.#records.create(jobKeys.cancelled(jobId), { atMs });
  }

  isCancelled(jobId: string): Promise<boolean> {
    return this.#records.has(jobKeys.cancelled(jobId));
  }

  readItem(jobId: string, mediaId: string): Promise<Stored<ItemRecord> | null> {
    return this.#records.read(jobKeys.item(jobId, mediaId));
  }

  replaceItem(jobId: string, mediaId: string, item: ItemRecord, before: Stored<ItemRecord> | null) {
    return this.#records.replace(jobKeys.item(jobId, mediaId), item, before);
  }

  readCall(jobId: string, mediaId: string): Promise<Stored<CallRecord> | null> {
    return this.#records.read(jobKeys.call(jobId, mediaId));
  }

  replaceCall(jobId: string, mediaId: string, call: CallRecord, before: Stored<CallRecord> | null) {
    return this.#records.replace(jobKeys.call(jobId, mediaId), call, before);
  }

  async writeDeadLetter(messageId: string, letter: DeadLetter): Promise<void> {
    await this.#records.write(jobKeys.deadLetter(messageId), letter);
  }

  /** 0: not paused, or not any more. */
  async pausedUntilMs(appId: string): Promise<number> {
    return (await this.#records.read<{ untilMs: number }>(jobKeys.pause(appId)))?.value.untilMs ?? 0;
  }

  /** Never shortens a pause: a minute's quota doesn't end the wait for a day's. */
  async pause(appId: string, untilMs: number, errcode: number | null): Promise<void> {
    const key = jobKeys.pause(appId);
    for (;;) {
      const before = await this.#records.read<{ untilMs: number; errcode: number | null }>(key);
      if (before && before.value.untilMs >= untilMs) return;
      if ((await this.#records.replace(key, { untilMs, errcode }, before)) === "replaced") return;
    }
  }

  /** Everything that has happened to a job so far. */
  async readFiles(jobId: string): Promise<JobFiles> {
    const files = await this.#records.list(jobKeys.folder(jobId));
    return {
      enqueued: files.has("enqueued"),
      cancelled: files.has("cancelled"),
      items: inFolder<ItemRecord>(files, "item/"),
      calls: inFolder<CallRecord>(files, "call/"),
    };
  }
}

function inFolder<T>(files: ReadonlyMap<string, unknown>, folder: string): Map<string, T> {
  const found = new Map<string, T>();
  for (const [name, value] of files) {
    if (name.startsWith(folder)) found.set(name.slice(folder.length, -".json".length), value as T);
  }
  return found;
}
