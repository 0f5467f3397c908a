/**
 * The queue outlives a test, and nothing empties it: a message that a test has left behind is delivered during another
 * one. Such messages are dropped, and a batch that is being worked off is waited for.
 */
import type { Env } from "../../src/env.ts";
import type { JobMessage } from "../../src/jobs/message.ts";

/** Of messages that went into the queue during this test. */
const jobIds = new Set<string>();
const running = new Set<Promise<void>>();
const watched = new WeakMap<Env, Env>();

/** The same bindings, with a queue that takes note of every job that is put into it. One object an environment. */
export function watchQueue(env: Env): Env {
  let result = watched.get(env);
  if (!result) {
    result = { ...env, JOBS: noting(env.JOBS) };
    watched.set(env, result);
  }
  return result;
}

function noting(queue: Queue<JobMessage>): Queue<JobMessage> {
  return {
    metrics: () => queue.metrics(),
    send(body, options) {
      jobIds.add(body.jobId);
      return queue.send(body, options);
    },
    sendBatch(messages, options) {
      const all = [...messages];
      for (const { body } of all) jobIds.add(body.jobId);
      return queue.sendBatch(all, options);
    },
  };
}

/** What is in the queue still is nobody's. Resolves when the batches that are being worked off have ended. */
export async function leaveQueue(): Promise<void> {
  jobIds.clear();
  await Promise.all(running);
}

/** Hands on what belongs to this test, or is no message of ours at all. */
export async function work(
  batch: MessageBatch,
  handle: (batch: MessageBatch) => Promise<void>,
): Promise<void> {
  const messages = batch.messages.filter(({ body }) => {
    const { jobId } = body as Partial<JobMessage>;
    return jobId === undefined || jobIds.has(jobId);
  });
  for (const message of batch.messages) if (!messages.includes(message)) message.ack();
  if (messages.length === 0) return;
  const { queue, metadata } = batch;
  const run = handle({
    queue,
    metadata,
    messages,
    ackAll() {
      for (const message of messages) message.ack();
    },
    retryAll(options) {
      for (const message of messages) message.retry(options);
    },
  });
  const end = run.catch(() => {}).finally(() => running.delete(end));
  running.add(end);
  await run;
}
