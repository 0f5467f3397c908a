/** The consumer with a queue, a clock and a life that the test controls. WeChat, R2 and the decoder are as always. */
import { env } from "cloudflare:workers";
import { configOf } from "../../src/config/config.ts";
import { consumeJobs } from "../../src/jobs/consumer.ts";
import type { JobContext } from "../../src/jobs/context.ts";
import { JobStore } from "../../src/jobs/job-store.ts";
import type { JobMessage } from "../../src/jobs/message.ts";
import { createJobContext } from "../../src/services/jobs.ts";
import { APP_ID } from "./accounts.ts";
import { isolate } from "./world.ts";

export const JOB_ID = "j_00000000000000000000000000000001";

export interface Sent {
  readonly body: JobMessage;
  readonly delaySeconds: number;
}

export interface Decided {
  readonly verdict: "ack" | "retry";
  readonly delaySeconds: number;
}

export function fetchMessage(mediaId: string, more: Partial<JobMessage> = {}): JobMessage {
  return {
    v: 1,
    kind: "fetch",
    jobId: JOB_ID,
    appId: APP_ID,
    mediaId,
    formats: ["speex"],
    origin: "https://hdvoice.test",
    callbackUrl: null,
    withLinks: true,
    via: "jssdk",
    ...more,
  };
}

/** A context as the Worker builds it, with what the test changes. `sent` are the messages it puts into the queue. */
export function createContext(changes: Partial<JobContext> = {}): JobContext & { sent: Sent[] } {
  const sent: Sent[] = [];
  return {
    ...createJobContext(env, isolate, configOf(env)),
    store: new JobStore(env.VOICES),
    random: () => 0.5,
    queue: {
      async send(body, options) {
        sent.push({ body, delaySeconds: options?.delaySeconds ?? 0 });
        return { metadata: { metrics: { backlogBytes: 0, backlogCount: 0 } } };
      },
    },
    ...changes,
    sent,
  };
}

/** Messages as the runtime hands them over; `decided` says what became of each. */
export function createBatch(bodies: readonly unknown[], attempts = 1) {
  const decided: (Decided | null)[] = bodies.map(() => null);
  const messages = bodies.map((body, index) => ({
    id: `message-${index}`,
    timestamp: new Date(),
    body,
    attempts,
    ack: () => {
      decided[index] = { verdict: "ack", delaySeconds: 0 };
    },
    retry: (options?: QueueRetryOptions) => {
      decided[index] = { verdict: "retry", delaySeconds: options?.delaySeconds ?? 0 };
    },
  }));
  const all = (verdict: Decided["verdict"]) => (options?: QueueRetryOptions) => {
    decided.fill({ verdict, delaySeconds: options?.delaySeconds ?? 0 });
  };
  const metadata = { metrics: { backlogBytes: 0, backlogCount: 0 } };
  const batch = { queue: "hdvoice-jobs", messages, ackAll: all("ack"), retryAll: all("retry"), metadata };
  return { batch, decided };
}

/** Runs one batch and tells what became of each message. */
export async function consume(bodies: readonly unknown[], context: JobContext, attempts = 1) {
  const { batch, decided } = createBatch(bodies, attempts);
  await consumeJobs(batch, context);
  return decided;
}
