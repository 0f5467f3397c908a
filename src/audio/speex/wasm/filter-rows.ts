/**
 * What the synthesis filter reads: for each sub-frame the coefficients, laid out for blocks of four samples.
 *
 * y[n] = x[n] + Σ c_k y[n−k] is a chain: each sample waits for the one before. Four samples at once, it is
 *
 *     y = H · (x + Σ_k y[−k] · (c_k, c_{k+1}, c_{k+2}, c_{k+3})),
 *
 * H the lower-triangular matrix of the filter's own response 1, h_1, h_2, h_3 and y[−k] the outputs before the block.
 * Multiplied into the vectors beforehand, H·(c_k …) = row k, and only x is left to be multiplied by H.
 *
 * A slot, 256 bytes:   c_1 … c_10, zeros       64: h_1 h_2 h_3, 0       80: rows 1..10 (8), 16 bytes each
 * Slots 1..4 are the frame's sub-frames; slot 0 is the last frame's slot 4, because sub-frame s is filtered with
 * the coefficients of sub-frame s − 1.
 */
import { NEGATED_LPC } from "./lpc";
import { copyVectors, madd, storeTransposed } from "./simd";

export const SLOT_BYTES: usize = 256;
export const RESPONSE: usize = 64;
export const FIRST_ROW: usize = 80;

export const LOW_BAND_ROWS: usize = memory.data(1280, 16);
export const HIGH_BAND_ROWS: usize = memory.data(1280, 16);

const KEPT_SLOT: usize = memory.data(256, 16);

/** A new frame's coefficients are in NEGATED_LPC: slot 4 becomes slot 0, 1..4 are made. */
export function advanceRows(rows: usize, order: usize): void {
  copyVectors(rows, rows + 4 * SLOT_BYTES, SLOT_BYTES);
  makeRows(rows + SLOT_BYTES, order);
}

function makeRows(slot: usize, order: usize): void {
  const c1 = v128.load(NEGATED_LPC);
  const c2 = v128.load(NEGATED_LPC, 16);
  const h1 = c1;
  const h2 = madd(h1, h1, c2);
  const h3 = madd(h1, h2, madd(c2, h1, v128.load(NEGATED_LPC, 32)));
  storeTransposed(h1, h2, h3, f32x4.splat(0), slot + RESPONSE, SLOT_BYTES);
  const end = NEGATED_LPC + (order << 4);
  for (let c = NEGATED_LPC, to = slot; c < end; c += 64, to += 16)
    storeTransposed(v128.load(c), v128.load(c, 16), v128.load(c, 32), v128.load(c, 48), to, SLOT_BYTES);
  for (let c = NEGATED_LPC, to = slot + FIRST_ROW; c != end; c += 16, to += 16) {
    const a0 = v128.load(c);
    const a1 = v128.load(c, 16);
    const a2 = v128.load(c, 32);
    const a3 = v128.load(c, 48);
    const r1 = madd(h1, a0, a1);
    const r2 = madd(h2, a0, madd(h1, a1, a2));
    const r3 = madd(h3, a0, madd(h2, a1, madd(h1, a2, a3)));
    storeTransposed(a0, r1, r2, r3, to, SLOT_BYTES);
  }
}

/** The whole next frame through the last coefficients, their bandwidth widened: c_k · factor^k. For good. */
export function widenRows(rows: usize, order: usize, factor: f32): void {
  const last = rows + 4 * SLOT_BYTES;
  let power: f32 = 1;
  for (let k: usize = 0; k < 12; k++) {
    power *= factor;
    const c: f32 = k < order ? load<f32>(last + (k << 2)) * power : 0;
    v128.store(NEGATED_LPC + (k << 4), f32x4.splat(c));
  }
  makeRows(rows + SLOT_BYTES, order);
  copyVectors(rows, last, SLOT_BYTES);
}

/** As `widenRows`, for one frame only: the next one goes on from the coefficients as they are now. */
export function widenRowsOnce(rows: usize, order: usize, factor: f32): void {
  const last = rows + 4 * SLOT_BYTES;
  copyVectors(KEPT_SLOT, last, SLOT_BYTES);
  widenRows(rows, order, factor);
  copyVectors(last, KEPT_SLOT, SLOT_BYTES);
}
