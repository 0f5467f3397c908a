/** The narrowband decoder of the model, one frame of 160 samples at a time. */
import type { BitReader } from "./bits.ts";
import { enhanceHalf } from "./enhance.ts";
import {
  adaptiveCodebook,
  BestPitch,
  forcedPitch,
  NARROWBAND_MODES,
  readInnovation,
  tapSum,
  Vocoder,
} from "./excitation.ts";
import { clamp, highPass, Noise, rms, synthesize, widenBandwidth } from "./filters.ts";
import { gainAtNyquist, interpolate, lspToLpc, readNarrowbandLsp } from "./lsp.ts";
import { list, row } from "./tables.ts";

const FRAME = 160;
const HISTORY = 400;

export class NarrowbandModel {
  /** Excitation: `HISTORY` past samples, the frame, six zeros after it. */
  readonly #excitation = new Float64Array(HISTORY + FRAME + 6);
  readonly #memory = new Float64Array(10);
  readonly #highPassMemory = new Float64Array(2);
  readonly #noise = new Noise();
  readonly #vocoder = new Vocoder();
  readonly #pitchGains = [0, 0, 0];
  readonly #kind: "narrowband" | "wideband";
  readonly #enhance: boolean;
  #lpc = new Float64Array(10);
  #lsp = new Float64Array(10);
  /** No last set to mix with: at the start, and after comfort noise. */
  #fresh = true;
  #lastPitch = 40;
  #lastPitchGain = 0;
  #lostFrames = 0;
  #pitchGainIndex = 0;
  dtx = false;

  /** For the high band: per sub-frame A(−1), level, innovation. */
  readonly nyquistGain = new Float64Array(4);
  readonly level = new Float64Array(4);
  readonly innovation = new Float64Array(FRAME);

  constructor(kind: "narrowband" | "wideband", enhance: boolean) {
    this.#kind = kind;
    this.#enhance = enhance;
  }

