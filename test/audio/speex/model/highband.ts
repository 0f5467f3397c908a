/** The high band (4–8 kHz) of the model, and the filter bank that joins the two bands. */
import type { BitReader } from "./bits.ts";
import { readInnovation } from "./excitation.ts";
import { Noise, rms, synthesize, widenBandwidth } from "./filters.ts";
import { gainAtNyquist, interpolate, lspToLpc, readHighBandLsp } from "./lsp.ts";
import type { NarrowbandModel } from "./narrowband.ts";
import { list } from "./tables.ts";

const FRAME = 160;
const SHAPES = {
  2: { table: "hb_innov_10x32", count: 4, width: 10, bits: 5, signed: false },
  3: { table: "hb_innov_8x128", count: 5, width: 8, bits: 7, signed: true },
} as const;

export class HighBandModel {
  readonly #memory = new Float64Array(8);
  readonly #noise = new Noise();
  #lpc = new Float64Array(8);
  #lsp: Float64Array | null = null;
  #pending = new Float64Array(40);
  #level = 0;

  /** Sub-modes 1..4; the reader stands behind the mode. */
  decode(bits: BitReader, mode: number, low: NarrowbandModel): Float64Array {
    const lsp = readHighBandLsp(bits);
    const from = this.#lsp ?? lsp;
    const output = new Float64Array(FRAME);
    let power = 0;
    for (let s = 0; s < 4; s++) {
      const lpc = lspToLpc(interpolate(from, lsp, s, 0.05));
      const ratio = Math.max(1e-15, (low.nyquistGain[s]! + 0.01) / (gainAtNyquist(lpc) + 0.01));
      let excitation: Float64Array;
      if (mode === 1) {
        const gain = Math.exp((bits.read(5) - 10) / 8) / ratio;
        excitation = low.innovation
          .slice(40 * s, 40 * s + 40)
          .map((value, i) => (i % 2 ? -1 : 1) * 0.9 * gain * value);
      } else {
        const scale = (0.8736 * list("hb_gain_16")[bits.read(4)]! * low.level[s]!) / ratio;
        const shapes = SHAPES[mode === 2 ? 2 : 3];
        excitation = readInnovation(bits, shapes).map((value) => value * scale);
        if (mode === 4) {
          const second = readInnovation(bits, shapes);
          excitation = excitation.map((value, i) => value + 0.4 * scale * second[i]!);
        }
      }
      output.set(synthesize(this.#pending, this.#lpc, this.#memory), 40 * s);
      this.#pending = excitation as Float64Array<ArrayBuffer>;
      this.#lpc = lpc as Float64Array<ArrayBuffer>;
      power += rms(excitation) ** 2 / 4;
    }
    this.#level = Math.sqrt(power);
    this.#lsp = lsp;
    return output;
  }

  /** Sub-mode 0: the filter rings on, over noise if the stream is in discontinuous transmission. */
  rest(dtx: boolean): Float64Array {
    this.#lsp = null;
    const input = Float64Array.from({ length: FRAME }, () => (dtx ? this.#noise.next(this.#level) : 0));
    return synthesize(input, this.#lpc, this.#memory);
  }

  conceal(): Float64Array {
    this.#lsp = null;
    this.#lpc = widenBandwidth(this.#lpc, 0.99) as Float64Array<ArrayBuffer>;
    this.#level *= 0.9;
    const input = Float64Array.from({ length: FRAME }, () => this.#noise.next(this.#level));
    return synthesize(input, this.#lpc, this.#memory);
  }
}

/** Joins two bands of 160 samples into 320. */
export class FilterBankModel {
  readonly #low = new Float64Array(31 + FRAME);
  readonly #high = new Float64Array(31 + FRAME);

  join(low: Float64Array, high: Float64Array): Float64Array {
    for (const [band, next] of [
      [this.#low, low],
      [this.#high, high],
    ] as const) {
      band.copyWithin(0, FRAME);
      band.set(next, 31);
    }
    const h = list("qmf_64");
    return Float64Array.from({ length: 2 * FRAME }, (_, i) => {
      const n = 31 + (i >> 1);
      const sign = i % 2 ? 1 : -1;
      let sum = 0;
      for (let k = 0; k < 32; k++)
        sum += h[2 * k + (i % 2)]! * (this.#low[n - k]! + sign * this.#high[n - k]!);
      return 2 * sum;
    });
  }
}
