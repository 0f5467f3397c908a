/**
 * Both bands' synthesis filters 1 / A(z), two samples of each at a time: a vector is low[n], low[n+1], high[n], high[n+1].
 *
 * A pair of samples is summed up from its input on while the five pairs before it appear, each of which adds its part (filter-rows.ts).
 * So only five sums are carried along, and only one of them waits for the newest pair.
 *
 * When the coefficients change, what the past owes stays as it was formed with the old ones. (That is the transposed direct form;
 * a filter that carried its past outputs into new coefficients would be 50 dB away.) What a pair's first sample gives to its
 * second is the exception: there the new coefficient counts.
 */
import { makeRows, RESPONSE, ROWS, SLOT_BYTES } from "./filter-rows";
import { clearVectors, madd } from "./simd";

/** What the low band's filter is to run over, 160 samples, and room for a load behind them. */
export const LOW_BAND_INPUT: usize = memory.data(640 + 48, 16);

/** A frame's 80 pairs, first as inputs, then as outputs; behind them five that have no input yet. */
export const PAIRS: usize = memory.data(1280 + 80, 16);

/** The sums of the next frame's first five pairs so far. */
export const OWED: usize = memory.data(80, 16);

/** How the coefficients of the last sub-frame carry a pair's first sample into the second. */
const LAST_RESPONSE: usize = memory.data(16, 16);

/** Filters one frame, LOW_BAND_INPUT and the 160 samples at `highBandInput`, into PAIRS. */
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
}

/** The first five pairs have been summed up since the last frame, and lack only their inputs. */
function addFirstInputs(highBandInput: usize): void {
  const response = v128.load(LAST_RESPONSE);
  for (let i: usize = 0; i < 5; i++) {
    const input = v128.load64_lane(highBandInput + (i << 3), v128.load64_zero(LOW_BAND_INPUT + (i << 3)), 1);
    const owed = OWED + (i << 4);
    v128.store(owed, f32x4.add(v128.load(owed), withResponse(input, response)));
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

/** Filters 20 pairs in place, and sums up the five behind them. */
function filterSubframe(slot: usize, pairs: usize): void {
  const response = v128.load(slot, RESPONSE);
  const change = f32x4.sub(response, v128.load(LAST_RESPONSE));
  v128.store(LAST_RESPONSE, response);
  let y0 = withResponse(v128.load(OWED), change);
  let y1 = withResponse(v128.load(OWED, 16), change);
  let y2 = withResponse(v128.load(OWED, 32), change);
  let y3 = withResponse(v128.load(OWED, 48), change);
  let y4 = withResponse(v128.load(OWED, 64), change);
  for (const end = pairs + 320; pairs != end; pairs += 16) {
    const input = v128.load(pairs, 80);
    const y = y0;
    v128.store(pairs, y);
    const s = swapped(y);
    y0 = madd(v128.load(slot, 16), s, madd(v128.load(slot), y, y1));
    y1 = madd(v128.load(slot, 48), s, madd(v128.load(slot, 32), y, y2));
    y2 = madd(v128.load(slot, 80), s, madd(v128.load(slot, 64), y, y3));
    y3 = madd(v128.load(slot, 112), s, madd(v128.load(slot, 96), y, y4));
    y4 = madd(v128.load(slot, 144), s, madd(v128.load(slot, 128), y, input));
  }
  v128.store(OWED, y0);
  v128.store(OWED, y1, 16);
  v128.store(OWED, y2, 32);
  v128.store(OWED, y3, 48);
  v128.store(OWED, y4, 64);
}

/** Scales what the low band's filter still owes. */
export function scaleOwed(factor: f32): void {
  const factors = f32x4(factor, factor, 1, 1);
  for (let i: usize = 0; i < 80; i += 16) v128.store(OWED + i, f32x4.mul(factors, v128.load(OWED + i)));
}
