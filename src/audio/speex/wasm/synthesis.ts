/**
 * Both bands' synthesis filters 1 / A(z), the low band's high-pass, and sum and difference of the bands, in one loop:
 * three recursions that don't depend on each other fill each other's waiting times. Blocks of four samples, as
 * filter-rows.ts and highpass.ts explain.
 *
 * Across sub-frames the filters carry memory, not past outputs: m_j = Σ_{k>j} c_k y[j − k], what the outputs so far
 * will still add to sample j, formed with the coefficients they were made with. It is added to the next
 * sub-frame's input, which then starts from no history. (That is the transposed direct form; a filter that carried its
 * past outputs into new coefficients would be 50 dB away.)
 */
import { HIGH_BAND_ROWS, LOW_BAND_ROWS, SLOT_BYTES } from "./filter-rows";
import { clearHighPass, HIGH_PASS, HIGH_PASS_HISTORY } from "./highpass";
import { clearVectors, later1, later2, later3, madd, splatLane0, splatLane1, splatLane2, splatLane3 } from "./simd";

/** What the low band's filter is to run over: 160 samples. Overwritten in part. */
export const LOW_BAND_INPUT: usize = memory.data(640, 16);

/** m_0..m_9 and zeros; m_0..m_7. */
export const LOW_BAND_MEMORY: usize = memory.data(48, 16);
export const HIGH_BAND_MEMORY: usize = memory.data(32, 16);

/**
 * What qmf.ts reads: low − high, and SUMS bytes further on low + high; of each 32 past samples and the frame's 160.
 */
export const BANDS: usize = memory.data(1536, 16);
export const SUMS: usize = 768;
export const PAST_BYTES: usize = 128;

/** A sub-frame's last outputs: low band y1 (newest block), y2, y3, high band u1, u2. */
const LAST_OUTPUTS: usize = memory.data(80, 16);

/** Beyond this nothing can be speech: a hostile stream has pumped a filter up by changing it. */
const OUT_OF_BOUNDS: f32 = 1e12;

/** Filters one frame: LOW_BAND_INPUT and the 160 samples at `highBandInput` (overwritten in part) into BANDS. */
export function synthesize(highBandInput: usize): void {
  for (let i: usize = 0; i < PAST_BYTES; i += 16) {
    v128.store(BANDS + i, v128.load(BANDS + i, 640));
    v128.store(BANDS + i, v128.load(BANDS + i, 640 + 768), 768);
  }
  let lowSlot = LOW_BAND_ROWS;
  let highSlot = HIGH_BAND_ROWS;
  let low = LOW_BAND_INPUT;
  let high = highBandInput;
  let to = BANDS + PAST_BYTES;
  for (let s = 0; s < 4; s++) {
    v128.store(low, f32x4.add(v128.load(low), v128.load(LOW_BAND_MEMORY)));
    v128.store(low, f32x4.add(v128.load(low, 16), v128.load(LOW_BAND_MEMORY, 16)), 16);
    v128.store(low, f32x4.add(v128.load(low, 32), v128.load(LOW_BAND_MEMORY, 32)), 32);
    v128.store(high, f32x4.add(v128.load(high), v128.load(HIGH_BAND_MEMORY)));
    v128.store(high, f32x4.add(v128.load(high, 16), v128.load(HIGH_BAND_MEMORY, 16)), 16);
    filterSubframe(lowSlot, highSlot, low, high, to);
    lowBandMemory(lowSlot);
    highBandMemory(highSlot);
    lowSlot += SLOT_BYTES;
    highSlot += SLOT_BYTES;
    low += 160;
    high += 160;
    to += 160;
  }
  if (isOutOfBounds()) forget();
}

function filterSubframe(lowSlot: usize, highSlot: usize, low: usize, high: usize, to: usize): void {
  let hpInput = v128.load(HIGH_PASS_HISTORY);
  let hpOutput = v128.load(HIGH_PASS_HISTORY, 16);
  const b0 = v128.load(HIGH_PASS);
  const b1 = v128.load(HIGH_PASS, 16);
  const b2 = v128.load(HIGH_PASS, 32);
  const g1 = v128.load(HIGH_PASS, 48);
  const g2 = v128.load(HIGH_PASS, 64);
  const g3 = v128.load(HIGH_PASS, 80);
  const fromY1 = v128.load(HIGH_PASS, 96);
  const fromY2 = v128.load(HIGH_PASS, 112);
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
  for (const end = to + 160; to != end; to += 16, low += 16, high += 16) {
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

    const oneBack = v128.shuffle<f32>(hpInput, y1, 3, 4, 5, 6);
    const twoBack = v128.shuffle<f32>(hpInput, y1, 2, 3, 4, 5);
    let z = madd(b2, twoBack, madd(b1, oneBack, f32x4.mul(b0, y1)));
    hpInput = y1;
    z = madd(g3, later3(z), madd(g2, later2(z), madd(g1, later1(z), z)));
    hpOutput = madd(splatLane3(hpOutput), fromY1, madd(splatLane2(hpOutput), fromY2, z));
    v128.store(to, f32x4.sub(hpOutput, u1));
    v128.store(to, f32x4.add(hpOutput, u1), 768);
  }
  v128.store(HIGH_PASS_HISTORY, hpInput);
  v128.store(HIGH_PASS_HISTORY, hpOutput, 16);
  v128.store(LAST_OUTPUTS, y1);
  v128.store(LAST_OUTPUTS, y2, 16);
  v128.store(LAST_OUTPUTS, y3, 32);
  v128.store(LAST_OUTPUTS, u1, 48);
  v128.store(LAST_OUTPUTS, u2, 64);
}

