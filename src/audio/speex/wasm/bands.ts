/**
 * Between synthesis and filter bank: the low band goes through the high-pass, then the bands' sum and difference are
 * formed, which is all that the filter bank needs of them.
 *
 * From here on a frame's four sub-frames lie side by side: vector t holds sample t of each, t = 0..39. Each lane is then a
 * signal of its own to a filter, and "one sample before" is the vector before, instead of one put together from two.
 * Before a lane's first sample comes the last of the lane below, and before lane 0 the last frame's lane 3.
 */
import { clearHighPass, HIGH_PASS, HIGH_PASS_STATE, highPassState, startHighPass, WEIGHTS } from "./highpass";
import { clearVectors, madd } from "./simd";
import { PAIRS, SYNTHESIS_MEMORY, synthesize } from "./synthesis";

/** 40 vectors of the low band and one of zeros, to which the high-pass looks ahead; HIGH bytes further on the high band's. */
const LOW_BAND: usize = memory.data(656 + 640, 16);
const HIGH: usize = 656;

/**
 * What qmf.ts filters: of d = low − high three streams, and SUMS bytes further on the same of low + high. The even samples
 * d[2n], BEFORE: d[2n−1] − d[2n], AFTER: d[2n+1] − d[2n]; of each 20 past vectors, of which 15 will be read, then the
 * frame's 20.
 */
export const STREAMS: usize = memory.data(6 * 640, 16);
export const PAST_BYTES: usize = 320;
export const BEFORE: usize = 640;
export const AFTER: usize = 2 * 640;
export const SUMS: usize = 3 * 640;

/** The last vector of differences, and of sums. */
const LAST: usize = memory.data(32, 16);

/** Beyond this nothing can be speech: a hostile stream has pumped a filter up by changing it. */
const OUT_OF_BOUNDS: f32 = 1e12;

/** Filters the frame in LOW_BAND_INPUT and at `highBandInput` into STREAMS. */
export function makeBands(highBandInput: usize): void {
  synthesize(highBandInput);
  putSideBySide();
  splitBands();
  if (isOutOfBounds()) forget();
}

/** From pairs of samples to sub-frames side by side. On the way the sums are formed with which the high-pass starts. */
function putSideBySide(): void {
  let m0 = f32x4.splat(0);
  let m1 = f32x4.splat(0);
  let k0 = f32x4.splat(0);
  let k1 = f32x4.splat(0);
  let weights = WEIGHTS;
  for (let pairs = PAIRS, to = LOW_BAND; pairs != PAIRS + 320; pairs += 16, to += 32, weights += 64) {
    const a = v128.load(pairs);
    const b = v128.load(pairs, 320);
    const c = v128.load(pairs, 640);
    const d = v128.load(pairs, 960);
    const lowAB = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const lowCD = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const even = v128.shuffle<i64>(lowAB, lowCD, 0, 2);
    const odd = v128.shuffle<i64>(lowAB, lowCD, 1, 3);
    m0 = madd(even, v128.load(weights), m0);
    k0 = madd(even, v128.load(weights, 16), k0);
    m1 = madd(odd, v128.load(weights, 32), m1);
    k1 = madd(odd, v128.load(weights, 48), k1);
    v128.store(to, even);
    v128.store(to, odd, 16);
    const highAB = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const highCD = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<i64>(highAB, highCD, 0, 2), HIGH);
    v128.store(to, v128.shuffle<i64>(highAB, highCD, 1, 3), HIGH + 16);
  }
  startHighPass(f32x4.add(m0, m1), f32x4.add(k0, k1));
}

/** High-pass, sum and difference in one loop: while the high-pass waits for its own last result, the others go on. */
function splitBands(): void {
  const state = highPassState();
  const b0 = v128.load(HIGH_PASS);
  const g1 = v128.load(HIGH_PASS, 16);
  const g2 = v128.load(HIGH_PASS, 32);
  const c1 = v128.load(HIGH_PASS, 48);
  const c2 = v128.load(HIGH_PASS, 64);
  let x0 = v128.load(LOW_BAND);
  let m = v128.load(state);
  // k + g1 x of the next sample, so that only one multiplication lies between one m and the next.
  let kNext = madd(g1, x0, v128.load(state, 16));
  let lastDifference = f32x4.splat(0);
  let lastSum = f32x4.splat(0);
  for (let from = LOW_BAND, to = STREAMS; from != LOW_BAND + 640; from += 32, to += 16) {
    const x1 = v128.load(from, 16);
    const low0 = madd(b0, x0, m);
    const mNext = madd(c1, m, kNext);
    const low1 = madd(b0, x1, mNext);
    m = madd(c1, mNext, madd(c2, m, madd(g1, x1, f32x4.mul(g2, x0))));
    x0 = v128.load(from, 32);
    kNext = madd(c2, mNext, madd(g1, x0, f32x4.mul(g2, x1)));

    const high0 = v128.load(from, HIGH);
    const high1 = v128.load(from, HIGH + 16);
    const difference0 = f32x4.sub(low0, high0);
    const difference1 = f32x4.sub(low1, high1);
    push(to, difference0);
    push(to + BEFORE, f32x4.sub(lastDifference, difference0));
    push(to + AFTER, f32x4.sub(difference1, difference0));
    lastDifference = difference1;
    const sum0 = f32x4.add(low0, high0);
    const sum1 = f32x4.add(low1, high1);
    push(to + SUMS, sum0);
    push(to + SUMS + BEFORE, f32x4.sub(lastSum, sum0));
    push(to + SUMS + AFTER, f32x4.sub(sum1, sum0));
    lastSum = sum1;
  }
  v128.store(state, m);
  v128.store(state, kNext, 16);
  // What came before the lanes' first samples is known only now.
  const first = STREAMS + PAST_BYTES;
  v128.store(first + BEFORE, f32x4.sub(past(v128.load(LAST), lastDifference), v128.load(first)));
  v128.store(first + SUMS + BEFORE, f32x4.sub(past(v128.load(LAST, 16), lastSum), v128.load(first + SUMS)));
  v128.store(LAST, lastDifference);
  v128.store(LAST, lastSum, 16);
}

/** Puts a stream's next vector in the place of the last frame's, which goes to where the past is, 20 vectors back. */
function push(to: usize, x: v128): void {
  v128.store(to, past(v128.load(to, PAST_BYTES), x));
  v128.store(to, x, PAST_BYTES);
}

/** The samples 40 before `frame`: lanes 1..3 come from the sub-frame before, lane 0 from the last frame's last one. */
function past(lastFrame: v128, frame: v128): v128 {
  return v128.shuffle<f32>(lastFrame, frame, 3, 4, 5, 6);
}

/** Whether a filter's memory is beyond all bounds, or not a number. */
function isOutOfBounds(): bool {
  let largest = f32x4.abs(v128.load(SYNTHESIS_MEMORY));
  largest = f32x4.max(largest, f32x4.abs(v128.load(SYNTHESIS_MEMORY, 16)));
  largest = f32x4.max(largest, f32x4.abs(v128.load(HIGH_PASS_STATE)));
  return !v128.all_true<i32>(f32x4.lt(largest, f32x4.splat(OUT_OF_BOUNDS)));
}

function forget(): void {
  clearVectors(SYNTHESIS_MEMORY, 80);
  clearVectors(STREAMS, 6 * 640);
  clearVectors(LAST, 32);
  clearHighPass();
}
