/** Filters and small numeric helpers of the model. */

/** 1 / A(z), transposed direct form II; `memory` is the state. */
export function synthesize(x: Float64Array, lpc: Float64Array, memory: Float64Array): Float64Array {
  return x.map((value) => {
    const y = value + memory[0]!;
    memory.forEach((_, j) => {
      memory[j] = (memory[j + 1] ?? 0) - lpc[j]! * y;
    });
    return y;
  });
}

const HIGH_PASS = {
  narrowband: { b: [0.96446, -1.92879, 0.96446], a: [-1.92683, 0.93071] },
  wideband: { b: [0.98645, -1.97277, 0.98645], a: [-1.97226, 0.97332] },
};

/** Second-order high-pass over the decoded low band; `memory` has two values. */
export function highPass(x: Float64Array, kind: keyof typeof HIGH_PASS, memory: Float64Array): Float64Array {
  const [b0, b1, b2] = HIGH_PASS[kind].b.map(Math.fround) as [number, number, number];
  const [a1, a2] = HIGH_PASS[kind].a.map(Math.fround) as [number, number];
  return x.map((value) => {
    const y = memory[0]! + b0 * value;
    memory[0] = memory[1]! + b1 * value - a1 * y;
    memory[1] = b2 * value - a2 * y;
    return y;
  });
}

/** a_k · factor^k. */
export function widenBandwidth(lpc: Float64Array, factor: number): Float64Array {
  return lpc.map((a, i) => a * factor ** (i + 1));
}

export function rms(x: Float64Array): number {
  return Math.sqrt(0.1 + x.reduce((sum, value) => sum + value * value, 0) / x.length);
}

export function clamp(x: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, x));
}

/** The noise generator: one per band, start 1000. */
export class Noise {
  #seed = 1000;
  readonly #float = new Float32Array(1);
  readonly #bits = new Uint32Array(this.#float.buffer);

  next(sigma: number): number {
    this.#seed = (Math.imul(1664525, this.#seed) + 1013904223) >>> 0;
    this.#bits[0] = 0x3f800000 | (this.#seed & 0x7fffff);
    return 3.4642 * sigma * (this.#float[0]! - 1.5);
  }
}