/**
 * m_j from the last ten outputs: y[−1] meets c_1.., y[−2] meets c_2.. and so on; the vectors of coefficients
 * are loaded unaligned, and zeros follow c_10. Five sums, so that none is a long chain.
 */
function lowBandMemory(slot: usize): void {
  let y = v128.load32_splat(LAST_OUTPUTS, 12);
  let low = f32x4.mul(y, v128.load(slot));
  let middle = f32x4.mul(y, v128.load(slot, 16));
  let high = f32x4.mul(y, v128.load(slot, 32));
  y = v128.load32_splat(LAST_OUTPUTS, 8);
  let low2 = f32x4.mul(y, v128.load(slot, 4));
  middle = madd(y, v128.load(slot, 20), middle);
  high = madd(y, v128.load(slot, 36), high);
  y = v128.load32_splat(LAST_OUTPUTS, 4);
  let low3 = f32x4.mul(y, v128.load(slot, 8));
  middle = madd(y, v128.load(slot, 24), middle);
  y = v128.load32_splat(LAST_OUTPUTS, 0);
  low = madd(y, v128.load(slot, 12), low);
  middle = madd(y, v128.load(slot, 28), middle);
  y = v128.load32_splat(LAST_OUTPUTS, 28);
  low2 = madd(y, v128.load(slot, 16), low2);
  middle = madd(y, v128.load(slot, 32), middle);
  y = v128.load32_splat(LAST_OUTPUTS, 24);
  low3 = madd(y, v128.load(slot, 20), low3);
  middle = madd(y, v128.load(slot, 36), middle);
  low = madd(v128.load32_splat(LAST_OUTPUTS, 20), v128.load(slot, 24), low);
  low2 = madd(v128.load32_splat(LAST_OUTPUTS, 16), v128.load(slot, 28), low2);
  low3 = madd(v128.load32_splat(LAST_OUTPUTS, 44), v128.load(slot, 32), low3);
  low = madd(v128.load32_splat(LAST_OUTPUTS, 40), v128.load(slot, 36), low);
  v128.store(LOW_BAND_MEMORY, f32x4.add(low, f32x4.add(low2, low3)));
  v128.store(LOW_BAND_MEMORY, middle, 16);
  v128.store(LOW_BAND_MEMORY, high, 32);
}

/** As `lowBandMemory`, of eight coefficients. */
function highBandMemory(slot: usize): void {
  let u = v128.load32_splat(LAST_OUTPUTS, 60);
  let low = f32x4.mul(u, v128.load(slot));
  let high = f32x4.mul(u, v128.load(slot, 16));
  u = v128.load32_splat(LAST_OUTPUTS, 56);
  let low2 = f32x4.mul(u, v128.load(slot, 4));
  high = madd(u, v128.load(slot, 20), high);
  u = v128.load32_splat(LAST_OUTPUTS, 52);
  low = madd(u, v128.load(slot, 8), low);
  high = madd(u, v128.load(slot, 24), high);
  u = v128.load32_splat(LAST_OUTPUTS, 48);
  low2 = madd(u, v128.load(slot, 12), low2);
  high = madd(u, v128.load(slot, 28), high);
  low = madd(v128.load32_splat(LAST_OUTPUTS, 76), v128.load(slot, 16), low);
  low2 = madd(v128.load32_splat(LAST_OUTPUTS, 72), v128.load(slot, 20), low2);
  low = madd(v128.load32_splat(LAST_OUTPUTS, 68), v128.load(slot, 24), low);
  low2 = madd(v128.load32_splat(LAST_OUTPUTS, 64), v128.load(slot, 28), low2);
  v128.store(HIGH_BAND_MEMORY, f32x4.add(low, low2));
  v128.store(HIGH_BAND_MEMORY, high, 16);
}

/** Scales what the low band's filter still owes. */
export function scaleMemory(memory: usize, factor: f32): void {
  for (let i: usize = 0; i < 48; i += 16) v128.store(memory + i, f32x4.mul(f32x4.splat(factor), v128.load(memory + i)));
}

/** Whether a filter's memory is beyond all bounds, or not a number. */
function isOutOfBounds(): bool {
  let largest = f32x4.abs(v128.load(LOW_BAND_MEMORY));
  largest = f32x4.max(largest, f32x4.abs(v128.load(HIGH_BAND_MEMORY)));
  largest = f32x4.max(largest, f32x4.abs(v128.load(HIGH_PASS_HISTORY, 16)));
  return !v128.all_true<i32>(f32x4.lt(largest, f32x4.splat(OUT_OF_BOUNDS)));
}

function forget(): void {
  clearVectors(LOW_BAND_MEMORY, 48);
  clearVectors(HIGH_BAND_MEMORY, 32);
  clearVectors(BANDS, 1536);
  clearHighPass();
}
