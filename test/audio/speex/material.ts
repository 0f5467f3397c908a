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

/** Lengths of the narrowband modes 0..8 and of the high band's 0..4, mode bits included. */
const NARROWBAND_BITS = [5, 43, 119, 160, 220, 300, 364, 492, 79];
const HIGH_BAND_BITS = [4, 36, 112, 192, 352];

/** A wideband packet of any pair of modes an encoder makes, its fields at random, its gain moderate. */
export function frameFrom(random: () => number): Uint8Array {
  const mode = Math.floor(random() * 9);
  const highBand = mode === 0 ? 0 : Math.floor(random() * 5);
  const bits = new BitWriter().write(0, 1).write(mode, 4);
  const anything = (width: number) => {
    for (let i = 0; i < width; i++) bits.write(random() < 0.5 ? 1 : 0, 1);
  };
  if (mode > 0) {
    const lsp = mode >= 5 && mode <= 7 ? 30 : 18;
    const pitch = mode === 1 || mode === 8 ? 11 : mode === 2 ? 7 : 0;
    anything(lsp + pitch);
    bits.write(8 + Math.floor(random() * 8), 5);
    anything(NARROWBAND_BITS[mode]! - 10 - lsp - pitch);
  }
  bits.write(1, 1).write(highBand, 3);
  anything(HIGH_BAND_BITS[highBand]! - 4);
  return bits.bytes();
}
