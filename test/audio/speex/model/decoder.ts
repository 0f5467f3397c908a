/** The whole decoder as a slow float64 model: what the WebAssembly is checked against, stage by stage. */
import { BitReader } from "./bits.ts";
import { readFrameStart, readHighBandMode } from "./frame.ts";
import { FilterBankModel, HighBandModel } from "./highband.ts";
import { NarrowbandModel } from "./narrowband.ts";

export interface ModelOptions {
  readonly mode: "narrowband" | "wideband";
  readonly framesPerPacket: number;
  readonly enhance: boolean;
}

/** Decodes packets (an empty one was lost) to samples before rounding. */
export function decodeModel(packets: readonly Uint8Array[], options: ModelOptions): Float64Array {
  const wideband = options.mode === "wideband";
  const low = new NarrowbandModel(options.mode, options.enhance);
  const high = new HighBandModel();
  const bank = new FilterBankModel();
  const frames: Float64Array[] = [];

  function output(lowBand: Float64Array, highBand: () => Float64Array): void {
    frames.push(wideband ? bank.join(lowBand, highBand()) : lowBand);
  }

  function lose(): void {
    if (low.dtx) output(low.comfortNoise(), () => high.rest(true));
    else output(low.conceal(), () => high.conceal());
  }

  for (const packet of packets) {
    const bits = new BitReader(packet);
    let lost = packet.length === 0;
    for (let f = 0; f < options.framesPerPacket; f++) {
      const start = lost ? null : readFrameStart(bits);
      if (start?.kind !== "frame") {
        lost = true;
        lose();
        continue;
      }
      const lowBand = start.mode === 0 ? low.comfortNoise() : low.decode(bits, start.mode);
      if (!wideband) {
        frames.push(lowBand);
        continue;
      }
      const mode = readHighBandMode(bits);
      if (mode === null) throw new Error("the model knows no corrupt high band");
      output(lowBand, () => (mode === 0 ? high.rest(low.dtx) : high.decode(bits, mode, low)));
    }
  }
  const samples = new Float64Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  let at = 0;
  for (const frame of frames) {
    samples.set(frame, at);
    at += frame.length;
  }
  return samples;
}
