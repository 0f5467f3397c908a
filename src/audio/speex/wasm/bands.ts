/**
 * Between synthesis and filter bank: the low band goes through the high-pass, then the bands' sum and difference are
 * formed, which is all that the filter bank needs of them.
 */
import { clearHighPass, HIGH_PASS, HIGH_PASS_HISTORY } from "./highpass";
import { clearVectors, copyVectors, later1, later2, later3, madd, splatLane2, splatLane3 } from "./simd";
import { HIGH_BAND_MEMORY, LOW_BAND_INPUT, LOW_BAND_MEMORY, synthesize } from "./synthesis";

/** low − high, and SUMS bytes further on low + high: 32 past samples and the frame's 160 of each. */
export const BANDS: usize = memory.data(1536, 16);
export const SUMS: usize = 768;
export const PAST_BYTES: usize = 128;

/** Beyond this nothing can be speech: a hostile stream has pumped a filter up by changing it. */
const OUT_OF_BOUNDS: f32 = 1e12;

/** Filters the frame in LOW_BAND_INPUT and at `highBandInput` (both are overwritten) into BANDS. */
export function makeBands(highBandInput: usize): void {
  synthesize(highBandInput);
  copyVectors(BANDS, BANDS + 640, PAST_BYTES);
  copyVectors(BANDS + SUMS, BANDS + SUMS + 640, PAST_BYTES);
  let input = v128.load(HIGH_PASS_HISTORY);
  let output = v128.load(HIGH_PASS_HISTORY, 16);
  const b0 = v128.load(HIGH_PASS);
  const b1 = v128.load(HIGH_PASS, 16);
  const b2 = v128.load(HIGH_PASS, 32);
  const g1 = v128.load(HIGH_PASS, 48);
  const g2 = v128.load(HIGH_PASS, 64);
  const g3 = v128.load(HIGH_PASS, 80);
  const fromY1 = v128.load(HIGH_PASS, 96);
  const fromY2 = v128.load(HIGH_PASS, 112);
  let high = highBandInput;
  let to = BANDS + PAST_BYTES;
  for (let low: usize = LOW_BAND_INPUT; low != LOW_BAND_INPUT + 640; low += 16, high += 16, to += 16) {
    const x = v128.load(low);
    const oneBack = v128.shuffle<f32>(input, x, 3, 4, 5, 6);
    const twoBack = v128.shuffle<f32>(input, x, 2, 3, 4, 5);
    const z = madd(b2, twoBack, madd(b1, oneBack, f32x4.mul(b0, x)));
    const own = madd(g3, later3(z), madd(g2, later2(z), madd(g1, later1(z), z)));
    input = x;
    output = madd(splatLane3(output), fromY1, madd(splatLane2(output), fromY2, own));
    const u = v128.load(high);
    v128.store(to, f32x4.sub(output, u));
    v128.store(to, f32x4.add(output, u), SUMS);
  }
  v128.store(HIGH_PASS_HISTORY, input);
  v128.store(HIGH_PASS_HISTORY, output, 16);
  if (isOutOfBounds()) forget();
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
