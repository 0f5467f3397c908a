/** What the request of a job has to contain: the name under which it may be repeated, and its account. */
import type { Context } from "hono";
import type { Caller } from "../auth/caller.ts";
import { WEBHOOK_SENDER_ID } from "../auth/webhook-sender.ts";
import { ServiceError } from "../errors.ts";
import { isTranscript, type JobFormat } from "../jobs/message.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import type { Parties } from "../wechat/accounts.ts";

const ID_PATTERN = /^[\x21-\x7e]{1,256}$/;

/** `webhook-id`, or `Idempotency-Key`, which callers with a key may use as well. Null: every request is a new one. */
export function deliveryOf(c: Context<AppEnv>): { sender: string; id: string } | null {
  const name = c.req.header("webhook-id") === undefined ? "Idempotency-Key" : "webhook-id";
  const id = c.req.header(name);
  if (id === undefined) return null;
  if (!ID_PATTERN.test(id)) {
    throw new ServiceError("request-invalid", `${name} must be 1 to 256 visible ASCII characters.`);
  }
  // Two senders may use the same id.
  return { sender: c.get("caller").id, id };
}

/** Whoever may read a voice, or may make links to it, may get links in callbacks. */
export function mayShare({ scopes }: Caller): boolean {
  return scopes.includes("voices:read") || scopes.includes("links:create");
}

/** A transcript costs money, whoever asks for it. */
export function requireTranscriber({ scopes }: Caller, formats: readonly JobFormat[]): void {
  if (!formats.some(isTranscript) || scopes.includes("voices:transcribe")) return;
  throw new ServiceError("forbidden", "A job with transcripts needs the scope voices:transcribe.");
}

/**
 * A webhook's signature covers its body and not the path, so its account must follow from what is signed: from the body's
 * appId, from a secret that is bound to one account, or from there being only one.
 */
export function requireNamedAccount(
  { id, apps }: Caller,
  appId: string,
  named: string | undefined,
  { accounts, platforms }: Parties,
): void {
  if (named !== undefined && named !== appId) {
    throw new ServiceError("request-invalid", "The body: appId must be that of the account in the path.");
  }
  const isOnlyOne = apps?.length === 1 || (accounts.size === 1 && platforms.size === 0);
  if (id !== WEBHOOK_SENDER_ID || named !== undefined || isOnlyOne) return;
  throw new ServiceError(
    "request-invalid",
    "The body: appId is missing. A webhook's signature does not cover the path, so its body names the account.",
  );
}
