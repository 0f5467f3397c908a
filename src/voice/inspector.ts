/** Finds out what a source is while it arrives: framing, frames, how long its other forms will be; and finds its packets. */
import { durationOf } from "../audio/duration.ts";
import { RATE_HZ } from "../audio/frames.ts";
import { createPacketFinder, FramingError, type PacketRun, type SpeexStreamInfo } from "../audio/framing.ts";
import { bareOggLengthBytes, oggLengthBytes } from "../audio/ogg.ts";
import type { SourceFacts } from "./facts.ts";

export type Inspection = Pick<
  SourceFacts,
  | "framing"
  | "looksLike"
  | "mode"
  | "frameCount"
  | "rateHz"
  | "soundSeconds"
  | "trailingBytes"
  | "oggLengthBytes"
>;

export class Inspector {
  /** The packets so far, in order. They may alias what was looked at. */
  readonly runs: PacketRun[] = [];
  readonly #finder = createPacketFinder();
  #packetCount = 0;
  #fault: FramingError | null = null;

  /** Null while undecided, and for ever once `fault` says why the bytes are not Speex. */
  get framing(): SourceFacts["framing"] {
    return this.#fault ? null : this.#finder.framing;
  }

  /** Known where there are packets. */
  get info(): SpeexStreamInfo | null {
    return this.#finder.info;
  }

  get frameCount(): number {
    return this.#packetCount * (this.info?.framesPerPacket ?? 1);
  }

  /** Why the bytes are not Speex that can be decoded. */
  get fault(): FramingError | null {
    return this.#fault;
  }

  /** `arrived`: the source from its first byte on, as far as it has come. */
  look(arrived: Uint8Array): void {
    this.#guard(() => this.#take(this.#finder.find(arrived)));
  }

  end(whole: Uint8Array): Inspection {
    let trailingBytes = 0;
    this.#guard(() => {
      const last = this.#finder.end(whole);
      this.#take(last.run);
      trailingBytes = last.trailingBytes;
    });
    const { framing, info, frameCount } = this;
    if (this.#fault || framing === null) {
      const looksLike = this.#fault?.looksLike ?? null;
      return { ...NOTHING, looksLike, soundSeconds: looksLike && durationOf(looksLike, whole) };
    }
    return {
      framing,
      looksLike: null,
      mode: info?.mode ?? null,
      frameCount,
      rateHz: info?.rateHz ?? RATE_HZ,
      soundSeconds: null,
      trailingBytes,
      oggLengthBytes: framing === "bare" ? bareOggLengthBytes(frameCount) : this.#oggLengthBytes(),
    };
  }

  #take(run: PacketRun): void {
    if (run.lengths.length === 0) return;
    this.runs.push(run);
    this.#packetCount += run.lengths.length;
  }

  #oggLengthBytes(): number {
    const lengths = this.runs.flatMap((run) => Array.from(run.lengths));
    return oggLengthBytes(lengths, this.info ?? undefined);
  }

  #guard(work: () => void): void {
    if (this.#fault) return;
    try {
      work();
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.#fault = error;
    }
  }
}

const NOTHING = {
  framing: null,
  mode: null,
  frameCount: 0,
  rateHz: 0,
  trailingBytes: 0,
  oggLengthBytes: 0,
} as const;
