/**
 * Standard Webhooks, both ways: `webhook-id`, `webhook-timestamp`, `webhook-signature: v1,…` over `id.timestamp.body`.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { Webhook, WebhookVerificationError } from "standardwebhooks";

export type WebhookVerdict = "valid" | "forged" | "stale";

/** Five minutes either way, as the library has it. */
const TOLERANCE_SECONDS = 300;
/** Printable ASCII without a full stop, which separates the signed parts. */
const ID_PATTERN = /^[\x21-\x2d\x2f-\x7e]{1,256}$/;

/** Whether the request claims to be a webhook; only then is there something to verify. */
export function looksLikeWebhook(headers: Headers): boolean {
  return headers.has("webhook-signature");
}

/** Any of the secrets may have signed: one of them is on its way in, or out. */
export function verifyWebhook(
  headers: Headers,
  body: string,
  secrets: readonly string[],
  nowMs: number,
): WebhookVerdict {
  const id = headers.get("webhook-id") ?? "";
  const timestamp = headers.get("webhook-timestamp") ?? "";
  if (!ID_PATTERN.test(id) || !/^[0-9]{1,11}$/.test(timestamp)) return "forged";
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) return "stale";
  const signed = {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": headers.get("webhook-signature") ?? "",
  };
  return secrets.some((secret) => fits(secret, body, signed)) ? "valid" : "forged";
}

/** The three headers of a delivery. The id stays the same over all attempts, so that a receiver can tell a repetition. */
export function signWebhook(
  id: string,
  body: string,
  secret: string,
  nowMs: number,
): Readonly<Record<string, string>> {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(nowMs / 1000)),
    "webhook-signature": new Webhook(secret).sign(id, new Date(nowMs), body),
  };
}

function fits(secret: string, body: string, signed: Record<string, string>): boolean {
  try {
    new Webhook(secret).verify(body, signed, { jsonParse: false });
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}
