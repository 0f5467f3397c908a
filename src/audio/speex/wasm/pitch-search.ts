/** The enhancer's search for the lag, to a third of a sample, at which a half frame looks most like itself. */
import { THIRDS } from "./codebooks/pitch";
import { fourSums, madd } from "./simd";

const HALF_BYTES: usize = 320;

/** Added to four scores of which the last is unused: that one never wins. */
const NOT_EIGHTH: usize = memory.data<f32>([0, 0, 0, -3e38], 16);

/** Correlations at seven whole lags, per tap: 4 × 8 floats, the eighth 0. */
export const SCORES: usize = memory.data(128, 16);

/** Four interpolators of 8 floats: none (a lone 1 in the middle), and the three thirds. */
const INTERPOLATORS: usize = memory.data(128, 16);

/** Scores at the three fractions of each lag, while one tap's lag is looked for: 3 × 8 floats. */
const FRACTIONS: usize = memory.data(96, 16);

/** Copies the interpolators; called once. */
export function preparePitchSearch(): void {
  store<f32>(INTERPOLATORS, 1, 12);
  for (let third: usize = 0; third < 3; third++)
    for (let k: usize = 0; k < 28; k += 4)
      store<f32>(INTERPOLATORS + 32 * (third + 1) + k, load<f32>(THIRDS + third * 28 + k));
}

/** Correlations of the half at `signal` with itself, lag + 3 … lag − 3 samples before. */
export function correlate(signal: usize, lag: i32, to: usize): void {
  let past = signal - ((<usize>(lag + 3)) << 2);
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  let s4 = f32x4.splat(0);
  let s5 = f32x4.splat(0);
  let s6 = f32x4.splat(0);
  for (const end = signal + HALF_BYTES; signal != end; signal += 16, past += 16) {
    const v = v128.load(signal);
    const x0 = v128.load(past);
    const x4 = v128.load(past, 16);
    s0 = madd(v, x0, s0);
    s1 = madd(v, v128.shuffle<f32>(x0, x4, 1, 2, 3, 4), s1);
    s2 = madd(v, v128.shuffle<f32>(x0, x4, 2, 3, 4, 5), s2);
    s3 = madd(v, v128.shuffle<f32>(x0, x4, 3, 4, 5, 6), s3);
    s4 = madd(v, x4, s4);
    s5 = madd(v, v128.load(past, 20), s5);
    s6 = madd(v, v128.load(past, 24), s6);
  }
  v128.store(to, fourSums(s0, s1, s2, s3));
  v128.store(to, fourSums(s4, s5, s6, f32x4.splat(0)), 16);
}

/**
 * The best of 7 lags × 4 interpolators, as 8 · interpolator + lag index. The 28 values lie in eight vectors (the
 * eighth lag's lanes are kept from winning); whoever equals the largest sets a bit of a 32-bit mask, and the lowest set bit
 * is the answer: the first of equals, as the format wants it.
 */
export function findLag(scores: usize): i32 {
  const zero = f32x4.splat(0);
  const notEighth = v128.load(NOT_EIGHTH);
  const low = v128.load(scores);
  const high = v128.load(scores, 16);
  const high0 = f32x4.add(notEighth, high);
  let best = f32x4.pmax(low, high0);
  // Named by how many lags along they are: the score 3 lags before each lag, 2 before, … 3 after.
  const before3 = v128.shuffle<f32>(zero, low, 1, 2, 3, 4);
  const before2 = v128.shuffle<f32>(zero, low, 2, 3, 4, 5);
  const before1 = v128.shuffle<f32>(zero, low, 3, 4, 5, 6);
  const between1 = v128.shuffle<f32>(low, high, 1, 2, 3, 4);
  const between2 = v128.shuffle<f32>(low, high, 2, 3, 4, 5);
  const between3 = v128.shuffle<f32>(low, high, 3, 4, 5, 6);
  const after1 = v128.shuffle<f32>(high, zero, 1, 2, 3, 4);
  const after2 = v128.shuffle<f32>(high, zero, 2, 3, 4, 5);
  const after3 = v128.shuffle<f32>(high, zero, 3, 4, 5, 6);
  let to = FRACTIONS;
  for (let filter = INTERPOLATORS + 32; filter != INTERPOLATORS + 128; filter += 32, to += 32) {
    const lower = interpolate(filter, before3, before2, before1, low, between1, between2, between3);
    const upper = interpolate(filter, between1, between2, between3, high, after1, after2, after3);
    const upperSeven = f32x4.add(notEighth, upper);
    v128.store(to, lower);
    v128.store(to, upperSeven, 16);
    best = f32x4.pmax(best, f32x4.pmax(lower, upperSeven));
  }
  best = f32x4.pmax(best, v128.shuffle<f32>(best, best, 2, 3, 0, 1));
  best = f32x4.pmax(best, v128.shuffle<f32>(best, best, 1, 0, 3, 2));
  const mask01 = i8x16.bitmask(i8x16.narrow_i16x8_s(equals(low, high0, best), equalFractions(0, best)));
  const mask23 = i8x16.bitmask(i8x16.narrow_i16x8_s(equalFractions(32, best), equalFractions(64, best)));
  // The last bit stands for an unused lane: it is there so that something is set whatever the scores are.
  return ctz(mask01 | (mask23 << 16) | (1 << 31));
}

