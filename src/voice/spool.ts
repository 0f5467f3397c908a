/**
 * One body coming in, any number of readers, each at its own pace. What has arrived is held once, however
 * many read it: a slow reader costs a position, not a copy, and a vanished one nothing.
 */
import { unavailable } from "../wechat/transport.ts";

type Chunk = Uint8Array<ArrayBuffer>;

export class Spool {
  readonly #chunks: Chunk[] = [];
  #lengthBytes = 0;
  #state: "open" | "complete" | "failed" = "open";
  #failure: unknown = null;
  #changed = Promise.withResolvers<void>();

  /** What has arrived so far. */
  get lengthBytes(): number {
    return this.#lengthBytes;
  }

  append(chunk: Chunk): void {
    this.#chunks.push(chunk);
    this.#lengthBytes += chunk.length;
    this.#wake();
  }

  /** What is complete stays so: a failure that comes later is not the readers'. */
  complete(): void {
    this.#state = "complete";
    this.#wake();
  }

  /** Readers get what had arrived, then this failure. */
  fail(failure: unknown): void {
    if (this.#state === "complete") return;
    this.#state = "failed";
    this.#failure = failure;
    this.#wake();
  }

  /** Takes in a whole stream. Never rejects: readers hear of a failure. */
  async fill(body: ReadableStream<Uint8Array>): Promise<void> {
    try {
      for await (const chunk of body) this.append(chunk as Chunk);
      this.complete();
    } catch (error) {
      this.fail(error);
    }
  }

  /** All that has arrived, in one piece. */
  toBytes(): Chunk {
    const whole = new Uint8Array(this.#lengthBytes);
    let offset = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, offset);
      offset += chunk.length;
    }
    return whole;
  }

  /**
   * The body from its beginning, chunk by chunk as the reader asks for them. The chunks are shared: they must not
   * be written to. Fails when nothing happens for `silenceMs`: the request that fills the spool may have been
   * ended by the runtime without a word.
   */
  read(silenceMs: number): ReadableStream<Uint8Array> {
    let next = 0;
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          while (next === this.#chunks.length && this.#state === "open") {
            await withinSilence(this.#changed.promise, silenceMs);
          }
          const chunk = this.#chunks[next];
          if (chunk) {
            next++;
            controller.enqueue(chunk);
          } else if (this.#state === "failed") {
            controller.error(this.#failure);
          } else {
            controller.close();
          }
        },
      },
      { highWaterMark: 0 },
    );
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

async function withinSilence(change: Promise<void>, silenceMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable("The download of this voice fell silent.")), silenceMs);
  });
  try {
    await Promise.race([change, silence]);
  } finally {
    clearTimeout(timer);
  }
}
