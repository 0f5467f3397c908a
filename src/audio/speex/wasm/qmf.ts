/**
 * Joins the bands, or rounds the one there is, into 16-bit samples.
 *
 *     y[2n]   = 2 Σ h[2k]   (low − high)[n − k]          k = 0..31
 *     y[2n+1] = 2 Σ h[2k+1] (low + high)[n − k]
 *
 * Most of the decoder's multiplications are here, three quarters of what these sums ask for (a fast FIR filter). Let d be one
 * of the two signals, e its filter, e₀ and e₁ the filter's even and odd taps. Two outputs are four convolutions with half a
 * filter, or three, of which both take the first:
 *
 *     (e∗d)[2n]   = e₀∗d[2n]   + e₁∗d[2n−1] = (e₀+e₁)∗d[2n] + e₁∗(d[2n−1] − d[2n])
 *     (e∗d)[2n+1] = e₀∗d[2n+1] + e₁∗d[2n]   = (e₀+e₁)∗d[2n] + e₀∗(d[2n+1] − d[2n])
 *
 * The streams d[2n] and so on come from bands.ts, four sub-frames side by side.
 */
import { AFTER, BEFORE, PAST_BYTES, STREAMS, SUMS } from "./bands";
import { QMF } from "./codebooks/filterbank";
import { madd, storeTransposed } from "./simd";

/**
 * Of h's even taps, then of its odd ones: e₀ + e₁, e₁, e₀, 16 taps each, times two. Each in all four lanes: that is cheaper
 * to load than to spread.
 */
const TAPS: usize = memory.data(2 * 768, 16);
const TAPS_BYTES: usize = 256;
const FILTER_BYTES: usize = 768;

/** What becomes of the differences, then of the sums: 20 vectors of even n, then 20 of odd n. */
const FILTERED: usize = memory.data(2 * 640, 16);
const ODD: usize = 320;
const OF_SUMS: usize = 640;

/** (e₀+e₁)∗d[2n], ten vectors of it. */
const COMMON: usize = memory.data(160, 16);
const ZEROS: usize = memory.data(160, 16);

/** Largest and least sample, and 1.5 · 2²³, in all four lanes. */
const ROUNDING: usize = memory.data<f32>(
  [32767, 32767, 32767, 32767, -32768, -32768, -32768, -32768, 12582912, 12582912, 12582912, 12582912],
  16,
);

/** Spreads the taps; called once. */
export function prepareQmf(): void {
  for (let i: usize = 0; i < 16; i++) {
    spreadTaps(QMF + (i << 4), TAPS + (i << 4));
    spreadTaps(QMF + (i << 4) + 4, TAPS + (i << 4) + FILTER_BYTES);
  }
}

function spreadTaps(from: usize, to: usize): void {
  const e0: f32 = 2 * load<f32>(from);
  const e1: f32 = 2 * load<f32>(from, 8);
  v128.store(to, f32x4.splat(e0 + e1));
  v128.store(to, f32x4.splat(e1), TAPS_BYTES);
  v128.store(to, f32x4.splat(e0), 2 * TAPS_BYTES);
}

/** Writes a frame's 320 samples at 16 kHz to `to`. */
export function joinBands(to: usize): void {
  filter(STREAMS + PAST_BYTES, TAPS, FILTERED);
  filter(STREAMS + PAST_BYTES + SUMS, TAPS + FILTER_BYTES, FILTERED + OF_SUMS);
  for (let from: usize = FILTERED; from != FILTERED + ODD; from += 32, to += 16)
    storeTransposed(
      interleave(v128.load(from), v128.load(from, OF_SUMS)),
      interleave(v128.load(from, ODD), v128.load(from, ODD + OF_SUMS)),
      interleave(v128.load(from, 16), v128.load(from, 16 + OF_SUMS)),
      interleave(v128.load(from, 16 + ODD), v128.load(from, 16 + ODD + OF_SUMS)),
      to,
      160,
    );
}

/** A frame of one signal: even outputs to `to`, odd ones ODD bytes further on. In two halves, for want of registers. */
function filter(streams: usize, taps: usize, to: usize): void {
  for (const end = streams + 320; streams != end; streams += 160, to += 160) {
    convolve(streams, taps, ZEROS, COMMON);
    convolve(streams + BEFORE, taps + TAPS_BYTES, COMMON, to);
    convolve(streams + AFTER, taps + 2 * TAPS_BYTES, COMMON, to + ODD);
  }
}

