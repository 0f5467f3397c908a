/**
 * One push: is it WeChat's, and what does it say. Its age and its signature come first; nothing is parsed or decrypted
 * before. What it means is decided elsewhere.
 * https://developers.weixin.qq.com/doc/oplatform/developers/dev/push/encryption
 */
import { findEncrypted } from "./envelope.ts";
import { type PushFields, readFields, textField } from "./fields.ts";
import { decryptFor, type PushReceiver } from "./receiver.ts";
import { isMessageSigned, isSigned, type PushClaim } from "./signature.ts";

/** Whoever signed it knows the console's Token. */
export interface GenuinePush {
  readonly kind: "genuine";
  readonly receiver: PushReceiver;
  /** Null: nothing of it can be read. */
  readonly fields: PushFields | null;
  /** Plain mode's signature, which covers no message: it must not bring a second one. Null: it covers this message. */
  readonly singleUse: string | null;
}

export type PushFault =
  /** The query can't be WeChat's. */
  | "unsigned"
  /** Too old, or from a clock that is wrong. */
  | "stale"
  /** The signature is wrong, or nobody here has such an appId. */
  | "forged"
  /** An EncodingAESKey is set, and the message is not encrypted: a plain signature would not cover it. */
  | "unprotected"
  /** It is encrypted, and no EncodingAESKey is set. */
  | "keyless"
  /** It was encrypted with another EncodingAESKey. */
  | "undecipherable"
  /** It was encrypted for another appId. */
  | "misaddressed";

export type PushVerdict = GenuinePush | { readonly kind: PushFault };

/** Opens a push for the first of the receivers that its signature fits. The caller has looked at its age. */
export async function openPush(
  claim: PushClaim,
  body: Uint8Array,
  receivers: readonly PushReceiver[],
): Promise<PushVerdict> {
  // WeChat cuts texts inside of a character: what is broken becomes U+FFFD, and the rest stays.
  const text = new TextDecoder().decode(body);
  const encrypted = findEncrypted(text);
  for (const receiver of receivers) {
    const verdict = await openFor(claim, text, encrypted, receiver);
    if (verdict.kind !== "forged") return verdict;
  }
  return { kind: "forged" };
}

async function openFor(
  claim: PushClaim,
  text: string,
  encrypted: readonly string[],
  receiver: PushReceiver,
): Promise<PushVerdict> {
  const { token, encodingAesKey } = receiver.push;
  const message = await signedAmong(encrypted, claim, token);
  if (message !== null && encodingAesKey !== undefined) return openEncrypted(message, receiver);
  if (!(await isSigned(claim, token))) return { kind: message === null ? "forged" : "keyless" };
  if (encodingAesKey !== undefined) return { kind: encrypted.length === 0 ? "unprotected" : "forged" };
  const fields = readFields(text);
  if (fields && isOnlyEnvelope(fields)) return { kind: "keyless" };
  return { kind: "genuine", receiver, fields, singleUse: claim.signature };
}

async function openEncrypted(encrypted: string, receiver: PushReceiver): Promise<PushVerdict> {
  const opened = await decryptFor(receiver, encrypted);
  if (typeof opened === "string") return { kind: opened };
  return { kind: "genuine", receiver, fields: readFields(opened.message), singleUse: null };
}

async function signedAmong(
  encrypted: readonly string[],
  claim: PushClaim,
  token: string,
): Promise<string | null> {
  for (const text of encrypted) {
    if (await isMessageSigned(claim, token, text)) return text;
  }
  return null;
}

/** In compatible mode the message stands beside what is encrypted of it; in safe mode only whom it is for. */
function isOnlyEnvelope(fields: PushFields): boolean {
  return textField(fields, "Encrypt") !== null && (textField(fields, "MsgType") ?? "") === "";
}