  #advance(): void {
    this.#excitation.copyWithin(0, FRAME, FRAME + HISTORY);
    this.#excitation.fill(0, HISTORY + FRAME);
  }

  /** Sub-modes 1..8; the reader stands behind the mode. */
  decode(bits: BitReader, modeIndex: number): Float64Array {
    const mode = NARROWBAND_MODES[modeIndex]!;
    const lsp = readNarrowbandLsp(bits, mode.longLsp ?? false) as Float64Array<ArrayBuffer>;
    const previous = this.#lsp;
    const afterLoss = this.#lostFrames > 0;
    if (afterLoss) {
      const distance = lsp.reduce((sum, value, i) => sum + Math.abs(value - previous[i]!), 0);
      const factor = 0.6 * Math.exp(-0.2 * distance);
      this.#memory.forEach((value, i) => {
        this.#memory[i] = value * factor;
      });
    }
    const from = this.#fresh || afterLoss ? lsp : previous;
    const openLoopPitch = mode.openLoopPitch ? 17 + bits.read(7) : 0;
    const forcedGain = mode.forcedGain ? bits.read(4) * 0.066667 : 0;
    const frameGain = Math.exp(bits.read(5) / 3.5);
    this.dtx = modeIndex === 1 && bits.read(4) === 15;

    this.#advance();
    const e = this.#excitation;
    const best = new BestPitch();
    const filters: Float64Array[] = [this.#lpc];
    let gainSum = 0;
    for (let s = 0; s < 4; s++) {
      const pairs = interpolate(from, lsp, s, 0.002);
      const lpc = lspToLpc(pairs);
      filters.push(lpc);
      this.nyquistGain[s] = gainAtNyquist(lpc);

      const start = HISTORY + 40 * s;
      const history = (n: number) => e[start + n]!;
      let lag = openLoopPitch;
      let taps = [0, Math.min(0.99, forcedGain), 0];
      if (mode.pitch) {
        lag = mode.pitch.lagBits ? 17 + bits.read(7) : openLoopPitch;
        taps = row(mode.pitch.table, bits.read(mode.pitch.gainBits))
          .slice(0, 3)
          .map((value) => value / 64 + 0.5);
        if (afterLoss && lag > 40 * s) {
          const cap = Math.min(0.95, this.#lastPitchGain * (this.#lostFrames < 4 ? 1 : 0.5));
          const sum = tapSum(taps);
          if (sum > cap) taps = taps.map((tap) => (tap * cap) / sum);
        }
      }
      const v = mode.pitch ? adaptiveCodebook(history, lag, taps) : forcedPitch(history, lag, taps[1]!);
      best.offer(lag, tapSum(taps));
      gainSum += tapSum(taps);

      let gain = frameGain;
      if (mode.gainBits === 3) gain *= list("subframe_gain_8")[bits.read(3)]!;
      if (mode.gainBits === 1) gain *= list("subframe_gain_2")[bits.read(1)]!;
      let innovation = mode.innovation
        ? readInnovation(bits, mode.innovation).map((value) => value * gain)
        : Float64Array.from({ length: 40 }, () => frameGain * this.#noise.next(1));
      if (mode.twice && mode.innovation) {
        const second = readInnovation(bits, mode.innovation);
        innovation = innovation.map((value, n) => value + 0.454545 * gain * second[n]!);
      }
      this.innovation.set(innovation, 40 * s);
      const sum =
        modeIndex === 1
          ? this.#vocoder.run(innovation, lag, forcedGain, frameGain)
          : v.map((value, n) => value + innovation[n]!);
      e.set(sum, start);
    }
    if (afterLoss) {
      const factor = Math.min(2, frameGain / (rms(e.subarray(HISTORY, HISTORY + FRAME)) + 1));
      for (let n = HISTORY; n < HISTORY + FRAME; n++) e[n]! *= factor;
    }
    for (let s = 0; s < 4; s++) this.level[s] = rms(e.subarray(HISTORY + 40 * s, HISTORY + 40 * s + 40));

    const input = e.slice(HISTORY - 40, HISTORY + 120);
    if (this.#enhance && mode.comb > 0 && !afterLoss) {
      input.set(
        enhanceHalf((n) => e[HISTORY - 40 + n]!, best.lag, mode.comb),
        0,
      );
      input.set(
        enhanceHalf((n) => e[HISTORY + 40 + n]!, best.lag, mode.comb),
        80,
      );
    }
    const output = new Float64Array(FRAME);
    for (let s = 0; s < 4; s++)
      output.set(synthesize(input.subarray(40 * s, 40 * s + 40), filters[s]!, this.#memory), 40 * s);

    this.#lpc = filters[4]! as Float64Array<ArrayBuffer>;
    this.#lsp = lsp;
    this.#fresh = false;
    this.#lastPitch = best.lag;
    this.#lastPitchGain = gainSum / 4;
    this.#pushPitchGain(gainSum / 4);
    this.#lostFrames = 0;
    return highPass(output, this.#kind, this.#highPassMemory);
  }

  /** Sub-mode 0: noise as loud as the last frame, through a widened copy of the last filter. */
  comfortNoise(): Float64Array {
    this.#advance();
    const e = this.#excitation;
    // The reference measures the frame after moving its history by six samples too many: six zeros lead.
    const measured = e.slice(HISTORY - FRAME, HISTORY).fill(0, 0, 6);
    const sigma = rms(measured);
    for (let n = 0; n < FRAME; n++) e[HISTORY + n] = this.#noise.next(sigma);
    this.#fresh = true;
    this.#lostFrames = 0;
    this.innovation.fill(0);
    return synthesize(e.slice(HISTORY, HISTORY + FRAME), widenBandwidth(this.#lpc, 0.93), this.#memory);
  }

  conceal(): Float64Array {
    const attenuation = list("loss_attenuation_10")[this.#lostFrames] ?? 0;
    this.#advance();
    const e = this.#excitation;
    const median = [...this.#pitchGains].sort((a, b) => a - b)[1]!;
    this.#lastPitchGain = Math.min(this.#lastPitchGain, median);
    const p = attenuation * Math.min(0.85, this.#lastPitchGain);
    const sigma = rms(e.subarray(HISTORY - FRAME, HISTORY)) * attenuation * (1 - p * p);
    const wander = Math.trunc(this.#noise.next(1 + this.#lostFrames));
    const lag = clamp(this.#lastPitch + wander, 17, 144);
    for (let n = HISTORY; n < HISTORY + FRAME; n++) e[n] = p * e[n - lag]! + this.#noise.next(sigma);
    this.#lpc = widenBandwidth(this.#lpc, 0.98) as Float64Array<ArrayBuffer>;
    const output = synthesize(e.slice(HISTORY - 40, HISTORY + 120), this.#lpc, this.#memory);
    this.#pushPitchGain(p);
    this.#lostFrames++;
    return highPass(output, "narrowband", this.#highPassMemory);
  }

  #pushPitchGain(gain: number): void {
    this.#pitchGains[this.#pitchGainIndex] = gain;
    this.#pitchGainIndex = (this.#pitchGainIndex + 1) % 3;
  }
}
