/**
 * Joins the bands, or rounds the one there is, into 16-bit samples.
 *
 *     y[2n]   = 2 Σ h[2k]   (low − high)[n − k]          k = 0..31
 *     y[2n+1] = 2 Σ h[2k+1] (low + high)[n − k]
 *
 * Half of all the decoder's multiplications are here. 16 outputs a turn, in 8 accumulators of 4.
 */
import { BANDS, PAST_BYTES, SUMS } from "./bands";
import { QMF } from "./codebooks/filterbank";
import { madd } from "./simd";

/** 2 h[k], each in all four lanes: cheaper to load than to spread. */
const TAPS: usize = memory.data(1024, 16);

/** Spreads the taps; called once. */
export function prepareQmf(): void {
  for (let k: usize = 0; k < 64; k++) v128.store(TAPS + (k << 4), f32x4.splat(2 * load<f32>(QMF + (k << 2))));
}

/**
 * Writes a frame's 320 samples at 16 kHz to `to`.
 *
 * The order of the loop is for V8's register allocator. It schedules sums in the reverse of the order in which they are
 * declared, but loads in the order they stand; where the two agree, each load sits beside its multiplication and the
 * loop is 16 FMA and 20 loads with nothing spilled. In any other order it takes nearly twice as long.
 */
export function joinBands(to: usize): void {
  for (let block = BANDS; block < BANDS + 640; block += 64, to += 64) {
    let a0 = f32x4.splat(0);
    let a1 = f32x4.splat(0);
    let a2 = f32x4.splat(0);
    let a3 = f32x4.splat(0);
    let b0 = f32x4.splat(0);
    let b1 = f32x4.splat(0);
    let b2 = f32x4.splat(0);
    let b3 = f32x4.splat(0);
    // One sample before n = 0: offset 0 is k + 1, offset 4 is k.
    let at = block + (PAST_BYTES - 4);
    for (let tap = TAPS; tap != TAPS + 1024; tap += 64, at -= 8) {
      const even0 = v128.load(tap);
      const odd0 = v128.load(tap, 16);
      const even1 = v128.load(tap, 32);
      const odd1 = v128.load(tap, 48);
      const d3 = v128.load(at, 52);
      const d2 = v128.load(at, 36);
      a3 = madd(even1, oneBack(d2, d3), madd(even0, d3, a3));
      const s3 = v128.load(at, SUMS + 52);
      const s2 = v128.load(at, SUMS + 36);
      b3 = madd(odd1, oneBack(s2, s3), madd(odd0, s3, b3));
      const d1 = v128.load(at, 20);
      a2 = madd(even1, oneBack(d1, d2), madd(even0, d2, a2));
      const s1 = v128.load(at, SUMS + 20);
      b2 = madd(odd1, oneBack(s1, s2), madd(odd0, s2, b2));
      const d0 = v128.load(at, 4);
      a1 = madd(even1, oneBack(d0, d1), madd(even0, d1, a1));
      const s0 = v128.load(at, SUMS + 4);
      b1 = madd(odd1, oneBack(s0, s1), madd(odd0, s1, b1));
      a0 = madd(even1, v128.load(at), madd(even0, d0, a0));
      b0 = madd(odd1, v128.load(at, SUMS), madd(odd0, s0, b0));
    }
    v128.store(to, interleave(a0, b0));
    v128.store(to, interleave(a1, b1), 16);
    v128.store(to, interleave(a2, b2), 32);
    v128.store(to, interleave(a3, b3), 48);
  }
}

/** The vector that starts one sample before `x`; `before` is the one four samples before it. */
function oneBack(before: v128, x: v128): v128 {
  return v128.shuffle<f32>(before, x, 3, 4, 5, 6);
}

/** Writes a narrowband frame's 160 samples at 8 kHz to `to`. */
export function roundBand(to: usize): void {
  const from = BANDS + PAST_BYTES + SUMS;
  for (let i: usize = 0; i < 640; i += 32, to += 16)
    v128.store(to, i16x8.narrow_i32x4_s(signed(v128.load(from + i)), signed(v128.load(from + i, 16))));
}

/** Rounds and saturates: lane n of `even` and of `odd` become the samples 2n and 2n + 1. */
function interleave(even: v128, odd: v128): v128 {
  return v128.or(v128.and(rounded(even), i32x4.splat(0xffff)), i32x4.shl(rounded(odd), 16));
}

/** In the low 16 bits of each lane: added to 1.5 · 2²³, a float's last bit is worth one, so the addition rounds. */
function rounded(x: v128): v128 {
  const saturated = f32x4.pmin(f32x4.splat(32767), f32x4.pmax(f32x4.splat(-32768), x));
  return f32x4.add(saturated, f32x4.splat(12582912));
}

function signed(x: v128): v128 {
  return i32x4.shr_s(i32x4.shl(rounded(x), 16), 16);
}
