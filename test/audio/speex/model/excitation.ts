/** The narrowband excitation: adaptive codebook, innovation, and the pitch the enhancer works with. */
import type { BitReader } from "./bits.ts";
import { clamp } from "./filters.ts";
import { row } from "./tables.ts";

export interface Innovation {
  readonly table: string;
  readonly count: number;
  readonly width: number;
  readonly bits: number;
  readonly signed?: boolean;
}

export interface NarrowbandMode {
  readonly longLsp?: boolean;
  readonly openLoopPitch?: boolean;
  readonly forcedGain?: boolean;
  readonly pitch?: { readonly table: string; readonly gainBits: number; readonly lagBits: number };
  readonly gainBits: number;
  readonly innovation?: Innovation;
  readonly twice?: boolean;
  readonly comb: number;
}

const short = { table: "pitch_gain_32", gainBits: 5, lagBits: 7 };
const long = { table: "pitch_gain_128", gainBits: 7, lagBits: 7 };
const shapes = (table: string, count: number, width: number, bits: number) => ({ table, count, width, bits });

/** Sub-modes 1..8 of the narrowband. */
export const NARROWBAND_MODES: Record<number, NarrowbandMode> = {
  1: { openLoopPitch: true, forcedGain: true, gainBits: 0, comb: 0 },
  2: {
    openLoopPitch: true,
    pitch: { ...short, lagBits: 0 },
    gainBits: 0,
    innovation: shapes("innov_10x16", 4, 10, 4),
    comb: 0.6,
  },
  3: { pitch: short, gainBits: 1, innovation: shapes("innov_10x32", 4, 10, 5), comb: 0.55 },
  4: { pitch: short, gainBits: 1, innovation: shapes("innov_8x128", 5, 8, 7), comb: 0.45 },
  5: { longLsp: true, pitch: long, gainBits: 3, innovation: shapes("innov_5x64", 8, 5, 6), comb: 0.25 },
  6: { longLsp: true, pitch: long, gainBits: 3, innovation: shapes("innov_5x256", 8, 5, 8), comb: 0.15 },
  7: {
    longLsp: true,
    pitch: long,
    gainBits: 3,
    innovation: shapes("innov_5x64", 8, 5, 6),
    twice: true,
    comb: 0.05,
  },
  8: {
    openLoopPitch: true,
    forcedGain: true,
    gainBits: 0,
    innovation: shapes("innov_20x32", 2, 20, 5),
    comb: 0.5,
  },
};

/** The 40 samples the indices of one sub-frame name, times 1/32. */
export function readInnovation(
  bits: BitReader,
  { table, count, width, bits: indexBits, signed }: Innovation,
): Float64Array {
  const shape = new Float64Array(count * width);
  for (let i = 0; i < count; i++) {
    const sign = signed && bits.read(1) === 1 ? -1 : 1;
    row(table, bits.read(indexBits)).forEach((value, n) => {
      shape[i * width + n] = (sign * value) / 32;
    });
  }
  return shape;
}

/** What the adaptive codebook adds: `history(n)`, n < 0, is the past excitation. */
export function adaptiveCodebook(
  history: (n: number) => number,
  lag: number,
  taps: readonly number[],
): Float64Array {
  return Float64Array.from({ length: 40 }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < 3; i++) {
      let n = j - (lag + 1 - i);
      if (n >= 0) n -= lag;
      if (n < 0) sum += taps[2 - i]! * history(n);
    }
    return clamp(sum, -32000, 32000);
  });
}

/** Modes 1 and 8: one tap, feeding itself where the lag is shorter than the sub-frame. */
export function forcedPitch(history: (n: number) => number, lag: number, gain: number): Float64Array {
  const v = new Float64Array(40);
  v.forEach((_, j) => {
    v[j] = gain * (j < lag ? history(j - lag) : v[j - lag]!);
  });
  return v.map((value) => clamp(value, -32000, 32000));
}

/** How strongly three taps repeat the past. */
export function tapSum([g0, g1, g2]: readonly number[]): number {
  const outer = (g: number) => (g > 0 ? g : -g / 2);
  return Math.abs(g1!) + outer(g0!) + outer(g2!);
}

/** Follows the pitch through a frame's sub-frames, wary of multiples and fractions of it. */
export class BestPitch {
  lag = 40;
  #gain = 0;

  offer(lag: number, gain: number): void {
    const near = (a: number, b: number) =>
      Math.abs(2 * a - b) < 3 || Math.abs(3 * a - b) < 4 || Math.abs(4 * a - b) < 5;
    const multiple = near(this.lag, lag);
    const fraction = near(lag, this.lag);
    const taken =
      (gain > this.#gain && !multiple) ||
      (gain > 0.6 * this.#gain && fraction) ||
      (0.67 * gain > this.#gain && multiple);
    if (!taken) return;
    this.lag = lag;
    this.#gain = Math.max(this.#gain, gain);
  }
}

/** Mode 1's voiced part: a smoothed pulse train instead of the adaptive codebook's sum. */
export class Vocoder {
  #untilPulse = 0;
  #lastPulse = 0;
  #lastNoise = 0;
  #mean = 0;

  run(innovation: Float64Array, lag: number, forcedGain: number, frameGain: number): Float64Array {
    const h = clamp(1.5 * (forcedGain - 0.2), 0, 1);
    return innovation.map((noise) => {
      let pulse = 0;
      if (this.#untilPulse === 0) {
        pulse = Math.sqrt(2 * lag) * h * frameGain;
        this.#untilPulse = lag;
      }
      this.#untilPulse--;
      const y = 0.7 * pulse + 0.3 * this.#lastPulse + (1 - 0.85 * h) * noise - 0.15 * h * this.#lastNoise;
      this.#mean = 0.8 * this.#mean + 0.2 * y;
      this.#lastPulse = pulse;
      this.#lastNoise = noise;
      return y - this.#mean;
    });
  }
}
