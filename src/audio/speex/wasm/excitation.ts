/**
 * The excitation of the narrowband filter: adaptive codebook plus innovation, sub-frame by sub-frame. Its past is
 * needed for the adaptive codebook (144 samples) and the enhancer (twice that, and a little).
 */
import { clearVectors, copyVectors, madd, sumOfLanes } from "./simd";

/** Samples kept before the frame: 2 · 144 for the longest lag, 40 for the delay, 6 for interpolation, rounded up. */
const HISTORY_BYTES: usize = 352 * 4;
const FRAME_BYTES: usize = 640;
/** So many frames go by before the history is moved back to the buffer's start. */
const FRAMES_IN_BUFFER: usize = 16;

/** Zeros behind the frame, and what a last unaligned load may touch. */
const MARGIN_BYTES: usize = 64;

const BUFFER_BYTES: usize = HISTORY_BYTES + FRAMES_IN_BUFFER * FRAME_BYTES;
const BUFFER: usize = memory.data(<i32>(BUFFER_BYTES + MARGIN_BYTES), 16);
const BUFFER_END: usize = BUFFER + BUFFER_BYTES;

/** First sample of the frame; the past lies before it. */
export let excitation: usize = BUFFER + HISTORY_BYTES - FRAME_BYTES;

/** The innovation alone, 160 samples: the high band's sub-mode 1 folds it. */
export const INNOVATION: usize = memory.data(640, 16);

/** Sums of squares of the sub-frames: of the last frame's fourth, then of this frame's four. */
export const ENERGIES: usize = memory.data(32, 16);

/** Makes room for the next frame. What follows it is zero: the enhancer looks six samples ahead. */
export function advanceExcitation(): void {
  excitation += FRAME_BYTES;
  if (excitation == BUFFER_END) {
    excitation = BUFFER + HISTORY_BYTES;
    copyVectors(BUFFER, BUFFER_END - HISTORY_BYTES, HISTORY_BYTES);
  }
  clearVectors(excitation + FRAME_BYTES, 32);
  store<f32>(ENERGIES, load<f32>(ENERGIES, 16));
}

/** excitation = adaptive codebook + innovation, over the 40 samples at `to`. Returns the sum of squares. */
export function addUp(to: usize, adaptive: usize, innovation: usize): f32 {
  let even = f32x4.splat(0);
  let odd = f32x4.splat(0);
  for (let i: usize = 0; i < 160; i += 32) {
    const a = f32x4.add(v128.load(adaptive + i), v128.load(innovation + i));
    const b = f32x4.add(v128.load(adaptive + i, 16), v128.load(innovation + i, 16));
    v128.store(to + i, a);
    v128.store(to + i, b, 16);
    even = madd(a, a, even);
    odd = madd(b, b, odd);
  }
  return sumOfLanes(f32x4.add(even, odd));
}

/** Measures the frame's four sub-frames anew. */
export function measureEnergies(): void {
  for (let s: usize = 0; s < 4; s++)
    store<f32>(ENERGIES + (s << 2), sumOfSquares(excitation + s * 160, 160), 4);
}

export function sumOfSquares(at: usize, lengthBytes: usize): f32 {
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < lengthBytes; i += 16) {
    const v = v128.load(at + i);
    sum = madd(v, v, sum);
  }
  return sumOfLanes(sum);
}

/** Level of `count` samples with this sum of squares; never quite zero. */
export function rms(energy: f32, count: f32): f32 {
  return sqrt<f32>(energy / count + 0.1);
}
