/** Which queue's messages go where. The names are those of wrangler.toml. */

import { ConfigError, configOf } from "./config/config.ts";
import type { Env } from "./env.ts";
import { consumeDeadLetters, consumeJobs } from "./jobs/consumer.ts";
import type { Isolate } from "./services/isolate.ts";
import { createJobContext } from "./services/jobs.ts";
import { logError } from "./telemetry/log.ts";

/** A person has to correct a wrong setting: twenty deliveries take about three hours. */
const MISCONFIGURED_DELAY_SECONDS = 600;

export async function handleQueue(isolate: Isolate, batch: MessageBatch, env: Env): Promise<void> {
  let context: ReturnType<typeof createJobContext>;
  try {
    context = createJobContext(env, isolate, configOf(env));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    logError({ event: "jobs-not-configured", faults: error.faults });
    batch.retryAll({ delaySeconds: MISCONFIGURED_DELAY_SECONDS });
    return;
  }
  switch (batch.queue) {
    case "hdvoice-jobs":
      return consumeJobs(batch, context);
    case "hdvoice-jobs-dead":
      return consumeDeadLetters(batch, context);
    default:
      throw new Error(`wrangler.toml consumes a queue that this Worker does not handle: ${batch.queue}`);
  }
}
