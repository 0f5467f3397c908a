/** Frames and blocks of Speex made up bit by bit: right sub-modes, right length, noise in between. */

/** Bits of the narrowband part by sub-mode, and of the high band by sub-mode. */
const NB_BITS = [5, 43, 119, 160, 220, 300, 364, 492, 79];
const HB_BITS = [4, 36, 112, 192, 352];

/** A frame padded to whole bytes as encoders do. `seed` picks the noise. */
export function madeUpFrame(nbMode: number, hbMode: number, seed: number): Uint8Array {
  const nbBits = NB_BITS[nbMode] ?? 0;
  const bitCount = nbBits + (HB_BITS[hbMode] ?? 0);
  const frame = new Uint8Array(Math.ceil(bitCount / 8));
  let state = seed >>> 0;
  for (let i = 0; i < frame.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    frame[i] = state >>> 24;
  }
  putBits(frame, 0, 5, nbMode);
  putBits(frame, nbBits, 4, 8 + hbMode);
  const padding = frame.length * 8 - bitCount;
  if (padding > 0) putBits(frame, bitCount, padding, (1 << (padding - 1)) - 1);
  return frame;
}

/** Each frame behind a byte that holds its length. */
export function withHeaderBytes(frames: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(frames.flatMap((frame) => [frame.length, ...frame]));
}

/** A bare voice's frames. */
export function framesOf(voice: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.floor(voice.length / 60) }, (_, i) => voice.slice(i * 60, i * 60 + 60));
}

function putBits(bytes: Uint8Array, at: number, width: number, value: number): void {
  for (let i = 0; i < width; i++) {
    const bit = (value >> (width - 1 - i)) & 1;
    const mask = 0x80 >> ((at + i) & 7);
    const byte = bytes[(at + i) >> 3] ?? 0;
    bytes[(at + i) >> 3] = bit ? byte | mask : byte & ~mask;
  }
}
