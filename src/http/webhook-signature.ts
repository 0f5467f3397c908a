/**
 * Standard Webhooks, both ways: `webhook-id`, `webhook-timestamp`, `webhook-signature: v1,…` over `id.timestamp.body`,
 * HMAC-SHA256 by the platform's own cryptography.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */

/** What of a delivery's headers is odd before anything is computed; `fine` says nothing of the signature. */
export type HeaderVerdict =
  | "fine"
  | "id-missing"
  | "id-malformed"
  | "id-with-full-stop"
  | "timestamp-malformed"
  | "timestamp-in-milliseconds"
  | "stale"
  | "signature-malformed";

/** `changed`: it fits a body that differs only in its blanks, so something on the way has changed it. */
export type SignatureVerdict<S> =
  | { readonly kind: "valid"; readonly secret: S }
  | { readonly kind: "changed" }
  | { readonly kind: "forged" };

/** Five minutes either way, as the specification recommends. */
const TOLERANCE_SECONDS = 300;
/** Printable ASCII. A full stop separates the signed parts, so an id has none. */
const ID_PATTERN = /^[\x21-\x7e]{1,256}$/;
/** Seconds have ten digits until the year 2286, milliseconds have thirteen. */
const SECONDS_PATTERN = /^[0-9]{1,11}$/;
const MILLISECONDS_PATTERN = /^[0-9]{13}$/;
const SIGNATURE_PATTERN = /^v1,[A-Za-z0-9+/]{43}=$/;
/** A sender that changes its secret sends two. */
const MAX_SIGNATURES = 10;

/** Whether the request claims to be a webhook; only then is there something to verify. */
export function looksLikeWebhook(headers: Headers): boolean {
  return headers.has("webhook-signature");
}

/** Costs nothing: no body is read and nothing is computed. */
export function judgeHeaders(headers: Headers, nowMs: number): HeaderVerdict {
  const id = headers.get("webhook-id") ?? "";
  if (id === "") return "id-missing";
  if (!ID_PATTERN.test(id)) return "id-malformed";
  if (id.includes(".")) return "id-with-full-stop";
  const timestamp = headers.get("webhook-timestamp") ?? "";
  if (MILLISECONDS_PATTERN.test(timestamp)) return "timestamp-in-milliseconds";
  if (!SECONDS_PATTERN.test(timestamp)) return "timestamp-malformed";
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) return "stale";
  return signaturesIn(headers).length > 0 ? "fine" : "signature-malformed";
}

/** Any of the secrets may have signed: one of them may be new, or about to be removed. Each is compared in constant time. */
export async function verifySignature<S extends { readonly secret: string }>(
  headers: Headers,
  body: string,
  secrets: readonly S[],
): Promise<SignatureVerdict<S>> {
  const prefix = `${headers.get("webhook-id")}.${headers.get("webhook-timestamp")}.`;
  const signatures = signaturesIn(headers);
  const keys = await Promise.all(secrets.map(({ secret }) => importSecret(secret, "verify")));
  for (const [index, key] of keys.entries()) {
    const secret = secrets[index];
    if (secret && (await fits(key, signatures, prefix + body))) return { kind: "valid", secret };
  }
  for (const variant of withOtherBlanks(body)) {
    for (const key of keys) if (await fits(key, signatures, prefix + variant)) return { kind: "changed" };
  }
  return { kind: "forged" };
}

/**
 * The three headers of a delivery, signed with every secret, so that a receiver may have any of them. The id stays the
 * same over all attempts: a receiver knows a repetition by it.
 */
export async function signWebhook(
  id: string,
  body: string,
  secrets: readonly string[],
  nowMs: number,
): Promise<Readonly<Record<string, string>>> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  const signatures = await Promise.all(
    secrets.map(async (secret) => {
      const key = await importSecret(secret, "sign");
      return `v1,${new Uint8Array(await crypto.subtle.sign("HMAC", key, signed)).toBase64()}`;
    }),
  );
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
}

/** Those of the version that we know, as bytes. */
function signaturesIn(headers: Headers): Uint8Array[] {
  return (headers.get("webhook-signature") ?? "")
    .split(" ", MAX_SIGNATURES)
    .filter((signature) => SIGNATURE_PATTERN.test(signature))
    .map((signature) => Uint8Array.fromBase64(signature.slice("v1,".length)));
}

async function fits(key: CryptoKey, signatures: readonly Uint8Array[], text: string): Promise<boolean> {
  const signed = new TextEncoder().encode(text);
  for (const signature of signatures) {
    if (await crypto.subtle.verify("HMAC", key, signature, signed)) return true;
  }
  return false;
}

/** What proxies and editors do to a body: they add or remove a line break at the end, or replace line breaks. */
function withOtherBlanks(body: string): Set<string> {
  const variants = new Set([body.trim(), `${body}\n`, `${body}\r\n`, body.replaceAll("\r\n", "\n")]);
  variants.delete(body);
  return variants;
}

function importSecret(secret: string, use: "sign" | "verify"): Promise<CryptoKey> {
  const bytes = Uint8Array.fromBase64(secret.slice("whsec_".length));
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, [use]);
}
