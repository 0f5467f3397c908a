/**
 * How pushes are encrypted and signed, written for the simulator alone: a second reading of WeChat's page beside the
 * gateway's own. https://developers.weixin.qq.com/doc/oplatform/developers/dev/push/encryption
 */
import { concatenate, utf8 } from "./bytes.ts";

const BLOCK_BYTES = 16;
const PADDING_BYTES = 32;

/** The base64 text of an `Encrypt` field: 16 random bytes, length, message and `appId`, padded to 32 bytes. */
export async function encrypt(message: Uint8Array, appId: string, encodingAesKey: string): Promise<string> {
  const raw = Uint8Array.from(atob(`${encodingAesKey}=`), (character) => character.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", raw, "AES-CBC", false, ["encrypt"]);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, message.length);
  const random = crypto.getRandomValues(new Uint8Array(16));
  const plain = concatenate([random, length, message, utf8(appId)]);
  const padding = PADDING_BYTES - (plain.length % PADDING_BYTES);
  const padded = concatenate([plain, new Uint8Array(padding).fill(padding)]);

  const iv = raw.slice(0, BLOCK_BYTES);
  const cipher = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CBC", iv }, key, padded));
  // Web Crypto pads what is padded already: its own block goes.
  const characters = Array.from(cipher.subarray(0, -BLOCK_BYTES), (byte) => String.fromCharCode(byte));
  return btoa(characters.join(""));
}

/** The hex SHA-1 of the parts, sorted by bytes and joined. */
export async function sign(parts: readonly string[]): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", utf8([...parts].sort().join(""))));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
