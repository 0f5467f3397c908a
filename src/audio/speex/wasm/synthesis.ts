/**
 * Both bands' synthesis filters 1 / A(z), two samples of each at a time: a vector is low[n], low[n+1], high[n], high[n+1].
 *
 * A pair is summed up from its input on, while the five pairs before it come out and each adds its part: R_i y to the
 * pair i + 1 further on (filter-rows.ts). Five sums are under way at any time, in PAIRS, where their pairs will be. When
 * the coefficients change, what is in the sums stays as it was formed with the old ones: this is the transposed direct
 * form, and a filter that carried its past outputs into new coefficients would be 50 dB away. Only what a pair's first
 * sample gives to its second goes by the new coefficient.
 *
 * Two pairs come out a turn. Let p_0..p_4 be the sums as it begins: p_0 is complete, and the second pair is
 * q = p_1 + R_0 p_0. The next turn's first sums must not wait for q, or half of the time is waiting; so q is multiplied out
 * (look-ahead):
 *
 *     p_0' = p_2 + R_1 p_0 + R_0 q = (p_2 + R_0 p_1) + (R_1 + R_0 R_0) p_0
 *     p_1' = p_3 + R_2 p_0 + R_1 q = (p_3 + R_1 p_1) + (R_2 + R_1 R_0) p_0
 */
import { makeRows, RESPONSE, ROWS, SLOT_BYTES } from "./filter-rows";
import { clearVectors, copyVectors, madd } from "./simd";

/** Behind an input's 160 samples ten more are read, for the pairs after the frame, and not used. */
export const INPUT_BYTES: i32 = 640 + 48;

/** What the low band's filter is to run over. */
export const LOW_BAND_INPUT: usize = memory.data(INPUT_BYTES, 16);

/** A frame's 80 pairs, first as inputs, then as outputs; behind them five that have no input yet. */
export const PAIRS: usize = memory.data(1280 + 80, 16);

/** The filters' memory from frame to frame: the sums of the next five pairs so far. */
export const SYNTHESIS_MEMORY: usize = memory.data(80, 16);

/** How the coefficients of the last sub-frame carry a pair's first sample into the second. */
const LAST_RESPONSE: usize = memory.data(16, 16);

/** R_1 + R_0 R_0 and R_2 + R_1 R_0 of the sub-frame, as filter-rows.ts has its rows. */
const LOOK_AHEAD: usize = memory.data(64, 16);

/** Filters one frame, LOW_BAND_INPUT and as much at `highBandInput`, into PAIRS. */
export function synthesize(highBandInput: usize): void {
  makeRows();
  addFirstInputs(highBandInput);
  let low = LOW_BAND_INPUT + 40;
  let high = highBandInput + 40;
  let pairs = PAIRS;
  for (let slot = ROWS; slot != ROWS + 4 * SLOT_BYTES; slot += SLOT_BYTES, pairs += 320) {
    layOutPairs(low, high, pairs + 80, v128.load(slot, RESPONSE));
    low += 160;
    high += 160;
  }
  clearVectors(PAIRS + 1280, 80);
  pairs = PAIRS;
  for (let slot = ROWS; slot != ROWS + 4 * SLOT_BYTES; slot += SLOT_BYTES, pairs += 320)
    filterSubframe(slot, pairs);
  copyVectors(SYNTHESIS_MEMORY, PAIRS + 1280, 80);
}

/** The first five pairs have been summed up since the last frame and lack only their inputs. */
function addFirstInputs(highBandInput: usize): void {
  const response = v128.load(LAST_RESPONSE);
  for (let i: usize = 0; i < 5; i++) {
    const input = v128.load64_lane(highBandInput + (i << 3), v128.load64_zero(LOW_BAND_INPUT + (i << 3)), 1);
    v128.store(
      PAIRS + (i << 4),
      f32x4.add(v128.load(SYNTHESIS_MEMORY + (i << 4)), withResponse(input, response)),
    );
  }
}

/** 40 samples of each band become pairs, to be summed up while a sub-frame with this response runs. */
function layOutPairs(low: usize, high: usize, to: usize, response: v128): void {
  for (const end = low + 160; low != end; low += 16, high += 16, to += 32) {
    const lows = v128.load(low);
    const highs = v128.load(high);
    v128.store(to, withResponse(v128.shuffle<f32>(lows, highs, 0, 1, 4, 5), response));
    v128.store(to, withResponse(v128.shuffle<f32>(lows, highs, 2, 3, 6, 7), response), 16);
  }
}

