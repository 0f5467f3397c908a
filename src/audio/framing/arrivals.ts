/** Chunks that arrive, and what of earlier ones was not used, in one piece. A byte is copied a bounded number of times. */
export interface Arrivals {
  /** All that waits, with the chunk behind it: the chunk itself, where nothing waits. Valid until the next call. */
  add(chunk: Uint8Array): Uint8Array;
  /** Lets go of so many bytes at the front of what `add` has returned; the rest waits. */
  consume(count: number): void;
  /** All that waits. */
  readonly waiting: Uint8Array;
}

export function createArrivals(): Arrivals {
  let buffer = new Uint8Array(0);
  let start = 0;
  let end = 0;
  /** The chunk that was returned as it is, and is not in the buffer. */
  let loose: Uint8Array | null = null;

  /** What waits is moved only if then at least as many bytes fit behind it, so that it isn't moved for every few. */
  function makeRoom(bytes: number): void {
    if (end + bytes <= buffer.length) return;
    const waiting = buffer.subarray(start, end);
    const isRoomy = waiting.length + Math.max(waiting.length, bytes) <= buffer.length;
    if (!isRoomy) buffer = new Uint8Array(waiting.length + Math.max(waiting.length, bytes));
    buffer.set(waiting);
    start = 0;
    end = waiting.length;
  }

  function append(bytes: Uint8Array): void {
    makeRoom(bytes.length);
    buffer.set(bytes, end);
    end += bytes.length;
  }

  return {
    get waiting() {
      return buffer.subarray(start, end);
    },

    add(chunk) {
      if (start === end) {
        loose = chunk;
        return chunk;
      }
      append(chunk);
      return buffer.subarray(start, end);
    },

    consume(count) {
      if (loose) append(loose.subarray(count));
      else start += count;
      loose = null;
    },
  };
}
