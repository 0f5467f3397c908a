/** How often and how long jobs are tried, and which failures are worth it. */
import type { ErrorCode } from "../errors.ts";

/** With the default back-off of 10 s the eighth attempt comes some ten hours after the first. */
export const MAX_ATTEMPTS = 8;
const BACKOFF_FACTOR = 4;
const MAX_BACKOFF_SECONDS = 6 * 3_600;

/** Queues delay a message by 12 hours at most; who has to wait longer is delayed again. */
export const MAX_DELAY_SECONDS = 12 * 3_600;
/**
 * Waiting longer than this, a message is put into the queue anew: repetitions keep their first age, and Queues drop what
 * is older than their retention, a day on the free plan.
 */
export const RENEW_BEYOND_SECONDS = 600;
/** Repetitions are counted against `max_retries` in wrangler.toml (20), waiting included. */
export const RENEW_BEYOND_ATTEMPTS = 10;

/** After a pause messages come back over this time, not all at once. */
export const PAUSE_SPREAD_SECONDS = 30;
/** A quota that WeChat names without saying for how long. */
export const DEFAULT_PAUSE_SECONDS = 60;

/** A message that a later version wrote waits until that version is deployed again. */
export const NEWER_VERSION_DELAY_SECONDS = 600;
/** Somebody else has changed the same record; what they wrote decides. */
export const CONFLICT_DELAY_SECONDS = 1;

/** Simultaneous work of one batch. A Worker has six connections. */
export const BATCH_CONCURRENCY = 6;

/** Standard Webhooks leaves it to the sender; the README states it. */
export const CALLBACK_TIMEOUT_MS = 10_000;
/** How long the links in a callback work. */
export const CALLBACK_LINK_SECONDS = 86_400;

/**
 * Worth another attempt: the cause may pass. A refused token or secret (another program may be replacing it) and a
 * refused address (a Worker has many) are among them. Everything else is final.
 */
const TRANSIENT: ReadonlySet<ErrorCode> = new Set([
  "wechat-unavailable",
  "wechat-credential",
  "wechat-ip-not-allowed",
  "not-configured",
  "internal",
]);

export function isTransient(code: ErrorCode): boolean {
  return TRANSIENT.has(code);
}

/** The pause before the next attempt: four times as long each time, half to one and a half times that, at most 6 h. */
export function backoffSeconds(attempts: number, firstSeconds: number, random: number): number {
  const mean = Math.min(firstSeconds * BACKOFF_FACTOR ** (attempts - 1), MAX_BACKOFF_SECONDS);
  return Math.round(Math.min(mean * (0.5 + random), MAX_BACKOFF_SECONDS));
}