function equalFractions(offset: usize, best: v128): v128 {
  return equals(v128.load(FRACTIONS + offset), v128.load(FRACTIONS + offset, 16), best);
}

function equals(low: v128, high: v128, best: v128): v128 {
  return i16x8.narrow_i32x4_s(f32x4.eq(low, best), f32x4.eq(high, best));
}

function interpolate(
  filter: usize,
  x0: v128,
  x1: v128,
  x2: v128,
  x3: v128,
  x4: v128,
  x5: v128,
  x6: v128,
): v128 {
  const sum01 = madd(v128.load32_splat(filter, 4), x1, f32x4.mul(v128.load32_splat(filter), x0));
  const sum23 = madd(v128.load32_splat(filter, 12), x3, f32x4.mul(v128.load32_splat(filter, 8), x2));
  const sum45 = madd(v128.load32_splat(filter, 20), x5, f32x4.mul(v128.load32_splat(filter, 16), x4));
  return f32x4.add(madd(v128.load32_splat(filter, 24), x6, f32x4.add(sum01, sum23)), sum45);
}

/**
 * Writes the tap's 80 samples to `to`: the excitation around `signal` at the lag that `fit` (from findLag) stands for.
 * To `sums`: the sums of tap² and of tap · signal, two zeros.
 */
export function filterTap(signal: usize, lag: i32, fit: i32, to: usize, sums: usize): void {
  // A whole lag goes through the lone 1 like the others through their filters: no branch.
  const filter = INTERPOLATORS + ((<usize>(fit >> 3)) << 5);
  let past = signal - ((<usize>(lag + 6 - (fit & 7))) << 2);
  const f0 = v128.load32_splat(filter);
  const f1 = v128.load32_splat(filter, 4);
  const f2 = v128.load32_splat(filter, 8);
  const f3 = v128.load32_splat(filter, 12);
  const f4 = v128.load32_splat(filter, 16);
  const f5 = v128.load32_splat(filter, 20);
  const f6 = v128.load32_splat(filter, 24);
  let tapTap = f32x4.splat(0);
  let tapSignal = f32x4.splat(0);
  for (const end = signal + HALF_BYTES; signal != end; signal += 16, past += 16, to += 16) {
    const x0 = v128.load(past);
    const x4 = v128.load(past, 16);
    const x1 = v128.shuffle<f32>(x0, x4, 1, 2, 3, 4);
    const x2 = v128.shuffle<f32>(x0, x4, 2, 3, 4, 5);
    const x3 = v128.shuffle<f32>(x0, x4, 3, 4, 5, 6);
    const high = madd(f5, v128.load(past, 20), madd(f4, x4, f32x4.mul(f3, x3)));
    const low = madd(f2, x2, madd(f1, x1, f32x4.mul(f0, x0)));
    const tap = f32x4.add(madd(f6, v128.load(past, 24), high), low);
    v128.store(to, tap);
    tapTap = madd(tap, tap, tapTap);
    tapSignal = madd(tap, v128.load(signal), tapSignal);
  }
  v128.store(sums, fourSums(tapTap, tapSignal, f32x4.splat(0), f32x4.splat(0)));
}
