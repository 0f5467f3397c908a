/**
 * Both bands' synthesis filters 1 / A(z), in one loop: two recursions that don't depend on each other fill each other's
 * waiting times. Blocks of four samples, as filter-rows.ts explains.
 *
 * Across sub-frames the filters carry memory, not past outputs: m_j = Σ_{k>j} c_k y[j − k], what the outputs so far
 * will still add to sample j, formed with the coefficients they were made with. It is added to the next
 * sub-frame's input, which then starts from no history. (That is the transposed direct form; a filter that carried its
 * past outputs into new coefficients would be 50 dB away.)
 */
import { HIGH_BAND_ROWS, LOW_BAND_ROWS, SLOT_BYTES } from "./filter-rows";
import { later1, later2, later3, madd, splatLane0, splatLane1, splatLane2, splatLane3 } from "./simd";

/** What the low band's filter is to run over, 160 samples, and afterwards its output. */
export const LOW_BAND_INPUT: usize = memory.data(640, 16);

/** m_0..m_9 and zeros; m_0..m_7. */
export const LOW_BAND_MEMORY: usize = memory.data(48, 16);
export const HIGH_BAND_MEMORY: usize = memory.data(32, 16);

/** Filters one frame, LOW_BAND_INPUT and the 160 samples at `highBandInput`, both in place. */
export function synthesize(highBandInput: usize): void {
  let lowSlot = LOW_BAND_ROWS;
  let highSlot = HIGH_BAND_ROWS;
  let low = LOW_BAND_INPUT;
  let high = highBandInput;
  for (let s = 0; s < 4; s++) {
    v128.store(low, f32x4.add(v128.load(low), v128.load(LOW_BAND_MEMORY)));
    v128.store(low, f32x4.add(v128.load(low, 16), v128.load(LOW_BAND_MEMORY, 16)), 16);
    v128.store(low, f32x4.add(v128.load(low, 32), v128.load(LOW_BAND_MEMORY, 32)), 32);
    v128.store(high, f32x4.add(v128.load(high), v128.load(HIGH_BAND_MEMORY)));
    v128.store(high, f32x4.add(v128.load(high, 16), v128.load(HIGH_BAND_MEMORY, 16)), 16);
    filterSubframe(lowSlot, highSlot, low, high);
    low += 160;
    high += 160;
    lowBandMemory(lowSlot, low);
    highBandMemory(highSlot, high);
    lowSlot += SLOT_BYTES;
    highSlot += SLOT_BYTES;
  }
}

function filterSubframe(lowSlot: usize, highSlot: usize, low: usize, high: usize): void {
  const h1 = v128.load32_splat(lowSlot, 64);
  const h2 = v128.load32_splat(lowSlot, 68);
  const h3 = v128.load32_splat(lowSlot, 72);
  const k1 = v128.load32_splat(highSlot, 64);
  const k2 = v128.load32_splat(highSlot, 68);
  const k3 = v128.load32_splat(highSlot, 72);
  // Blocks of outputs so far, newest first: low band y1, y2, y3, high band u1, u2.
  let y1 = f32x4.splat(0);
  let y2 = f32x4.splat(0);
  let y3 = f32x4.splat(0);
  let u1 = f32x4.splat(0);
  let u2 = f32x4.splat(0);
  for (const end = low + 160; low != end; low += 16, high += 16) {
    // Two chains of additions, oldest outputs first: only the last links wait for the block before.
    const x = v128.load(low);
    let even = madd(h3, later3(x), madd(h2, later2(x), madd(h1, later1(x), x)));
    let odd = f32x4.mul(splatLane2(y3), v128.load(lowSlot, 224));
    even = madd(splatLane3(y3), v128.load(lowSlot, 208), even);
    odd = madd(splatLane0(y2), v128.load(lowSlot, 192), odd);
    even = madd(splatLane1(y2), v128.load(lowSlot, 176), even);
    odd = madd(splatLane2(y2), v128.load(lowSlot, 160), odd);
    even = madd(splatLane3(y2), v128.load(lowSlot, 144), even);
    odd = madd(splatLane0(y1), v128.load(lowSlot, 128), odd);
    even = madd(splatLane1(y1), v128.load(lowSlot, 112), even);
    odd = madd(splatLane2(y1), v128.load(lowSlot, 96), odd);
    even = madd(splatLane3(y1), v128.load(lowSlot, 80), even);
    y3 = y2;
    y2 = y1;
    y1 = f32x4.add(even, odd);
    v128.store(low, y1);

    const w = v128.load(high);
    even = madd(k3, later3(w), madd(k2, later2(w), madd(k1, later1(w), w)));
    odd = f32x4.mul(splatLane0(u2), v128.load(highSlot, 192));
    even = madd(splatLane1(u2), v128.load(highSlot, 176), even);
    odd = madd(splatLane2(u2), v128.load(highSlot, 160), odd);
    even = madd(splatLane3(u2), v128.load(highSlot, 144), even);
    odd = madd(splatLane0(u1), v128.load(highSlot, 128), odd);
    even = madd(splatLane1(u1), v128.load(highSlot, 112), even);
    odd = madd(splatLane2(u1), v128.load(highSlot, 96), odd);
    even = madd(splatLane3(u1), v128.load(highSlot, 80), even);
    u2 = u1;
    u1 = f32x4.add(even, odd);
    v128.store(high, u1);
  }
}

