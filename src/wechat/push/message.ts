/**
 * What WeChat pushes to a URL of ours: is it WeChat's, and what does it say. Knows signatures, plain and safe mode;
 * what a message means is decided elsewhere.
 * https://developers.weixin.qq.com/doc/oplatform/developers/dev/push/encryption
 */
import type { PushSettings } from "../../schema.ts";
import { decryptPush, type Opened } from "./cipher.ts";
import { type PushFields, parseFields, textField } from "./fields.ts";

/** Whose push it is: the account's or platform's appId and what its console was told. */
export interface PushReceiver {
  readonly appId: string;
  readonly push: PushSettings;
}

export type PushVerdict =
  | { readonly kind: "genuine"; readonly fields: PushFields }
  /** The signature is wrong, or it is for somebody else: not from WeChat, or the console holds another token or key. */
  | { readonly kind: "forged" }
  /** An EncodingAESKey is set, and the message is not encrypted: a plain signature would not cover its body. */
  | { readonly kind: "unprotected" }
  | { readonly kind: "unreadable" };

/** The console's check of the URL: what to answer it with; null when the signature is wrong. */
export async function answerCheck(query: URLSearchParams, receiver: PushReceiver): Promise<string | null> {
  const echo = query.get("echostr");
  if (!echo) return null;
  if (!query.has("msg_signature")) {
    return (await isSigned(query, "signature", receiver, null)) ? echo : null;
  }
  // WeCom encrypts the echo too.
  if (!(await isSigned(query, "msg_signature", receiver, echo))) return null;
  return (await decrypt(echo, receiver))?.message ?? null;
}

/** Opens one POSTed push. */
export async function openPush(
  query: URLSearchParams,
  body: string,
  receiver: PushReceiver,
): Promise<PushVerdict> {
  const outer = parseFields(body);
  if (!outer) return { kind: "unreadable" };
  const encrypted = textField(outer, "Encrypt");
  if (encrypted !== null && receiver.push.encodingAesKey !== undefined) {
    return openEncrypted(query, encrypted, receiver);
  }
  if (!(await isSigned(query, "signature", receiver, null))) return { kind: "forged" };
  if (receiver.push.encodingAesKey !== undefined) return { kind: "unprotected" };
  return encrypted === null ? { kind: "genuine", fields: outer } : { kind: "unreadable" };
}

async function openEncrypted(
  query: URLSearchParams,
  encrypted: string,
  receiver: PushReceiver,
): Promise<PushVerdict> {
  // `signature` is sent too, and doesn't cover the body.
  if (!(await isSigned(query, "msg_signature", receiver, encrypted))) return { kind: "forged" };
  const opened = await decrypt(encrypted, receiver);
  if (!opened) return { kind: "forged" };
  const fields = parseFields(opened.message);
  return fields ? { kind: "genuine", fields } : { kind: "unreadable" };
}

/** With the key in use, else with the one before it: WeChat goes on using that for a while after a change. */
async function decrypt(encrypted: string, { appId, push }: PushReceiver): Promise<Opened | null> {
  for (const key of [push.encodingAesKey, push.previousEncodingAesKey]) {
    const opened = key === undefined ? null : await decryptPush(encrypted, key);
    if (opened?.appId === appId) return opened;
  }
  return null;
}

/** Checks one of the query's signatures: the hex SHA-1 of token, timestamp, nonce and ciphertext, sorted and joined. */
async function isSigned(
  query: URLSearchParams,
  name: "signature" | "msg_signature",
  { push }: PushReceiver,
  encrypted: string | null,
): Promise<boolean> {
  const presented = query.get(name) ?? "";
  if (!/^[0-9a-f]{40}$/i.test(presented)) return false;
  const parts = [push.token, query.get("timestamp") ?? "", query.get("nonce") ?? ""];
  const expected = await signPush(encrypted === null ? parts : [...parts, encrypted]);
  return crypto.subtle.timingSafeEqual(Uint8Array.fromHex(expected), Uint8Array.fromHex(presented));
}

/** The signature of the parts, in whatever order they come. Byte order: no locale has a say. */
export async function signPush(parts: readonly string[]): Promise<string> {
  const joined = new TextEncoder().encode([...parts].sort().join(""));
  return new Uint8Array(await crypto.subtle.digest("SHA-1", joined)).toHex();
}
