/**
 * One body that grows, any number of readers, each at its own pace: what has arrived is held once, in one piece, however many
 * read it. A slow reader costs a position; one that has left costs nothing.
 */
import { type ByteRange, rangeLength } from "../http/range.ts";
import { Signal } from "./signal.ts";

export class GrowingBytes {
  #buffer: Uint8Array<ArrayBuffer>;
  #length = 0;
  #state: "open" | "complete" | "failed" = "open";
  #failure: unknown = null;
  readonly #change = new Signal();

  constructor(capacityBytes: number) {
    this.#buffer = new Uint8Array(capacityBytes);
  }

  /** A body that is here already. Takes the bytes over. */
  static of(bytes: Uint8Array<ArrayBuffer>): GrowingBytes {
    const body = new GrowingBytes(0);
    body.#buffer = bytes;
    body.#length = bytes.length;
    body.complete();
    return body;
  }

  /** How much has arrived. */
  get length(): number {
    return this.#length;
  }

  get capacityBytes(): number {
    return this.#buffer.length;
  }

  get isComplete(): boolean {
    return this.#state === "complete";
  }

  /** All that has arrived. Not to be written to. */
  get arrived(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Makes room for so many bytes in all. What was handed out before stays good. */
  reserve(capacityBytes: number): void {
    if (capacityBytes <= this.#buffer.length) return;
    const buffer = new Uint8Array(capacityBytes);
    buffer.set(this.arrived);
    this.#buffer = buffer;
  }

  append(bytes: Uint8Array): void {
    this.writeInPlace((buffer, at) => {
      buffer.set(bytes, at);
      return at + bytes.length;
    });
  }

  /** For what is made where it is to lie: `write` gets the whole buffer and where it goes on, and returns where it ends. */
  writeInPlace(write: (buffer: Uint8Array<ArrayBuffer>, at: number) => number): void {
    this.#length = write(this.#buffer, this.#length);
    this.#change.give();
  }

  /** What is complete stays so: a later failure doesn't reach the readers. */
  complete(): void {
    if (this.#state === "open") this.#state = "complete";
    this.#change.give();
  }

  /** Readers get what had arrived, then this failure. */
  fail(failure: unknown): void {
    if (this.#state !== "open") return;
    this.#state = "failed";
    this.#failure = failure;
    this.#change.give();
  }

  /** Resolves when there is news. Throws the failure, where there is nothing but that. */
  async news(): Promise<void> {
    if (this.#state === "failed") throw this.#failure;
    if (this.#state === "open") await this.#change.wait();
  }

  /** Sends a part, as it comes. Never rejects: a reader who has left is fine, and who gets too little sees it by the length. */
  async send({ first, last }: ByteRange, to: WritableStream<Uint8Array>): Promise<void> {
    const writer = to.getWriter();
    try {
      for (let at = first; at <= last; ) {
        const end = Math.min(this.#length, last + 1);
        if (end > at) await writer.write(this.#buffer.subarray(at, end));
        else if (this.isComplete) throw new RangeError(`the body ends after ${this.#length} bytes`);
        else await this.news();
        at = Math.max(at, end);
      }
      await writer.close();
    } catch (error) {
      await writer.abort(error).catch(() => {});
    }
  }
}

/** A body of known length, and where its bytes are to be written: the runtime sends any other stream in chunks. */
export function createBody(range: ByteRange): FixedLengthStream {
  return new FixedLengthStream(rangeLength(range));
}
