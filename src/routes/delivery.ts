/** What makes a request repeatable: the name under which its sender may send it again. */
import type { Context } from "hono";
import { ServiceError } from "../errors.ts";
import type { AppEnv } from "../middleware/app-env.ts";

const ID_PATTERN = /^[\x21-\x7e]{1,256}$/;

/** `webhook-id`, or `Idempotency-Key`, which callers with a key may use as well. Null: every request is a new one. */
export function deliveryOf(c: Context<AppEnv>): { sender: string; id: string } | null {
  const id = c.req.header("webhook-id") ?? c.req.header("idempotency-key");
  if (id === undefined) return null;
  if (!ID_PATTERN.test(id)) {
    throw new ServiceError("request-invalid", "webhook-id must be 1 to 256 visible ASCII characters.");
  }
  // One sender's ids say nothing about another's.
  return { sender: c.get("caller").id, id };
}