/**
 * Ten vectors: those at `start` plus what 16 taps make of a stream.
 *
 * The order is for V8's register allocator. It keeps loads in the order in which they stand and takes sums in the order in
 * which they are declared. Where the two agree, each load is beside its multiplications, 20 of them need 13 loads, and
 * nothing is spilled; in the opposite order it takes half as long again.
 */
function convolve(stream: usize, taps: usize, start: usize, to: usize): void {
  let y0 = v128.load(start);
  let y1 = v128.load(start, 16);
  let y2 = v128.load(start, 32);
  let y3 = v128.load(start, 48);
  let y4 = v128.load(start, 64);
  let y5 = v128.load(start, 80);
  let y6 = v128.load(start, 96);
  let y7 = v128.load(start, 112);
  let y8 = v128.load(start, 128);
  let y9 = v128.load(start, 144);
  // From one vector before the outputs': each meets the first tap, the one before it the second.
  let x = stream - 16;
  for (const end = taps + TAPS_BYTES; taps != end; taps += 32, x -= 32) {
    const tap0 = v128.load(taps);
    const tap1 = v128.load(taps, 16);
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    y0 = madd(tap1, x0, madd(tap0, x1, y0));
    const x2 = v128.load(x, 32);
    y1 = madd(tap1, x1, madd(tap0, x2, y1));
    const x3 = v128.load(x, 48);
    y2 = madd(tap1, x2, madd(tap0, x3, y2));
    const x4 = v128.load(x, 64);
    y3 = madd(tap1, x3, madd(tap0, x4, y3));
    const x5 = v128.load(x, 80);
    y4 = madd(tap1, x4, madd(tap0, x5, y4));
    const x6 = v128.load(x, 96);
    y5 = madd(tap1, x5, madd(tap0, x6, y5));
    const x7 = v128.load(x, 112);
    y6 = madd(tap1, x6, madd(tap0, x7, y6));
    const x8 = v128.load(x, 128);
    y7 = madd(tap1, x7, madd(tap0, x8, y7));
    const x9 = v128.load(x, 144);
    y8 = madd(tap1, x8, madd(tap0, x9, y8));
    y9 = madd(tap1, x9, madd(tap0, v128.load(x, 160), y9));
  }
  v128.store(to, y0);
  v128.store(to, y1, 16);
  v128.store(to, y2, 32);
  v128.store(to, y3, 48);
  v128.store(to, y4, 64);
  v128.store(to, y5, 80);
  v128.store(to, y6, 96);
  v128.store(to, y7, 112);
  v128.store(to, y8, 128);
  v128.store(to, y9, 144);
}

/** Writes a narrowband frame's 160 samples at 8 kHz to `to`: those of the sum, the other band being silent. */
export function roundBand(to: usize): void {
  const from = STREAMS + PAST_BYTES + SUMS;
  for (let i: usize = 0; i < 320; i += 16, to += 4) {
    const even = v128.load(from + i);
    const pairs = interleave(even, f32x4.add(even, v128.load(from + i, AFTER)));
    v128.store32_lane(to, pairs, 0);
    v128.store32_lane(to, pairs, 1, 80);
    v128.store32_lane(to, pairs, 2, 160);
    v128.store32_lane(to, pairs, 3, 240);
  }
}

/** Rounds and saturates: the 16-bit samples 2n and 2n + 1 from lane n of `even` and of `odd`. */
function interleave(even: v128, odd: v128): v128 {
  return v128.or(v128.and(rounded(even), i32x4.splat(0xffff)), i32x4.shl(rounded(odd), 16));
}

/** In the low 16 bits of each lane: added to 1.5 · 2²³, a float's last bit is worth one, so the addition rounds. */
function rounded(x: v128): v128 {
  const saturated = f32x4.pmin(v128.load(ROUNDING), f32x4.pmax(v128.load(ROUNDING, 16), x));
  return f32x4.add(saturated, v128.load(ROUNDING, 32));
}
