/** Callers without an API key: what they show is a signature, and it opens one thing only. */
import type { Context } from "hono";
import type { Caller } from "../auth/caller.ts";
import { looksSigned, verifyLink } from "../auth/signed-link.ts";
import { ServiceError } from "../errors.ts";
import { readText } from "../http/request-body.ts";
import { looksLikeWebhook, verifyWebhook } from "../http/webhook-signature.ts";
import { MAX_FETCH_BODY_BYTES } from "../limits.ts";
import type { AppEnv } from "./app-env.ts";

/** Names that no API key can have: their ids hold no parentheses. */
const LINK_HOLDER: Caller = { id: "(signed-link)", scopes: ["voices:read"] };
const WEBHOOK_SENDER: Caller = { id: "(webhook)", scopes: ["fetches:create"] };

/** Whoever holds a signed link may read what it names; the path is signed, and with it the account. */
export async function linkHolder(c: Context<AppEnv>): Promise<Caller | null> {
  const url = new URL(c.req.url);
  if (!looksSigned(url) || (c.req.method !== "GET" && c.req.method !== "HEAD")) return null;
  const verdict = await verifyLink(
    url,
    c.get("config").linkKeys,
    Math.floor(c.get("isolate").world.nowMs() / 1000),
  );
  switch (verdict) {
    case "valid":
      return LINK_HOLDER;
    case "expired":
      throw new ServiceError("link-expired", "This link was valid for a limited time, which is over.");
    case "forged":
      throw new ServiceError("link-forged", "This link's signature does not fit it.");
  }
}

/** Whoever signs as Standard Webhooks has it may post jobs, for any account. Keeps the body, which can be read once. */
export async function webhookSender(c: Context<AppEnv>): Promise<Caller | null> {
  if (c.req.method !== "POST" || !looksLikeWebhook(c.req.raw.headers)) return null;
  const body = await readText(c.req.raw, MAX_FETCH_BODY_BYTES);
  const verdict = verifyWebhook(
    c.req.raw.headers,
    body,
    c.get("config").webhookSecrets,
    c.get("isolate").world.nowMs(),
  );
  switch (verdict) {
    case "valid":
      c.set("signedBody", body);
      return WEBHOOK_SENDER;
    case "stale":
      throw new ServiceError("unauthorized", "webhook-timestamp is more than five minutes away from now.");
    case "forged":
      throw new ServiceError("unauthorized", "The webhook signature fits none of the secrets.");
  }
}
