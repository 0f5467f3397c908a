/** Bodies that come in chosen chunks and then end, break or fall silent. */

import { concat } from "../../src/wechat/body.ts";
import { chunks } from "./split.ts";

export type Ending = "close" | "break" | "silence";

export interface Body {
  readonly stream: ReadableStream<Uint8Array>;
  /** Whether its reader has let it go. */
  readonly state: { cancelled: boolean };
}

/** Each chunk is handed out when it is asked for, none ahead. */
export function bodyOf(chunks: Iterable<Uint8Array | string>, ending: Ending = "close"): Body {
  const state = { cancelled: false };
  const iterator = chunks[Symbol.iterator]();
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const { done, value } = iterator.next();
        if (!done) {
          controller.enqueue(typeof value === "string" ? new TextEncoder().encode(value) : value);
        } else if (ending === "close") controller.close();
        else if (ending === "break")
          controller.error(new Error("reset by https://peer.test/?access_token=t"));
        else return new Promise<void>(() => {});
        return undefined;
      },
      cancel() {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, state };
}

/** The bytes in chunks of these sizes, the last one over and over, each a copy to keep. */
export function* slices(bytes: Uint8Array, ...sizes: readonly number[]): Generator<Uint8Array> {
  for (const chunk of chunks(bytes, sizes)) yield chunk.slice();
}

/** Everything that comes, in one piece. */
export async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return concat(parts);
}
