/** Opens an encrypted push by hand, with Web Crypto alone: nothing here is the simulator's or the gateway's. */

export interface OpenedPush {
  readonly message: Uint8Array;
  readonly appId: string;
}

/** The text in `Encrypt`, of XML or JSON, without the blanks round it. */
export function encryptIn(body: string): string {
  const found =
    /<Encrypt>\s*(?:<!\[CDATA\[)?([A-Za-z0-9+/=]+)/.exec(body) ?? /"Encrypt":\s*"([^"]+)"/.exec(body);
  if (!found?.[1]) throw new Error(`no Encrypt in ${body}`);
  return found[1];
}

/** Padding is 1 to 32 bytes, the length stands behind 16 random bytes, and the appId behind the message. */
export async function decrypt(encrypted: string, encodingAesKey: string): Promise<OpenedPush> {
  const raw = Uint8Array.from(atob(`${encodingAesKey}=`), (character) => character.charCodeAt(0));
  const cipher = Uint8Array.from(atob(encrypted), (character) => character.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", raw, "AES-CBC", false, ["encrypt", "decrypt"]);
  // A block that decrypts to the padding Web Crypto insists on.
  const tail = await crypto.subtle.encrypt(
    { name: "AES-CBC", iv: cipher.slice(-16) },
    key,
    new Uint8Array(0),
  );
  const longer = new Uint8Array([...cipher, ...new Uint8Array(tail)]);
  const padded = new Uint8Array(
    await crypto.subtle.decrypt({ name: "AES-CBC", iv: raw.slice(0, 16) }, key, longer),
  );
  const plain = padded.subarray(0, padded.length - (padded.at(-1) ?? 0));
  const length = new DataView(plain.buffer, plain.byteOffset).getUint32(16);
  return {
    message: plain.slice(20, 20 + length),
    appId: new TextDecoder().decode(plain.subarray(20 + length)),
  };
}
