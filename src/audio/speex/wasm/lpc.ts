/**
 * From line spectral pairs to prediction coefficients, all four sub-frames at once.
 *
 * With b_i = −2cos(lsp_i):  F(z) = ∏ over even i of (1 + b_i z⁻¹ + z⁻²), G(z) the same over odd i,
 * P = (1 + z⁻¹) F, Q = (1 − z⁻¹) G, A = ½ (P + Q). F and G are palindromes, so half their coefficients do;
 * P is a palindrome and Q an antipalindrome, so a_k and a_{order+1−k} are half of sum and difference.
 *
 * The results are negated, c_k = −a_k: then the synthesis filter only adds.
 */
import { MINUS_2_COS } from "./lsp";
import { madd, madd64 } from "./simd";

/** c_1.., one vector each, lane s = sub-frame s. */
export const NEGATED_LPC: usize = memory.data(160, 16);

/** A(z) at z = −1 (half the sampling rate) per sub-frame: ∏ over odd i of (2 + 2cos lsp_i). */
export const LOW_BAND_EDGE: usize = memory.data(16, 16);
export const HIGH_BAND_EDGE: usize = memory.data(16, 16);

const ONE: usize = memory.data<f64>([1, 1], 16);
const TWO: usize = memory.data<f64>([2, 2], 16);
const MINUS_HALF: usize = memory.data<f64>([-0.5, -0.5], 16);

/** f_1..f_5 of one product, two sub-frames in double. */
const EVEN: usize = memory.data(80, 16);
const ODD: usize = memory.data(80, 16);

/** Narrowband, order 10. In double: single precision costs 3 dB on sharp resonances. */
export function narrowbandLpc(): void {
  for (let pair: usize = 0; pair < 16; pair += 8) {
    productOf5(MINUS_2_COS + pair, EVEN);
    productOf5(MINUS_2_COS + pair + 16, ODD);
    let edge = v128.load(ONE);
    for (let i: usize = 16; i < 160; i += 32)
      edge = f64x2.mul(edge, f64x2.sub(v128.load(TWO), pairOfDoubles(MINUS_2_COS + pair + i)));
    storePair(LOW_BAND_EDGE + pair, edge);

    const minusHalf = v128.load(MINUS_HALF);
    let f = v128.load(ONE);
    let g = f;
    const first = NEGATED_LPC + pair;
    const last = NEGATED_LPC + pair + 144;
    for (let k: usize = 0; k < 80; k += 16) {
      const fk = v128.load(EVEN + k);
      const gk = v128.load(ODD + k);
      const p = f64x2.mul(minusHalf, f64x2.add(fk, f));
      const q = f64x2.mul(minusHalf, f64x2.sub(gk, g));
      storePair(first + k, f64x2.add(p, q));
      storePair(last - k, f64x2.sub(p, q));
      f = fk;
      g = gk;
    }
  }
}

/** ∏ (1 + b z⁻¹ + z⁻²) over five b, 32 bytes apart; f_1..f_5 to `to` (f_0 = 1, the rest mirrors). */
function productOf5(from: usize, to: usize): void {
  const one = v128.load(ONE);
  const two = v128.load(TWO);
  let b = pairOfDoubles(from);
  let f1 = b;
  b = pairOfDoubles(from + 32);
  let f2 = madd64(b, f1, two);
  f1 = f64x2.add(f1, b);
  b = pairOfDoubles(from + 64);
  let f3 = madd64(b, f2, f64x2.add(f1, f1));
  f2 = madd64(b, f1, f64x2.add(f2, one));
  f1 = f64x2.add(f1, b);
  b = pairOfDoubles(from + 96);
  let f4 = madd64(b, f3, f64x2.add(f2, f2));
  f3 = madd64(b, f2, f64x2.add(f3, f1));
  f2 = madd64(b, f1, f64x2.add(f2, one));
  f1 = f64x2.add(f1, b);
  b = pairOfDoubles(from + 128);
  const f5 = madd64(b, f4, f64x2.add(f3, f3));
  f4 = madd64(b, f3, f64x2.add(f4, f2));
  f3 = madd64(b, f2, f64x2.add(f3, f1));
  f2 = madd64(b, f1, f64x2.add(f2, one));
  f1 = f64x2.add(f1, b);
  v128.store(to, f1);
  v128.store(to, f2, 16);
  v128.store(to, f3, 32);
  v128.store(to, f4, 48);
  v128.store(to, f5, 64);
}

function pairOfDoubles(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at));
}

function storePair(at: usize, doubles: v128): void {
  v128.store64_lane(at, f32x4.demote_f64x2_zero(doubles), 0);
}

/** High band, order 8. Its wide margins keep single precision good enough. */
export function highBandLpc(): void {
  productOf4(MINUS_2_COS, EVEN);
  productOf4(MINUS_2_COS + 16, ODD);
  let edge = f32x4.splat(1);
  for (let i: usize = 16; i < 128; i += 32)
    edge = f32x4.mul(edge, f32x4.sub(f32x4.splat(2), v128.load(MINUS_2_COS + i)));
  v128.store(HIGH_BAND_EDGE, edge);

  const minusHalf = f32x4.splat(-0.5);
  let f = f32x4.splat(1);
  let g = f32x4.splat(1);
  for (let k: usize = 0; k < 64; k += 16) {
    const fk = v128.load(EVEN + k);
    const gk = v128.load(ODD + k);
    const p = f32x4.mul(minusHalf, f32x4.add(fk, f));
    const q = f32x4.mul(minusHalf, f32x4.sub(gk, g));
    v128.store(NEGATED_LPC + k, f32x4.add(p, q));
    v128.store(NEGATED_LPC + 112 - k, f32x4.sub(p, q));
    f = fk;
    g = gk;
  }
}

function productOf4(from: usize, to: usize): void {
  const one = f32x4.splat(1);
  const two = f32x4.splat(2);
  let b = v128.load(from);
  let f1 = b;
  b = v128.load(from, 32);
  let f2 = madd(b, f1, two);
  f1 = f32x4.add(f1, b);
  b = v128.load(from, 64);
  let f3 = madd(b, f2, f32x4.add(f1, f1));
  f2 = madd(b, f1, f32x4.add(f2, one));
  f1 = f32x4.add(f1, b);
  b = v128.load(from, 96);
  const f4 = madd(b, f3, f32x4.add(f2, f2));
  f3 = madd(b, f2, f32x4.add(f3, f1));
  f2 = madd(b, f1, f32x4.add(f2, one));
  f1 = f32x4.add(f1, b);
  v128.store(to, f1);
  v128.store(to, f2, 16);
  v128.store(to, f3, 32);
  v128.store(to, f4, 48);
}
