/** Test material made from a seed: signals, packets, and frames put together field by field. */

/** A reproducible source of numbers in [0, 1). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export function signal(random: () => number, length: number, amplitude: number): Float64Array {
  return Float64Array.from({ length }, () => Math.fround(amplitude * (2 * random() - 1)));
}

/** A voice-like signal: pulses every `period` samples that ring, in a little noise. */
export function voiced(
  random: () => number,
  length: number,
  period: number,
  amplitude: number,
): Float64Array {
  const out = new Float64Array(length);
  for (let n = 0; n < length; n++) {
    const pulse = n % period === 0 ? amplitude : 0;
    const ringing = 1.2 * (out[n - 1] ?? 0) - 0.7 * (out[n - 2] ?? 0);
    out[n] = Math.fround(pulse + ringing + 0.02 * amplitude * (random() - 0.5));
  }
  return out;
}

export function bytesFrom(random: () => number, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => 256 * random());
}

/** Writes fields most significant bit first. */
export class BitWriter {
  readonly #bits: number[] = [];

  write(value: number, width: number): this {
    for (let bit = width - 1; bit >= 0; bit--) this.#bits.push(Math.floor(value / 2 ** bit) % 2);
    return this;
  }

  bytes(): Uint8Array {
    const out = new Uint8Array(Math.ceil(this.#bits.length / 8));
    this.#bits.forEach((bit, i) => {
      out[i >> 3]! |= bit << (7 - (i & 7));
    });
    return out;
  }
}

/** Ascending line spectral pairs in (0, π); `crowded` ones break the margins here and there. */
export function lspFrom(random: () => number, order: number, crowded = false): Float64Array {
  const lsp = Float64Array.from(
    { length: order },
    (_, i) => ((i + 0.7 + 0.6 * random()) * Math.PI) / (order + 1),
  );
  for (let i = 1; crowded && i < order; i++) if (random() < 0.3) lsp[i] = lsp[i - 1]! - 0.1 * random();
  return lsp.map(Math.fround);
}
