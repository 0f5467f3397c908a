/**
 * Handles a batch. Every message is acknowledged or put back separately, as soon as that is decided: one message doesn't affect
 * the others, and if the Worker dies inside a batch only undecided messages come again.
 */
import { kindAndPlace, logError } from "../telemetry/log.ts";
import { abandonCallback, deliverCallback } from "./callback.ts";
import type { JobContext, Outcome } from "./context.ts";
import { abandonItem, fetchItem } from "./fetch-item.ts";
import type { DeadLetter } from "./job-store.ts";
import { type JobMessage, parseMessage } from "./message.ts";
import {
  BATCH_CONCURRENCY,
  backoffSeconds,
  MAX_DELAY_SECONDS,
  NEWER_VERSION_DELAY_SECONDS,
  RENEW_BEYOND_ATTEMPTS,
  RENEW_BEYOND_SECONDS,
} from "./patience.ts";

type Batch = Pick<MessageBatch, "queue" | "messages">;

/** Messages of the job queue. */
export async function consumeJobs(batch: Batch, context: JobContext): Promise<void> {
  await eachMessage(batch, async (message) => {
    const parsed = parseMessage(message.body);
    if (parsed === "newer") return message.retry({ delaySeconds: NEWER_VERSION_DELAY_SECONDS });
    if (parsed === "unreadable") {
      await bury(message, batch.queue, "not a message of this Worker", context);
      return message.ack();
    }
    const outcome = await carryOut(parsed, context);
    if (outcome.kind === "done") return message.ack();
    return postpone(message, parsed, outcome.delaySeconds, context);
  });
}

/** Messages that the job queue has delivered too often: they are recorded, and their items end. */
export async function consumeDeadLetters(batch: Batch, context: JobContext): Promise<void> {
  await eachMessage(batch, async (message) => {
    const parsed = parseMessage(message.body);
    await bury(message, batch.queue, "delivered too often by the queue", context);
    if (parsed === "newer" || parsed === "unreadable") return message.ack();
    const outcome = await abandon(parsed, context);
    return outcome.kind === "done" ? message.ack() : message.retry({ delaySeconds: outcome.delaySeconds });
  });
}

async function eachMessage(batch: Batch, handle: (message: Message) => Promise<void>): Promise<void> {
  const waiting = [...batch.messages];
  async function worker(): Promise<void> {
    for (let message = waiting.shift(); message; message = waiting.shift()) {
      try {
        await handle(message);
      } catch (error) {
        // R2 or the queue itself failed.
        logError({
          event: "job-message-failed",
          queue: batch.queue,
          id: message.id,
          ...kindAndPlace(error),
        });
        message.retry({ delaySeconds: backoffSeconds(Math.min(message.attempts, 4), 10, 0.5) });
      }
    }
  }
  await Promise.all(Array.from({ length: BATCH_CONCURRENCY }, worker));
}

function carryOut(message: JobMessage, context: JobContext): Promise<Outcome> {
  switch (message.kind) {
    case "fetch":
      return fetchItem(message, context);
    case "callback":
      return deliverCallback(message, context);
  }
}

function abandon(message: JobMessage, context: JobContext): Promise<Outcome> {
  switch (message.kind) {
    case "fetch": {
      const detail = "The queue delivered this voice's message too often without success.";
      return abandonItem(message, { code: "internal", detail, wechat: null }, context);
    }
    case "callback":
      return abandonCallback(message, context);
  }
}

/** A long wait is begun by a new message: the old one would grow too old, or be delivered too often, for the queue. */
async function postpone(
  message: Message,
  body: JobMessage,
  wantedSeconds: number,
  { queue }: JobContext,
): Promise<void> {
  const delaySeconds = Math.min(wantedSeconds, MAX_DELAY_SECONDS);
  if (delaySeconds <= RENEW_BEYOND_SECONDS && message.attempts <= RENEW_BEYOND_ATTEMPTS) {
    return message.retry({ delaySeconds });
  }
  await queue.send(body, { delaySeconds });
  message.ack();
}

async function bury(
  message: Message,
  queue: string,
  reason: string,
  { store, nowMs }: JobContext,
): Promise<void> {
  const { id, attempts, body } = message;
  const letter: DeadLetter = { queue, attempts, recordedAtMs: nowMs(), reason, body };
  await store.writeDeadLetter(id, letter);
  logError({ event: "job-dead-letter", queue, id, attempts, reason });
}
