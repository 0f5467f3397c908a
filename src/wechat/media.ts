/**
 * One answer of a media interface. WeChat tells errors with HTTP 200 and with more than one Content-Type, so
 * the first bytes are looked at before anything is called a voice.
 */
import { concat, readAtLeast, readChunk } from "./body.ts";
import type { WechatError } from "./failure.ts";
import { unavailable } from "./transport.ts";

/** A body that has been recognised as media, not read yet beyond its first bytes. */
export interface Media {
  readonly contentType: string;
  /** As Content-Length promised it; null where nothing was promised. */
  readonly lengthBytes: number | null;
  /**
   * The body, first bytes included. Fails with `wechat-unavailable` when it stalls, breaks, or is not as long
   * as promised. To be iterated once.
   */
  readonly chunks: AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/** Enough to tell an error from audio, and any framing of Speex from another (audio/framing.ts needs as many). */
const PEEK_BYTES = 256;
/** WeChat's errors are under 300 bytes; what is longer is no error message. */
const MAX_ERROR_BYTES = 16_384;

/** Tells an answer of WeChat apart: media, or WeChat's error. Takes the response's body over. */
export async function openMedia(response: Response, stallTimeoutMs: number): Promise<Media | WechatError> {
  if (!response.body) throw unavailable("WeChat answered with an empty body.");
  const reader = response.body.getReader();
  const head: Uint8Array[] = [];
  try {
    await readAtLeast(PEEK_BYTES, reader, head, stallTimeoutMs);
    const contentType = response.headers.get("content-type") ?? "application/octet-stream";
    const first = concat(head);
    const told = errorInHeaders(response.headers);
    if (first.length === 0 && !told) throw unavailable("WeChat answered with an empty body.");
    if (!looksLikeText(contentType, first) && !told) {
      const lengthBytes = promisedLength(response.headers);
      return { contentType, lengthBytes, chunks: readBody(first, reader, lengthBytes, stallTimeoutMs) };
    }
    await readAtLeast(MAX_ERROR_BYTES, reader, head, stallTimeoutMs);
    await reader.cancel();
    return told ?? parseError(concat(head));
  } catch (error) {
    // Cancelling a stream that has failed already rejects with the same failure.
    await reader.cancel().catch(() => {});
    throw error;
  }
}

export function isWechatError(answer: object): answer is WechatError {
  return "errcode" in answer;
}

/** WeCom says it in headers as well, `Error-Code: 40007`; there it is told apart from audio whatever the body is. */
function errorInHeaders(headers: Headers): WechatError | null {
  const code = headers.get("error-code");
  if (code === null || !/^-?[1-9][0-9]{0,9}$/.test(code)) return null;
  return { errcode: Number(code), errmsg: headers.get("error-msg") ?? "" };
}

/** Parses `{"errcode":…,"errmsg":…}`; anything else under an error's guise is a fault of the way there. */
export function parseError(bytes: Uint8Array): WechatError {
  const text = new TextDecoder().decode(bytes).trim();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    const kind = text.startsWith("<") ? "a web page" : "text";
    throw unavailable(`WeChat answered with ${kind} in place of a voice.`, cause);
  }
  if (typeof body === "object" && body !== null && "errcode" in body && typeof body.errcode === "number") {
    const errmsg = "errmsg" in body && typeof body.errmsg === "string" ? body.errmsg : "";
    return { errcode: body.errcode, errmsg };
  }
  throw unavailable("WeChat answered with JSON that holds no errcode.");
}

/**
 * JSON, plain text or a web page. A Speex frame begins with 0x30–0x37 and a header byte is the frame's length,
 * 0x3c for WeChat's: that is `<`, so one character alone doesn't make a web page.
 */
function looksLikeText(contentType: string, first: Uint8Array): boolean {
  if (/^\s*(application\/json|text\/)/i.test(contentType)) return true;
  const start = new TextDecoder().decode(first).trimStart().slice(0, 2);
  return start.startsWith("{") || /^<[!?a-z]/i.test(start);
}

function promisedLength(headers: Headers): number | null {
  const value = headers.get("content-length");
  // Of a compressed body Content-Length tells the compressed length.
  if (value === null || headers.has("content-encoding") || !/^[0-9]{1,15}$/.test(value)) return null;
  return Number(value);
}

async function* readBody(
  first: Uint8Array<ArrayBuffer>,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  lengthBytes: number | null,
  stallTimeoutMs: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let have = 0;
  let ended = false;
  try {
    for (
      let chunk: Uint8Array | null = first;
      chunk !== null;
      chunk = await readChunk(reader, stallTimeoutMs)
    ) {
      have += chunk.length;
      if (lengthBytes !== null && have > lengthBytes) break;
      yield chunk as Uint8Array<ArrayBuffer>;
    }
    ended = true;
  } finally {
    if (!ended || have !== (lengthBytes ?? have)) await reader.cancel().catch(() => {});
  }
  if (lengthBytes !== null && have !== lengthBytes) {
    throw unavailable(`WeChat promised ${lengthBytes} bytes and sent ${have < lengthBytes ? have : "more"}.`);
  }
}
