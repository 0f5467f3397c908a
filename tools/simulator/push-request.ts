/**
 * A push as WeChat sends it in safe mode: XML with an encrypted part, signed in the query.
 * https://developers.weixin.qq.com/doc/oplatform/developers/dev/push/encryption
 */

const BLOCK_BYTES = 16;
const PADDING_BYTES = 32;

export interface PushTarget {
  /** Where to: the URL that the console was told. */
  readonly url: string;
  readonly token: string;
  readonly encodingAesKey: string;
}

/** The request that brings these fields, signed and encrypted for `appId`. Whoever gets it sends it. */
export async function createPushRequest(
  target: PushTarget,
  appId: string,
  fields: Readonly<Record<string, string | number>>,
  nowMs: number,
): Promise<Request> {
  const message = toXml(fields);
  const encrypted = await encrypt(message, appId, target.encodingAesKey);
  const timestamp = String(Math.floor(nowMs / 1000));
  const nonce = String(crypto.getRandomValues(new Uint32Array(1))[0]);
  const url = new URL(target.url);
  const query = {
    signature: await sign([target.token, timestamp, nonce]),
    timestamp,
    nonce,
    encrypt_type: "aes",
    msg_signature: await sign([target.token, timestamp, nonce, encrypted]),
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const body = `<xml>\n    <AppId><![CDATA[${appId}]]></AppId>\n    <Encrypt><![CDATA[${encrypted}]]></Encrypt>\n</xml>\n`;
  return new Request(url, { method: "POST", headers: { "content-type": "text/xml" }, body });
}

function toXml(fields: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries(fields).map(([name, value]) =>
    typeof value === "number" ? `<${name}>${value}</${name}>` : `<${name}><![CDATA[${value}]]></${name}>`,
  );
  return `<xml>${lines.join("\n")}</xml>`;
}

async function encrypt(message: string, appId: string, encodingAesKey: string): Promise<string> {
  const raw = Uint8Array.from(atob(`${encodingAesKey}=`), (character) => character.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", raw, "AES-CBC", false, ["encrypt"]);
  const text = new TextEncoder().encode(message);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, text.length);
  const random = crypto.getRandomValues(new Uint8Array(16));
  const parts = [...random, ...length, ...text, ...new TextEncoder().encode(appId)];
  const padding = PADDING_BYTES - (parts.length % PADDING_BYTES);
  for (let count = 0; count < padding; count++) parts.push(padding);

  const iv = raw.slice(0, BLOCK_BYTES);
  const cipher = new Uint8Array(
    await crypto.subtle.encrypt({ name: "AES-CBC", iv }, key, new Uint8Array(parts)),
  );
  // Web Crypto pads what is padded already: its own block goes.
  return btoa(String.fromCharCode(...cipher.subarray(0, -BLOCK_BYTES)));
}

async function sign(parts: readonly string[]): Promise<string> {
  const joined = new TextEncoder().encode([...parts].sort().join(""));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", joined));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
