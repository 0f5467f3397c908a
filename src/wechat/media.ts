/** One answer of a media interface, read as far as it takes to tell a voice from an error (answer.ts), and then as media. */
import { ServiceError } from "../errors.ts";
import { type Answer, type Arrival, readAnswer } from "./answer.ts";
import { concat, lengthOf, readAtLeast, readChunk } from "./body.ts";
import type { WechatError } from "./failure.ts";
import { unavailable, unavailableForNow } from "./transport.ts";

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
  const { status, headers } = response;
  const reader = (response.body ?? new Blob([]).stream()).getReader();
  const chunks: Uint8Array[] = [];
  const look = (extent: Arrival["extent"]) => readAnswer({ status, headers, head: concat(chunks), extent });
  try {
    await readAtLeast(PEEK_BYTES, reader, chunks, stallTimeoutMs);
    let answer = look(lengthOf(chunks) < PEEK_BYTES ? "whole" : "beginning");
    if (answer.kind === "unfinished") {
      await readAtLeast(MAX_ERROR_BYTES, reader, chunks, stallTimeoutMs);
      answer = look("whole");
    }
    if (answer.kind !== "media") {
      await reader.cancel();
      return errorOf(answer, hostOf(response));
    }
    const contentType = headers.get("content-type") ?? "application/octet-stream";
    const lengthBytes = promisedLength(headers);
    const body = readBody(concat(chunks), reader, lengthBytes, stallTimeoutMs);
    return { contentType, lengthBytes, chunks: body };
  } catch (error) {
    // Cancelling a stream that has failed already rejects with the same failure.
    await reader.cancel().catch(() => {});
    throw error;
  }
}

function errorOf(answer: Exclude<Answer, { kind: "media" }>, host: string): WechatError {
  switch (answer.kind) {
    case "refused":
      return answer.error;
    case "lasting":
      throw new ServiceError(answer.code, answer.detail);
    case "faulty":
      throw (answer.next === "give up" ? unavailableForNow : unavailable)(
        `${host} answered with ${answer.what}.`,
      );
    case "unfinished":
      throw new Error("an answer was unfinished although all of it was read");
  }
}

/** A relay of the operator's is named: its fault is not WeChat's. */
function hostOf({ url }: Response): string {
  return url === "" ? "WeChat" : new URL(url).host;
}

export function isWechatError(answer: object): answer is WechatError {
  return "errcode" in answer;
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