/** Adds to the second sample of a pair what the first gives to it. */
function withResponse(pair: v128, response: v128): v128 {
  return madd(response, swapped(pair), pair);
}

function swapped(pair: v128): v128 {
  return v128.shuffle<f32>(pair, pair, 1, 0, 3, 2);
}

/** sum + R y, with R's two rows d and e. */
function plus(sum: v128, d: v128, e: v128, y: v128, ySwapped: v128): v128 {
  return madd(e, ySwapped, madd(d, y, sum));
}

/** Writes the rows of S + R Q: each argument is the address of two rows. */
function multiplyOut(s: usize, r: usize, q: usize, to: usize): void {
  const dQ = v128.load(q);
  const eQ = v128.load(q, 16);
  const dR = v128.load(r);
  const eR = v128.load(r, 16);
  v128.store(to, madd(dR, dQ, madd(eR, swapped(eQ), v128.load(s))));
  v128.store(to, madd(dR, eQ, madd(eR, swapped(dQ), v128.load(s, 16))), 16);
}

/**
 * Filters 20 pairs in place, and sums up the five behind them.
 *
 * The order is for V8, which keeps loads and stores in the order in which they stand and puts arithmetic off until
 * something stored needs it. So each sum is stored as soon as it is formed, also those that stay in registers (known0 and
 * known1 for no other reason): otherwise all rows are loaded first, and the sums that the next turn waits for are spilled.
 */
function filterSubframe(slot: usize, pairs: usize): void {
  const response = v128.load(slot, RESPONSE);
  const change = f32x4.sub(response, v128.load(LAST_RESPONSE));
  v128.store(LAST_RESPONSE, response);
  multiplyOut(slot + 32, slot, slot, LOOK_AHEAD);
  multiplyOut(slot + 64, slot + 32, slot, LOOK_AHEAD + 32);
  let p4 = withResponse(v128.load(pairs, 64), change);
  let p3 = withResponse(v128.load(pairs, 48), change);
  let p2 = withResponse(v128.load(pairs, 32), change);
  let p1 = withResponse(v128.load(pairs, 16), change);
  let p0 = withResponse(v128.load(pairs), change);
  for (const end = pairs + 320; pairs != end; pairs += 32) {
    const y = p0;
    v128.store(pairs, y);
    const ySwapped = swapped(y);
    const p1Swapped = swapped(p1);
    const d0 = v128.load(slot);
    const e0 = v128.load(slot, 16);
    const q = plus(p1, d0, e0, y, ySwapped);
    v128.store(pairs, q, 16);
    const known0 = plus(p2, d0, e0, p1, p1Swapped);
    v128.store(pairs, known0, 32);
    const known1 = plus(p3, v128.load(slot, 32), v128.load(slot, 48), p1, p1Swapped);
    v128.store(pairs, known1, 48);
    const qSwapped = swapped(q);
    const d3 = v128.load(slot, 96);
    const e3 = v128.load(slot, 112);
    p2 = plus(p4, d3, e3, y, ySwapped);
    p2 = plus(p2, v128.load(slot, 64), v128.load(slot, 80), q, qSwapped);
    v128.store(pairs, p2, 64);
    const d4 = v128.load(slot, 128);
    const e4 = v128.load(slot, 144);
    p3 = plus(plus(v128.load(pairs, 80), d4, e4, y, ySwapped), d3, e3, q, qSwapped);
    v128.store(pairs, p3, 80);
    p4 = plus(v128.load(pairs, 96), d4, e4, q, qSwapped);
    v128.store(pairs, p4, 96);
    p1 = f32x4.add(product(LOOK_AHEAD + 32, y, ySwapped), known1);
    p0 = f32x4.add(product(LOOK_AHEAD, y, ySwapped), known0);
  }
  v128.store(pairs, p0);
  v128.store(pairs, p1, 16);
}

/** R y, R's two rows at an address. A sum of its own, so that it and `known` wait for y side by side. */
function product(rows: usize, y: v128, ySwapped: v128): v128 {
  return madd(v128.load(rows, 16), ySwapped, f32x4.mul(v128.load(rows), y));
}

/** Scales the memory of the low band's filter. */
export function scaleLowBandMemory(factor: f32): void {
  const factors = f32x4(factor, factor, 1, 1);
  for (let i: usize = 0; i < 80; i += 16)
    v128.store(SYNTHESIS_MEMORY + i, f32x4.mul(factors, v128.load(SYNTHESIS_MEMORY + i)));
}
