/** Finds out what a source is while it passes by: framing, frames, and how long its other forms will be. */
import { RATE_HZ } from "../audio/frames.ts";
import { createPacketSplitter, type Framing, FramingError, type PacketRun } from "../audio/framing.ts";
import { oggLengthBytes } from "../audio/ogg.ts";

export interface Inspection {
  readonly framing: Framing | null;
  readonly looksLike: string | null;
  readonly frameCount: number;
  readonly rateHz: number;
  readonly trailingBytes: number;
  readonly oggLengthBytes: number;
}

export class Inspector {
  readonly #splitter = createPacketSplitter();
  readonly #packetLengths: number[] = [];
  #frameCount = 0;
  #unknown: FramingError | null = null;

  /** Null while undecided, and for good once `fault` says why the bytes are not Speex. */
  get framing(): Framing | null {
    return this.#unknown ? null : this.#splitter.framing;
  }

  get frameCount(): number {
    return this.#frameCount;
  }

  /** Why the bytes are not Speex as we know it. */
  get fault(): FramingError | null {
    return this.#unknown;
  }

  write(chunk: Uint8Array): void {
    this.#guard(() => this.#count(this.#splitter.write(chunk)));
  }

  end(): Inspection {
    let trailingBytes = 0;
    this.#guard(() => {
      const last = this.#splitter.end();
      this.#count(last.run);
      trailingBytes = last.trailingBytes;
    });
    if (this.#unknown) {
      const { looksLike } = this.#unknown;
      return { framing: null, looksLike, frameCount: 0, rateHz: 0, trailingBytes: 0, oggLengthBytes: 0 };
    }
    const { framing, info } = this.#splitter;
    return {
      framing,
      looksLike: null,
      frameCount: this.#frameCount,
      rateHz: info?.rateHz ?? RATE_HZ,
      trailingBytes,
      oggLengthBytes: oggLengthBytes(this.#packetLengths, info ?? undefined),
    };
  }

  #count({ lengths }: PacketRun): void {
    for (let index = 0; index < lengths.length; index++) this.#packetLengths.push(lengths[index] ?? 0);
    this.#frameCount += lengths.length * (this.#splitter.info?.framesPerPacket ?? 1);
  }

  #guard(work: () => void): void {
    if (this.#unknown) return;
    try {
      work();
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.#unknown = error;
    }
  }
}
