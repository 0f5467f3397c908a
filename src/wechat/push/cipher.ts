/**
 * The cipher of WeChat's message push: AES-256-CBC with the first 16 bytes of the key as IV, padded to 32 bytes in
 * the manner of PKCS#7. What is encrypted: 16 random bytes, the message's length (4 bytes, big-endian), the message,
 * and the appId that it is for. https://developers.weixin.qq.com/doc/oplatform/developers/dev/push/encryption
 */

const BLOCK_BYTES = 16;
const PADDING_BYTES = 32;
const RANDOM_BYTES = 16;
const LENGTH_BYTES = 4;

export interface Opened {
  readonly message: string;
  readonly appId: string;
}

/** Decrypts the base64 text of an `Encrypt` field. Null: not encrypted with this key. */
export async function decryptPush(encrypted: string, encodingAesKey: string): Promise<Opened | null> {
  const { key, iv } = await importKey(encodingAesKey);
  let padded: Uint8Array;
  try {
    const cipher = Uint8Array.fromBase64(encrypted);
    padded = new Uint8Array(
      await crypto.subtle.decrypt({ name: "AES-CBC", iv }, key, await withStandardPadding(cipher, key)),
    );
  } catch {
    return null;
  }
  return takeApart(padded);
}

/**
 * Web Crypto insists on padding of 1 to 16 bytes, and WeChat's may be 32. So a last block is added that decrypts to
 * sixteen times 0x10: what Web Crypto takes off is then only that.
 */
async function withStandardPadding(cipher: Uint8Array, key: CryptoKey): Promise<Uint8Array<ArrayBuffer>> {
  const last = new Uint8Array(cipher.subarray(-BLOCK_BYTES));
  // Encrypting nothing gives exactly one block: the padding, chained to `iv`, which here is the last block.
  const block = await crypto.subtle.encrypt({ name: "AES-CBC", iv: last }, key, new Uint8Array(0));
  const longer = new Uint8Array(cipher.length + BLOCK_BYTES);
  longer.set(cipher);
  longer.set(new Uint8Array(block), cipher.length);
  return longer;
}

function takeApart(padded: Uint8Array): Opened | null {
  const padding = padded.at(-1) ?? 0;
  const length = padded.length - padding;
  if (padding < 1 || padding > PADDING_BYTES || length < RANDOM_BYTES + LENGTH_BYTES) return null;
  if (padded.subarray(length).some((byte) => byte !== padding)) return null;
  const view = new DataView(padded.buffer, padded.byteOffset, padded.byteLength);
  const start = RANDOM_BYTES + LENGTH_BYTES;
  const end = start + view.getUint32(RANDOM_BYTES);
  if (end > length) return null;
  // WeChat cuts texts inside of a character: what is broken becomes U+FFFD.
  const decoder = new TextDecoder();
  return {
    message: decoder.decode(padded.subarray(start, end)),
    appId: decoder.decode(padded.subarray(end, length)),
  };
}

/** An EncodingAESKey is 32 bytes in base64 without the closing `=`. */
async function importKey(encodingAesKey: string): Promise<{ key: CryptoKey; iv: Uint8Array<ArrayBuffer> }> {
  // The last character carries two bits more than the 256: WeChat's keys have any letter there.
  const raw = Uint8Array.fromBase64(`${encodingAesKey}=`, { lastChunkHandling: "loose" });
  const key = await crypto.subtle.importKey("raw", raw, "AES-CBC", false, ["encrypt", "decrypt"]);
  return { key, iv: raw.slice(0, BLOCK_BYTES) };
}
