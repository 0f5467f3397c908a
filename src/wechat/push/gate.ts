/**
 * The weakness of plain mode: the signature covers a time and a nonce, but not the message. So each signature brings one message
 * only, and an account takes a limited number of them a minute. Kept in the SQLite of the account's keeper: a captured
 * signature could be sent to any location.
 */

/** More than a busy account gets. An account that gets more voices needs safe mode, which has no such limit. */
export const PLAIN_MESSAGES_PER_MINUTE = 300;
const MINUTE_MS = 60_000;

export interface PlainPush {
  readonly signature: string;
  /** The same for every delivery of one message. */
  readonly message: string;
  /** From when on the signature is refused for its age. */
  readonly endsAtMs: number;
}

export type Admission =
  | "new"
  /** WeChat sends a message up to three times. */
  | "repeated"
  /** The signature has brought another message before. */
  | "replayed"
  | "too-many";

export function admitPlainPush(storage: DurableObjectStorage, push: PlainPush, nowMs: number): Admission {
  const { sql } = storage;
  sql.exec(`
    CREATE TABLE IF NOT EXISTS plain_push_v1 (
      signature TEXT PRIMARY KEY,
      message TEXT NOT NULL,
      at_ms INTEGER NOT NULL,
      ends_at_ms INTEGER NOT NULL
    )`);
  sql.exec("DELETE FROM plain_push_v1 WHERE ends_at_ms < ? AND at_ms < ?", nowMs, nowMs - MINUTE_MS);
  const [before] = sql
    .exec<{ message: string }>("SELECT message FROM plain_push_v1 WHERE signature = ?", push.signature)
    .toArray();
  if (before) return before.message === push.message ? "repeated" : "replayed";
  const { count } = sql
    .exec<{ count: number }>("SELECT COUNT(*) AS count FROM plain_push_v1 WHERE at_ms > ?", nowMs - MINUTE_MS)
    .one();
  if (count >= PLAIN_MESSAGES_PER_MINUTE) return "too-many";
  const { signature, message, endsAtMs } = push;
  sql.exec("INSERT INTO plain_push_v1 VALUES (?, ?, ?, ?)", signature, message, nowMs, endsAtMs);
  return "new";
}
