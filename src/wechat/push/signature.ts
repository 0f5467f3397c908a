/**
 * What a push's query says, and whether whoever wrote it knows the console's Token. Reads no body.
 * https://developers.weixin.qq.com/doc/oplatform/developers/dev/push/encryption
 */

/** WeChat's clock and ours may differ so much. It sends at once, and three times within 15 seconds at most. */
export const PUSH_TOLERANCE_MS = 300_000;

/** Ten digits last until the year 2286. Exactly ten, so that no digit can move between time and nonce. */
const TIMESTAMP_PATTERN = /^[0-9]{10}$/;
const SIGNATURE_PATTERN = /^[0-9a-f]{40}$/;

/** What the query says, as far as it can be right. */
export interface PushClaim {
  readonly timestamp: string;
  readonly nonce: string;
  /** Over Token, time and nonce. Null: none. */
  readonly signature: string | null;
  /** Over the encrypted text too. Null: none. */
  readonly messageSignature: string | null;
}

/** Null: nobody could have signed this as WeChat does. */
export function readClaim(query: URLSearchParams): PushClaim | null {
  const timestamp = query.get("timestamp") ?? "";
  const signature = signatureIn(query, "signature");
  const messageSignature = signatureIn(query, "msg_signature");
  if (!TIMESTAMP_PATTERN.test(timestamp) || (signature ?? messageSignature) === null) return null;
  return { timestamp, nonce: query.get("nonce") ?? "", signature, messageSignature };
}

export function isTimely({ timestamp }: PushClaim, nowMs: number): boolean {
  return Math.abs(nowMs - Number(timestamp) * 1000) <= PUSH_TOLERANCE_MS;
}

/** Whether the claim carries the signature that covers no body. */
export function isSigned({ signature, timestamp, nonce }: PushClaim, token: string): Promise<boolean> {
  return fits(signature, [token, timestamp, nonce]);
}

/** Whether the claim's other signature is over this encrypted text. */
export function isMessageSigned(claim: PushClaim, token: string, encrypted: string): Promise<boolean> {
  return fits(claim.messageSignature, [token, claim.timestamp, claim.nonce, encrypted]);
}

/** The hex SHA-1 of the parts, in whatever order they come. In byte order, whatever the locale. */
export async function signPush(parts: readonly string[]): Promise<string> {
  return (await digestOf(parts)).toHex();
}

async function fits(presented: string | null, parts: readonly string[]): Promise<boolean> {
  if (presented === null) return false;
  return crypto.subtle.timingSafeEqual(await digestOf(parts), Uint8Array.fromHex(presented));
}

async function digestOf(parts: readonly string[]): Promise<Uint8Array> {
  const joined = new TextEncoder().encode([...parts].sort().join(""));
  return new Uint8Array(await crypto.subtle.digest("SHA-1", joined));
}

function signatureIn(query: URLSearchParams, name: string): string | null {
  const presented = query.get(name)?.toLowerCase() ?? "";
  return SIGNATURE_PATTERN.test(presented) ? presented : null;
}
