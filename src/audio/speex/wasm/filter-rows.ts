/**
 * What the synthesis filters read: for each sub-frame the coefficients of both bands, laid out for pairs of samples.
 *
 * The filter is y[n] = x[n] + Σ c_k y[n−k]. So a pair y = (y₀, y₁) adds to the pair i + 1 further on
 *
 *     d y₀ + e y₁  to the first sample       d = c_{2i+2}, e = c_{2i+1}
 *     f y₀ + d y₁  to the second             f = c_{2i+3}
 *
 * and in each pair the first sample adds h = c_1 times itself to the second. With that multiplied in, y adds
 *
 *     R_i y = (d, d + h e) · (y₀, y₁) + (e, f + h d) · (y₁, y₀),
 *
 * one product with the pair and one with the pair swapped. Lanes 0 and 1 are the low band's, 2 and 3 the high band's.
 *
 * A slot, 176 bytes: R_0..R_4, two rows each, then the response (0, h). Slots 0..3 are the frame's sub-frames.
 */
import { NEGATED_LPC } from "./lpc";
import { madd, storeTransposed } from "./simd";

export const SLOT_BYTES: usize = 176;
export const RESPONSE: usize = 160;

export const ROWS: usize = memory.data(4 * 176, 16);

/**
 * c_1..c_12 of a band's filters, zeros above its order, one vector each: lane s is what sub-frame s runs through, which is
 * what the stream sent for sub-frame s − 1. From LAST on c_1.. of the frame's last one, which the next frame begins with.
 */
export const LOW_BAND_FILTERS: usize = memory.data(192 + 48, 16);
export const HIGH_BAND_FILTERS: usize = memory.data(192 + 48, 16);
const LAST: usize = 192;

/** A new frame's coefficients are in NEGATED_LPC. */
export function advanceFilters(filters: usize, order: usize): void {
  for (let k: usize = 0; k < order; k++) {
    const current = v128.load(NEGATED_LPC + (k << 4));
    const last = filters + LAST + (k << 2);
    v128.store(filters + (k << 4), v128.shuffle<f32>(v128.load32_splat(last), current, 3, 4, 5, 6));
    v128.store32_lane(last, current, 3);
  }
}

/** The whole next frame through the last coefficients, their bandwidth widened: c_k · factor^k. For good. */
export function widenFilters(filters: usize, order: usize, factor: f32): void {
  widenFiltersOnce(filters, order, factor);
  for (let k: usize = 0; k < order; k++) store<f32>(filters + LAST + (k << 2), load<f32>(filters + (k << 4)));
}

/** As `widenFilters`, for one frame only: the next one goes on from the coefficients as they are now. */
export function widenFiltersOnce(filters: usize, order: usize, factor: f32): void {
  let power: f32 = 1;
  for (let k: usize = 0; k < order; k++) {
    power *= factor;
    v128.store(filters + (k << 4), f32x4.splat(load<f32>(filters + LAST + (k << 2)) * power));
  }
}

/** Fills ROWS from the filters of both bands. */
export function makeRows(): void {
  const zero = f32x4.splat(0);
  const lowH = v128.load(LOW_BAND_FILTERS);
  const highH = v128.load(HIGH_BAND_FILTERS);
  storeTransposed(zero, lowH, zero, highH, ROWS + RESPONSE, SLOT_BYTES);
  let lowE = lowH;
  let highE = highH;
  for (let i: usize = 0; i < 160; i += 32) {
    const lowD = v128.load(LOW_BAND_FILTERS + i, 16);
    const highD = v128.load(HIGH_BAND_FILTERS + i, 16);
    const lowF = v128.load(LOW_BAND_FILTERS + i, 32);
    const highF = v128.load(HIGH_BAND_FILTERS + i, 32);
    const to = ROWS + i;
    storeTransposed(lowD, madd(lowH, lowE, lowD), highD, madd(highH, highE, highD), to, SLOT_BYTES);
    storeTransposed(lowE, madd(lowH, lowD, lowF), highE, madd(highH, highD, highF), to + 16, SLOT_BYTES);
    lowE = lowF;
    highE = highF;
  }
}
