/**
 * The enhancer's search for the lag, to a third of a sample, at which a half frame looks most like itself. It is done for
 * four taps at once: first each is correlated with the signal at seven whole lags (`correlate`), then lane t of all vectors
 * belongs to tap t (`findLags`).
 */
import { THIRDS } from "./codebooks/pitch";
import { fourSums, madd } from "./simd";

const HALF_BYTES: usize = 320;

/** A vector for each of seven lags, lag + 3 … lag − 3. */
export const LAGS_BYTES: usize = 112;

/** Per tap the correlations at its lags, each yet to be summed up over four lanes. */
export const CORRELATIONS: usize = memory.data(4 * 112, 16);

/** For each interpolator a score for each lag. */
const SCORES: usize = memory.data(4 * 112, 16);
const SCORES_END: usize = SCORES + 4 * LAGS_BYTES;

/** Where the largest score is, 7 · interpolator + number of the lag. */
export const FITS: usize = memory.data(16, 16);

/** Seven coefficients of each interpolator, in all lanes: none (a lone 1 in the middle), then the three thirds. */
const INTERPOLATORS: usize = memory.data(4 * 112, 16);

const ONE: usize = memory.data<i32>([1, 1, 1, 1], 16);

/** Spreads the interpolators; called once. */
export function preparePitchSearch(): void {
  v128.store(INTERPOLATORS, f32x4.splat(1), 48);
  for (let i: usize = 0; i < 21; i++)
    v128.store(INTERPOLATORS + LAGS_BYTES + (i << 4), v128.load32_splat(THIRDS + (i << 2)));
}

/** To `to`, a tap's place in CORRELATIONS: the half at `signal` times itself, lag + 3 … lag − 3 samples before. */
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
  v128.store(to, s0);
  v128.store(to, s1, 16);
  v128.store(to, s2, 32);
  v128.store(to, s3, 48);
  v128.store(to, s4, 64);
  v128.store(to, s5, 80);
  v128.store(to, s6, 96);
}

/** Finds the best of 7 lags × 4 interpolators for each tap, into FITS: the first of equals, as the format wants it. */
export function findLags(): void {
  sumUpCorrelations();
  for (let row: usize = LAGS_BYTES; row != 4 * LAGS_BYTES; row += LAGS_BYTES)
    interpolate(INTERPOLATORS + row, SCORES + row);
  let best = v128.load(SCORES);
  let fit = i32x4.splat(0);
  let index = fit;
  for (let at = SCORES + 16; at != SCORES_END; at += 16) {
    const score = v128.load(at);
    index = i32x4.add(index, v128.load(ONE));
    fit = v128.bitselect(index, fit, f32x4.gt(score, best));
    best = f32x4.pmax(best, score);
  }
  v128.store(FITS, fit);
}

/** The first row of scores, at whole lags. */
function sumUpCorrelations(): void {
  for (let at: usize = 0; at != LAGS_BYTES; at += 16) {
    const from = CORRELATIONS + at;
    const tap0 = v128.load(from);
    const tap1 = v128.load(from, 112);
    const tap2 = v128.load(from, 224);
    v128.store(SCORES + at, fourSums(tap0, tap1, tap2, v128.load(from, 336)));
  }
}

/** A row of scores between the lags: the first row filtered. Beyond its seven scores there is nothing to add. */
function interpolate(filter: usize, to: usize): void {
  const r0 = v128.load(SCORES);
  const r1 = v128.load(SCORES, 16);
  const r2 = v128.load(SCORES, 32);
  const r3 = v128.load(SCORES, 48);
  const r4 = v128.load(SCORES, 64);
  const r5 = v128.load(SCORES, 80);
  const r6 = v128.load(SCORES, 96);
  const f0 = v128.load(filter);
  const f1 = v128.load(filter, 16);
  const f2 = v128.load(filter, 32);
  const f3 = v128.load(filter, 48);
  const f4 = v128.load(filter, 64);
  const f5 = v128.load(filter, 80);
  const f6 = v128.load(filter, 96);
  const with3 = madd(f6, r3, madd(f5, r2, madd(f4, r1, f32x4.mul(f3, r0))));
  const with4 = madd(f6, r4, madd(f5, r3, madd(f4, r2, madd(f3, r1, f32x4.mul(f2, r0)))));
  const with5 = madd(f6, r5, madd(f5, r4, madd(f4, r3, madd(f3, r2, madd(f2, r1, f32x4.mul(f1, r0))))));
  const firstHalf = madd(f3, r3, madd(f2, r2, madd(f1, r1, f32x4.mul(f0, r0))));
  const with6 = madd(f6, r6, madd(f5, r5, madd(f4, r4, firstHalf)));
  const from1 = madd(f5, r6, madd(f4, r5, madd(f3, r4, madd(f2, r3, madd(f1, r2, f32x4.mul(f0, r1))))));
  const from2 = madd(f4, r6, madd(f3, r5, madd(f2, r4, madd(f1, r3, f32x4.mul(f0, r2)))));
  const from3 = madd(f3, r6, madd(f2, r5, madd(f1, r4, f32x4.mul(f0, r3))));
  v128.store(to, with3);
  v128.store(to, with4, 16);
  v128.store(to, with5, 32);
  v128.store(to, with6, 48);
  v128.store(to, from1, 64);
  v128.store(to, from2, 80);
  v128.store(to, from3, 96);
}

/**
 * Writes the tap's 80 samples to `to`: the excitation around `signal` at the lag that `fit` (from FITS) stands for.
 * To `sums`: the sums of tap² and of tap · signal, two zeros.
 */
export function filterTap(signal: usize, lag: i32, fit: i32, to: usize, sums: usize): void {
  // A whole lag goes through the lone 1 like the others through their filters: no branch.
  const interpolator = fit / 7;
  const filter = INTERPOLATORS + <usize>interpolator * LAGS_BYTES;
  let past = signal - ((<usize>(lag + 6 - (fit - 7 * interpolator))) << 2);
  const f0 = v128.load(filter);
  const f1 = v128.load(filter, 16);
  const f2 = v128.load(filter, 32);
  const f3 = v128.load(filter, 48);
  const f4 = v128.load(filter, 64);
  const f5 = v128.load(filter, 80);
  const f6 = v128.load(filter, 96);
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
