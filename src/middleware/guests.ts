/** Callers without an API key: they have a signature, which allows one thing only. */
import type { Context } from "hono";
import type { Caller } from "../auth/caller.ts";
import { PAGE_VISITOR } from "../auth/page-visitor.ts";
import { looksSigned, verifyLink } from "../auth/signed-link.ts";
import { senderOf } from "../auth/webhook-sender.ts";
import { ServiceError } from "../errors.ts";
import { readText } from "../http/request-body.ts";
import {
  type HeaderVerdict,
  judgeHeaders,
  looksLikeWebhook,
  verifySignature,
} from "../http/webhook-signature.ts";
import { MAX_FETCH_BODY_BYTES } from "../limits.ts";
import type { AppEnv } from "./app-env.ts";

/** A name that no API key can have: their ids hold no parentheses. */
export const LINK_HOLDER: Caller = { id: "(signed-link)", scopes: ["voices:read", "voices:transcribe"] };

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
      throw new ServiceError("link-expired", "This link has expired.");
    case "forged":
      throw new ServiceError(
        "link-forged",
        "The signature does not fit this link: the link was changed, or its key was removed.",
      );
  }
}

/** The one operation that a webhook may ask for: POST /v1/fetches, of whatever account. */
const JOBS_PATH = /^\/v1(?:\/apps\/[^/]+)?\/fetches$/;

/**
 * Whoever signs by the rules of Standard Webhooks may post jobs. What costs nothing is checked first: path, headers, age. Keeps the
 * body, which can be read once.
 */
export async function webhookSender(c: Context<AppEnv>): Promise<Caller | null> {
  const { headers } = c.req.raw;
  if (c.req.method !== "POST" || !JOBS_PATH.test(c.req.path) || !looksLikeWebhook(headers)) return null;
  const oddity = judgeHeaders(headers, c.get("isolate").world.nowMs());
  if (oddity !== "fine") throw new ServiceError("unauthorized", ODDITIES[oddity]);
  const body = await readText(c.req.raw, MAX_FETCH_BODY_BYTES);
  const verdict = await verifySignature(headers, body, c.get("config").webhookSecrets);
  switch (verdict.kind) {
    case "valid":
      c.set("signedBody", body);
      return senderOf(verdict.secret);
    case "changed":
      throw new ServiceError("unauthorized", CHANGED);
    case "forged":
      throw new ServiceError("unauthorized", FORGED);
  }
}

/** The one operation that a page without a key may ask for, of whatever account. */
export const PAGE_SIGNATURE_PATH = /^\/v1(?:\/apps\/[^/]+)?\/jsapi-signature$/;

/**
 * Whoever visits a page of JSAPI_PAGE_ORIGINS. That its browser says so is enough: WeChat takes the signature on that site only.
 */
export function pageVisitor(c: Context<AppEnv>): Caller | null {
  const origin = c.req.header("origin");
  if (origin === undefined || !PAGE_SIGNATURE_PATH.test(c.req.path)) return null;
  if (c.get("config").jsapiPageOrigins.includes(origin)) return PAGE_VISITOR;
  throw new ServiceError(
    "forbidden",
    "This page's site is not in JSAPI_PAGE_ORIGINS: without a key it gets no signature.",
  );
}

const ODDITIES: Readonly<Record<Exclude<HeaderVerdict, "fine">, string>> = {
  "id-missing": "webhook-id is missing: it names the delivery, and is part of what is signed.",
  "id-malformed": "webhook-id must be 1 to 256 visible ASCII characters.",
  "id-with-full-stop":
    "webhook-id must not have a full stop: full stops separate the parts of what is signed.",
  "timestamp-malformed": "webhook-timestamp must be a time in seconds since 1970, in digits.",
  "timestamp-in-milliseconds": "webhook-timestamp is in milliseconds: it must be in seconds since 1970.",
  stale: "webhook-timestamp is more than five minutes away from now.",
  "signature-malformed": "webhook-signature must be 'v1,' and 32 bytes in base64; blanks separate several.",
};
const CHANGED =
  "The body was changed after it was signed: the signature fits the body with other line breaks. Sign exactly the bytes that are sent.";
const FORGED =
  "The webhook signature fits none of the secrets in WEBHOOK_SECRETS, with this webhook-id, webhook-timestamp and body.";
