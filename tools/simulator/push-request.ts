/**
 * A push as WeChat sends it: XML or JSON, signed in the query, and encrypted unless the console says otherwise.
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

/** As chosen in the console. Compatible mode sends the message plain and encrypted, one beside the other. */
export interface PushStyle {
  readonly mode: "plain" | "compatible" | "safe";
  readonly format: "xml" | "json";
}

/** What a platform's events look like, and nothing else to choose there. */
const PLATFORM_STYLE: PushStyle = { mode: "safe", format: "xml" };

type Fields = Readonly<Record<string, string | number | bigint>>;

/** The request that brings these fields, signed and encrypted for `appId`. Whoever gets it sends it. */
export async function createPushRequest(
  target: PushTarget,
  appId: string,
  fields: Fields,
  nowMs: number,
  { mode, format }: PushStyle = PLATFORM_STYLE,
): Promise<Request> {
  const write = format === "xml" ? toXml : toJson;
  const timestamp = String(Math.floor(nowMs / 1000));
  const nonce = String(crypto.getRandomValues(new Uint32Array(1))[0]);
  const url = new URL(target.url);
  const query: Record<string, string> = {
    signature: await sign([target.token, timestamp, nonce]),
    timestamp,
    nonce,
  };
  let body = fields;
  if (mode !== "plain") {
    const encrypted = await encrypt(write(fields), appId, target.encodingAesKey);
    query.encrypt_type = "aes";
    query.msg_signature = await sign([target.token, timestamp, nonce, encrypted]);
    body = { ...(mode === "compatible" ? fields : { AppId: appId }), Encrypt: encrypted };
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const headers = { "content-type": format === "xml" ? "text/xml" : "application/json" };
  return new Request(url, { method: "POST", headers, body: write(body) });
}

function toXml(fields: Fields): string {
  const lines = Object.entries(fields).map(([name, value]) =>
    typeof value === "string" ? `<${name}><![CDATA[${value}]]></${name}>` : `<${name}>${value}</${name}>`,
  );
  return `<xml>${lines.join("\n")}</xml>`;
}

/** A 64-bit MsgId is a number there, with all its digits. */
function toJson(fields: Fields): string {
  const members = Object.entries(fields).map(
    ([name, value]) => `"${name}":${typeof value === "string" ? JSON.stringify(value) : value}`,
  );
  return `{${members.join(",")}}`;
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