/**
 * m_j from the last ten outputs: y[−1] meets c_1.., y[−2] meets c_2.. and so on; the vectors of coefficients
 * are loaded unaligned, and zeros follow c_10. Five sums, so that none is a long chain.
 */
function lowBandMemory(slot: usize, end: usize): void {
  let y = v128.load32_splat(end - 4);
  let low = f32x4.mul(y, v128.load(slot));
  let middle = f32x4.mul(y, v128.load(slot, 16));
  let high = f32x4.mul(y, v128.load(slot, 32));
  y = v128.load32_splat(end - 8);
  let low2 = f32x4.mul(y, v128.load(slot, 4));
  middle = madd(y, v128.load(slot, 20), middle);
  high = madd(y, v128.load(slot, 36), high);
  y = v128.load32_splat(end - 12);
  let low3 = f32x4.mul(y, v128.load(slot, 8));
  middle = madd(y, v128.load(slot, 24), middle);
  y = v128.load32_splat(end - 16);
  low = madd(y, v128.load(slot, 12), low);
  middle = madd(y, v128.load(slot, 28), middle);
  y = v128.load32_splat(end - 20);
  low2 = madd(y, v128.load(slot, 16), low2);
  middle = madd(y, v128.load(slot, 32), middle);
  y = v128.load32_splat(end - 24);
  low3 = madd(y, v128.load(slot, 20), low3);
  middle = madd(y, v128.load(slot, 36), middle);
  low = madd(v128.load32_splat(end - 28), v128.load(slot, 24), low);
  low2 = madd(v128.load32_splat(end - 32), v128.load(slot, 28), low2);
  low3 = madd(v128.load32_splat(end - 36), v128.load(slot, 32), low3);
  low = madd(v128.load32_splat(end - 40), v128.load(slot, 36), low);
  v128.store(LOW_BAND_MEMORY, f32x4.add(low, f32x4.add(low2, low3)));
  v128.store(LOW_BAND_MEMORY, middle, 16);
  v128.store(LOW_BAND_MEMORY, high, 32);
}

/** As `lowBandMemory`, of eight coefficients. */
function highBandMemory(slot: usize, end: usize): void {
  let u = v128.load32_splat(end - 4);
  let low = f32x4.mul(u, v128.load(slot));
  let high = f32x4.mul(u, v128.load(slot, 16));
  u = v128.load32_splat(end - 8);
  let low2 = f32x4.mul(u, v128.load(slot, 4));
  high = madd(u, v128.load(slot, 20), high);
  u = v128.load32_splat(end - 12);
  low = madd(u, v128.load(slot, 8), low);
  high = madd(u, v128.load(slot, 24), high);
  u = v128.load32_splat(end - 16);
  low2 = madd(u, v128.load(slot, 12), low2);
  high = madd(u, v128.load(slot, 28), high);
  low = madd(v128.load32_splat(end - 20), v128.load(slot, 16), low);
  low2 = madd(v128.load32_splat(end - 24), v128.load(slot, 20), low2);
  low = madd(v128.load32_splat(end - 28), v128.load(slot, 24), low);
  low2 = madd(v128.load32_splat(end - 32), v128.load(slot, 28), low2);
  v128.store(HIGH_BAND_MEMORY, f32x4.add(low, low2));
  v128.store(HIGH_BAND_MEMORY, high, 16);
}

/** Scales what the low band's filter still owes. */
export function scaleMemory(memory: usize, factor: f32): void {
  for (let i: usize = 0; i < 48; i += 16)
    v128.store(memory + i, f32x4.mul(f32x4.splat(factor), v128.load(memory + i)));
}
