/**
 * A push as WeChat or WeCom sends it: XML or JSON, signed in the query, and encrypted unless the console says otherwise;
 * or as a stranger or a repeater sends it. Old ones are made with an old `nowMs`.
 * https://developers.weixin.qq.com/doc/oplatform/developers/dev/push/encryption
 */
import { type BodyStyle, type PushFields, writeBody } from "./push-body.ts";
import { encrypt, sign } from "./push-cipher.ts";

/** A signature of the right shape that fits nothing. */
const WRONG_SIGNATURE = "0123456789abcdef0123456789abcdef01234567";

export interface PushTarget {
  /** Where to: the URL that is set in the console. */
  readonly url: string;
  readonly token: string;
  readonly encodingAesKey: string;
}

/** As chosen in the console. Compatible mode sends the message plain and encrypted, one beside the other. */
export interface PushStyle extends BodyStyle {
  readonly mode: "plain" | "compatible" | "safe";
  /** `wrong`: of the right shape. `none`: the query has neither of them. Default `good`. */
  readonly signature?: "good" | "wrong" | "none";
  /** Default: another one each time. */
  readonly nonce?: string;
  /** WeCom's: always safe, signed by `msg_signature` alone. Default `official`. */
  readonly sender?: "official" | "work";
}

/** A push before it is sent: whoever keeps it can send it twice. */
export interface Push {
  readonly url: string;
  readonly contentType: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What a platform's events look like, and nothing else to choose there. */
const PLATFORM_STYLE: PushStyle = { mode: "safe", format: "xml" };

/** The push that brings these fields, encrypted for `appId`: an account's, or a platform's for its merchants' messages too. */
export async function createPush(
  target: PushTarget,
  appId: string,
  fields: PushFields,
  nowMs: number,
  style: PushStyle = PLATFORM_STYLE,
): Promise<Push> {
  const { mode, format, sender = "official" } = style;
  const isSafe = mode !== "plain";
  const encrypted = isSafe
    ? await encrypt(writeBody(fields, { format }), appId, target.encodingAesKey)
    : null;
  const url = await signedUrl(target, encrypted, nowMs, style, {
    ...(sender === "official" && "FromUserName" in fields ? { openid: asText(fields.FromUserName) } : {}),
    ...(sender === "official" && isSafe ? { encrypt_type: "aes" } : {}),
  });
  const envelope = mode === "safe" ? addressee(appId, fields) : fields;
  return {
    url,
    contentType: format === "xml" ? "text/xml" : "application/json",
    body: writeBody(encrypted === null ? fields : { ...envelope, Encrypt: encrypted }, style),
  };
}

/** Makes the request anew each time: a body can be sent once only. */
export function requestOf({ url, contentType, body }: Push): Request {
  return new Request(url, { method: "POST", headers: { "content-type": contentType }, body });
}

export async function createPushRequest(...push: Parameters<typeof createPush>): Promise<Request> {
  return requestOf(await createPush(...push));
}

/**
 * The console's check of a URL: a GET that wants its `echostr` back. WeCom encrypts that and signs it too; so does
 * whoever sends the `Encrypt` of a push that he has seen.
 */
export async function createUrlCheck(
  target: PushTarget,
  echo: string,
  nowMs: number,
  { sender = "official", ...style }: Pick<PushStyle, "sender" | "signature" | "nonce"> = {},
): Promise<Request> {
  const covered = sender === "work" ? echo : null;
  const parameters = { echostr: echo };
  return new Request(await signedUrl(target, covered, nowMs, { ...style, sender }, parameters));
}

/** `encrypted`: what `msg_signature` covers; null: there is none. */
async function signedUrl(
  { url, token }: PushTarget,
  encrypted: string | null,
  nowMs: number,
  { signature = "good", sender, nonce = randomNonce() }: Omit<PushStyle, "mode" | "format">,
  others: Readonly<Record<string, string>>,
): Promise<string> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const signed = async (parts: readonly string[]) =>
    signature === "wrong" ? WRONG_SIGNATURE : sign([token, timestamp, nonce, ...parts]);
  const query: [string, string][] = [["timestamp", timestamp], ["nonce", nonce], ...Object.entries(others)];
  if (signature !== "none") {
    if (sender !== "work") query.unshift(["signature", await signed([])]);
    if (encrypted !== null) query.push(["msg_signature", await signed([encrypted])]);
  }
  const whole = new URL(url);
  for (const [name, value] of query) whole.searchParams.set(name, value);
  return whole.href;
}

/** What an encrypted push says in the clear about who it is for. */
function addressee(appId: string, { ToUserName, AgentID }: PushFields): PushFields {
  if (ToUserName === undefined) return { AppId: appId };
  return { ToUserName, ...(AgentID === undefined ? {} : { AgentID }) };
}

function asText(value: PushFields[string] | undefined): string {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value);
}

function randomNonce(): string {
  return String(crypto.getRandomValues(new Uint32Array(1))[0]);
}
