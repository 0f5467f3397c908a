/**
 * What an answer of a media interface is, by its first bytes. WeChat sends errors with HTTP 200 and more than one
 * Content-Type, and has sent voices under the types of errors: the type is a hint, and decides only where bytes can't.
 * Table: test/wechat/answer.test.ts.
 */
import type { ErrorCode } from "../errors.ts";
import { isWebPage, kindOf, type WechatError, wechatErrorIn } from "./failure.ts";
import { parseJson } from "./json.ts";

/** An answer as far as it has come. */
export interface Arrival {
  readonly status: number;
  readonly headers: Headers;
  readonly head: Uint8Array;
  /** `whole`: nothing follows, or nothing more of it will be read. */
  readonly extent: "beginning" | "whole";
}

export type Answer =
  | { readonly kind: "media" }
  /** It looks like an error; more bytes are needed to know. */
  | { readonly kind: "unfinished" }
  | { readonly kind: "refused"; readonly error: WechatError }
  /** Asked again, it would be the same. */
  | { readonly kind: "lasting"; readonly code: ErrorCode; readonly detail: string }
  /** Something between us and WeChat is at fault. `what` follows "… answered with". */
  | { readonly kind: "faulty"; readonly what: string; readonly next: "ask again" | "give up" };

/** Fields of the JSON that WeChat answers with where the media is a video: its address. */
const VIDEO_FIELDS = ["video_url", "down_url"] as const;
const IS_A_VIDEO = "The media id is a video's, not a voice's: WeChat answered with the video's address.";

export function readAnswer({ status, headers, head, extent }: Arrival): Answer {
  const told = errorInHeaders(headers);
  if (told) return { kind: "refused", error: told };

  const text = new TextDecoder().decode(head).trim();
  if (text === "" || /^\{(\s*["}]|\s*$)/.test(text)) {
    if (extent === "beginning") return { kind: "unfinished" };
    return readJson(head) ?? faulty(status, kindOf(head));
  }
  if (isWebPage(text) && isPrintable(text)) return faulty(status, "a web page");
  if (!isOk(status)) return faulty(status, "");
  // What is said to be compressed the runtime has unpacked. No voice begins so.
  if (head[0] === 0x1f && head[1] === 0x8b) return faulty(status, "compressed data without Content-Encoding");
  const isText = isPlainText(head, extent, headers.get("content-type"));
  return isText ? faulty(status, kindOf(head)) : { kind: "media" };
}

function readJson(head: Uint8Array): Answer | null {
  const body = parseJson(head);
  const error = wechatErrorIn(body);
  if (error) return { kind: "refused", error };
  if (typeof body !== "object" || body === null || !VIDEO_FIELDS.some((field) => field in body)) return null;
  return { kind: "lasting", code: "voice-not-found", detail: IS_A_VIDEO };
}

/** A status that says why counts more than the body. A 4xx or a redirect blames the request: it is the same the next time. */
function faulty(status: number, what: string): Answer {
  if (isOk(status)) return { kind: "faulty", what, next: "ask again" };
  return { kind: "faulty", what: `HTTP status ${status}`, next: status < 500 ? "give up" : "ask again" };
}

function isOk(status: number): boolean {
  return status >= 200 && status < 300;
}

/** WeCom says it in headers as well, `Error-Code: 40007`; there it is told apart from audio whatever the body is. */
function errorInHeaders(headers: Headers): WechatError | null {
  const code = headers.get("error-code");
  if (code === null || !/^-?[1-9][0-9]{0,9}$/.test(code)) return null;
  return { errcode: Number(code), errmsg: headers.get("error-msg") ?? "" };
}

/** AMR's and SILK's files begin with `#!` and, without a frame, hold nothing else. */
function isPlainText(head: Uint8Array, extent: Arrival["extent"], contentType: string | null): boolean {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(head, {
      stream: extent === "beginning",
    });
  } catch {
    return false;
  }
  if (!isPrintable(text) || text.startsWith("#!")) return false;
  // The first byte of WeChat's frames is 0x30 to 0x37: digits, as text.
  return /^[0-7]/.test(text) ? namesText(contentType) : true;
}

function namesText(contentType: string | null): boolean {
  return /^\s*(text\/|application\/(json|xml))/i.test(contentType ?? "");
}

function isPrintable(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: sound is full of them, text has none but its white space
  return !/[\u0000-\u0008\u000e-\u001f\u007f]/.test(text);
}
