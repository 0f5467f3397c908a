/** Reading what WeChat sends: in few, large blocks, since each one costs a turn of JavaScript. */

/** Reads a body that the runtime itself brings, not one made in JavaScript. */
export class BlockReader {
  readonly #reader: ReadableStreamBYOBReader;
  #buffer: ArrayBuffer;

  constructor(body: ReadableStream<Uint8Array>, blockBytes: number) {
    this.#reader = body.getReader({ mode: "byob" });
    this.#buffer = new ArrayBuffer(blockBytes);
  }

  /**
   * Waits for so many bytes, or the end, and gives all that is there then, as far as a block holds it. Null at the end.
   * The block is good until the next one is read. When the body breaks, what had come of this block is lost.
   */
  async read(leastBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const room = new Uint8Array(this.#buffer);
    const least = Math.max(1, Math.min(leastBytes, room.length));
    const { done, value } = await this.#reader.readAtLeast(least, room);
    if (value) this.#buffer = value.buffer;
    return done ? null : (value ?? null);
  }

  /** Cancels the body. A read that is under way fails. */
  async cancel(): Promise<void> {
    // Cancelling a stream that has failed already rejects with the same failure.
    await this.#reader.cancel().catch(() => {});
  }
}

/** A whole small body, such as an answer in JSON. What is longer than `maxBytes` is cut there. */
export async function readWhole(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.body) return new Uint8Array(0);
  const reader = new BlockReader(response.body, maxBytes);
  try {
    return (await reader.read(maxBytes)) ?? new Uint8Array(0);
  } finally {
    await reader.cancel();
  }
}
