/** One answer of a media interface, read as far as it takes to tell a voice from an error (answer.ts), and then as media. */
import { ServiceError } from "../errors.ts";
import { type Answer, type Arrival, readAnswer } from "./answer.ts";
import { BlockReader } from "./body.ts";
import type { Deadline } from "./deadline.ts";
import type { WechatError } from "./failure.ts";
import { unavailable, unavailableForNow } from "./transport.ts";

/** A body that has been recognised as media, not read yet beyond its first bytes. To be read to its end, or cancelled. */
export interface Media {
  readonly contentType: string;
  /** As Content-Length promised it; null where nothing was promised. */
  readonly lengthBytes: number | null;
  /**
   * The next bytes, the first ones included: at least so many, unless the body ends before. Null at its end. They are good
   * until the next read. Fails with `wechat-unavailable` when the body is silent, breaks, or is not as long as promised.
   */
  read(leastBytes: number): Promise<Uint8Array<ArrayBuffer> | null>;
  letGo(): Promise<void>;
}

/** Enough to tell an error from audio, and any framing of Speex from another (audio/framing.ts needs as many). */
export const PEEK_BYTES = 256;
/** WeChat's errors are under 300 bytes; what is longer is no error message. */
const MAX_ERROR_BYTES = 16_384;
/** More comes at once only where the runtime has read ahead. A minute of voice has 180 kB. */
const BLOCK_BYTES = 65_536;

/**
 * Decides whether an answer of WeChat's is media or an error. Takes over the response's body. The caller sets the time limit;
 * of media, each further read may wait for `silenceMs`.
 */
export async function openMedia(
  response: Response,
  deadline: Deadline,
  silenceMs: number,
): Promise<Media | WechatError> {
  const { status, headers } = response;
  const reader = new BlockReader(response.body ?? new Blob([]).stream(), BLOCK_BYTES);
  const look = (head: Uint8Array, extent: Arrival["extent"]) => readAnswer({ status, headers, head, extent });
  try {
    let head = (await reader.read(PEEK_BYTES)) ?? new Uint8Array(0);
    let answer = look(head, head.length < PEEK_BYTES ? "whole" : "beginning");
    if (answer.kind === "unfinished") {
      head = await readOn(head, MAX_ERROR_BYTES, reader);
      answer = look(head, "whole");
    }
    if (answer.kind === "media") {
      const contentType = headers.get("content-type") ?? "application/octet-stream";
      return new Body(contentType, promisedLength(headers), head, reader, deadline, silenceMs);
    }
    await reader.cancel();
    return errorOf(answer, hostOf(response));
  } catch (error) {
    await reader.cancel();
    throw error;
  }
}

/** What is there already, and what comes, until it is so many bytes, or all. */
async function readOn(
  head: Uint8Array,
  wantedBytes: number,
  reader: BlockReader,
): Promise<Uint8Array<ArrayBuffer>> {
  const all = new Uint8Array(Math.max(wantedBytes, head.length));
  all.set(head);
  let lengthBytes = head.length;
  while (lengthBytes < wantedBytes) {
    const block = await reader.read(wantedBytes - lengthBytes);
    if (!block) break;
    all.set(block.subarray(0, wantedBytes - lengthBytes), lengthBytes);
    lengthBytes += block.length;
  }
  return all.subarray(0, lengthBytes);
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

class Body implements Media {
  readonly contentType: string;
  readonly lengthBytes: number | null;
  #first: Uint8Array<ArrayBuffer> | null;
  readonly #reader: BlockReader;
  readonly #deadline: Deadline;
  readonly #silenceMs: number;
  #receivedBytes = 0;

  constructor(
    contentType: string,
    lengthBytes: number | null,
    first: Uint8Array<ArrayBuffer>,
    reader: BlockReader,
    deadline: Deadline,
    silenceMs: number,
  ) {
    this.contentType = contentType;
    this.lengthBytes = lengthBytes;
    this.#first = first;
    this.#reader = reader;
    this.#deadline = deadline;
    this.#silenceMs = silenceMs;
  }

  async read(leastBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const block = this.#first ?? (await this.#next(leastBytes));
    this.#first = null;
    this.#receivedBytes += block?.length ?? 0;
    const promised = this.lengthBytes ?? this.#receivedBytes;
    if (this.#receivedBytes <= promised && block) return block;
    if (this.#receivedBytes === promised) return null;
    await this.letGo();
    const received = this.#receivedBytes > promised ? "more" : this.#receivedBytes;
    throw unavailable(`WeChat promised ${promised} bytes and sent ${received}.`);
  }

  letGo(): Promise<void> {
    return this.#reader.cancel();
  }

  async #next(leastBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
    // Of a promised length no more is waited for than is missing; whether the body ends there shows without waiting.
    const missing = this.lengthBytes === null ? leastBytes : this.lengthBytes - this.#receivedBytes;
    let isLate = false;
    this.#deadline.step(this.#silenceMs, () => {
      isLate = true;
      void this.letGo();
    });
    try {
      return await this.#reader.read(Math.min(leastBytes, missing));
    } catch (error) {
      await this.letGo();
      if (isLate) throw unavailable("WeChat stopped sending in the middle of an answer.");
      throw unavailable("The connection to WeChat broke in the middle of an answer.", error);
    } finally {
      this.#deadline.rest();
    }
  }
}
