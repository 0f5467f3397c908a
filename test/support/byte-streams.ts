/** Bodies that come in chosen chunks and then end, break or fall silent, as the runtime itself brings them. */

import { joinBytes } from "../../src/audio/bytes.ts";
import type { Media } from "../../src/wechat/media.ts";
import { chunks } from "./split.ts";

export type Ending = "close" | "break" | "silence";

export interface Body {
  readonly stream: ReadableStream<Uint8Array>;
  /** Whether its reader has let it go. */
  readonly state: { cancelled: boolean };
}

/** Each chunk is handed out when it is asked for, at most one ahead, and after a pause. */
export function bodyOf(chunks: Iterable<Uint8Array | string>, ending: Ending = "close", pauseMs = 0): Body {
  const state = { cancelled: false };
  const iterator = chunks[Symbol.iterator]();
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
        const { done, value } = iterator.next();
        if (!done) {
          controller.enqueue(typeof value === "string" ? new TextEncoder().encode(value) : value);
        } else if (ending === "close") controller.close();
        else if (ending === "break")
          controller.error(new Error("reset by https://peer.test/?access_token=t"));
        else await new Promise<void>(() => {});
      },
      cancel() {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream: asBrought(stream), state };
}

/** The body as one that the runtime brings, which can be read in blocks. */
function asBrought(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const { readable, writable } = new IdentityTransformStream();
  // Whoever reads hears of a failure.
  stream.pipeTo(writable).catch(() => {});
  return readable;
}

/** The answer as if it had been fetched. */
export function asFetched(response: Response): Response {
  const { body, status, headers } = response;
  return body ? new Response(asBrought(body), { status, headers }) : response;
}

/** The bytes in chunks of these sizes, the last one over and over, each a copy to keep. */
export function* slices(bytes: Uint8Array, ...sizes: readonly number[]): Generator<Uint8Array> {
  for (const chunk of chunks(bytes, sizes)) yield chunk.slice();
}

/** Everything that comes, in one piece. */
export async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return joinBytes(parts);
}

/** The same, of a voice on its way from WeChat: as it comes, block by block. */
export async function* blocksOf(media: Media): AsyncGenerator<Uint8Array> {
  for (let block = await media.read(1); block; block = await media.read(1)) yield block.slice();
}
