import type { PacketRun, SpeexStreamInfo } from "../audio/framing.ts";
import { splitRun } from "../audio/packet-run.ts";
import type { Source } from "./source.ts";

/** Goes through a source's packets from the first on, as they arrive. */
export class PacketWalk {
  readonly #source: Source;
  #nextRun = 0;
  #rest: PacketRun | null = null;

  constructor(source: Source) {
    this.#source = source;
  }

  /** Known from the first packet on. */
  get info(): SpeexStreamInfo {
    const { info } = this.#source.inspector;
    if (!info) throw new Error("no packet has come yet");
    return info;
  }

  /** Whether the next packets are here. */
  get isAhead(): boolean {
    return this.#rest !== null || this.#nextRun < this.#source.inspector.runs.length;
  }

  /** At most so many frames, but a packet at least. Waits for what is on its way. Null at the end; fails as the source does. */
  async next(mostFrames: number): Promise<PacketRun | null> {
    while (!this.isAhead) {
      if (this.#source.bytes.isComplete) return null;
      await this.#source.bytes.news();
    }
    const run = this.#rest ?? this.#source.inspector.runs[this.#nextRun++];
    if (!run) return null;
    const mostPackets = Math.max(1, Math.floor(mostFrames / this.info.framesPerPacket));
    const [now, later] = run.lengths.length <= mostPackets ? [run, null] : splitRun(run, mostPackets);
    this.#rest = later;
    return now;
  }
}
