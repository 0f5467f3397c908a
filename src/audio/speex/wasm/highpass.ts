/**
 * The high-pass after narrowband synthesis, second order, in the transposed direct form:
 *
 *     y = b0 x + m        m' = b1 x + c1 y + k        k' = b2 x + c2 y
 *
 * or, without y, m' = c1 m + k + g1 x and k' = c2 m + g2 x. Its loop is in bands.ts; here are its coefficients and its state
 * (m, k), what past samples will still add. Which high-pass runs can change from frame to frame; the state stays as it is.
 *
 * The four sub-frames run side by side, so that each has to know its first state before the one before it has run. After 40
 * samples (m, k) has become P·(m, k) plus a weighted sum of the samples; P is the 40th power of the matrix (c1 1 | c2 0).
 */
import { clearVectors, later1, later2, madd } from "./simd";

/** None at all: comfort noise. */
export const BYPASS: i32 = 0;
/** For narrowband streams, and for every lost frame. */
export const NARROWBAND: i32 = 1;
export const WIDEBAND: i32 = 2;

const SUBFRAME_SAMPLES: i32 = 40;

/** b0, g1, g2, c1, c2, each in all four lanes. */
export const HIGH_PASS: usize = memory.data(80, 16);

/** For each of 40 samples what it adds in the end to m, then what to k. */
export const WEIGHTS: usize = memory.data(1280, 16);

/** P and P², each row by row. */
const POWERS: usize = memory.data(128, 16);

/** m and k; lane 3 is the frame's end. */
export const HIGH_PASS_STATE: usize = memory.data(32, 16);
/** What stands for them, 0, while nothing is filtered. */
const NO_STATE: usize = memory.data(32, 16);

let kind: i32 = -1;

/** Makes the next frame run through this one. */
export function useHighPass(wanted: i32): void {
  if (wanted == kind) return;
  kind = wanted;
  if (kind == NARROWBAND) setCoefficients(<f32>0.96446, <f32>-1.92879, <f32>1.92683, <f32>-0.93071);
  else if (kind == WIDEBAND) setCoefficients(<f32>0.98645, <f32>-1.97277, <f32>1.97226, <f32>-0.97332);
  else setUp(1, 0, 0, 0, 0);
}

export function highPassState(): usize {
  return kind == BYPASS ? NO_STATE : HIGH_PASS_STATE;
}

/** b2 is b0. The numbers are floats; what follows from them is worked out in double. */
function setCoefficients(b0: f64, b1: f64, c1: f64, c2: f64): void {
  setUp(b0, b1 + c1 * b0, b0 + c2 * b0, c1, c2);
}

function setUp(b0: f64, g1: f64, g2: f64, c1: f64, c2: f64): void {
  spread(HIGH_PASS, b0);
  spread(HIGH_PASS + 16, g1);
  spread(HIGH_PASS + 32, g2);
  spread(HIGH_PASS + 48, c1);
  spread(HIGH_PASS + 64, c2);
  // The last sample adds (g1, g2), the one before it that times the matrix, and so on.
  let m = g1;
  let k = g2;
  for (let t = SUBFRAME_SAMPLES - 1; t >= 0; t--) {
    spread(WEIGHTS + ((<usize>t) << 5), m);
    spread(WEIGHTS + ((<usize>t) << 5) + 16, k);
    const last = m;
    m = c1 * m + k;
    k = c2 * last;
  }
  // P's columns: what becomes of (1, 0), and of (0, 1).
  let m0: f64 = 1;
  let k0: f64 = 0;
  let m1: f64 = 0;
  let k1: f64 = 1;
  for (let t = 0; t < SUBFRAME_SAMPLES; t++) {
    const last0 = m0;
    m0 = c1 * m0 + k0;
    k0 = c2 * last0;
    const last1 = m1;
    m1 = c1 * m1 + k1;
    k1 = c2 * last1;
  }
  spreadMatrix(POWERS, m0, m1, k0, k1);
  spreadMatrix(POWERS + 64, m0 * m0 + m1 * k0, m0 * m1 + m1 * k1, k0 * m0 + k1 * k0, k0 * m1 + k1 * k1);
}

function spread(to: usize, value: f64): void {
  v128.store(to, f32x4.splat(<f32>value));
}

function spreadMatrix(to: usize, a: f64, b: f64, c: f64, d: f64): void {
  spread(to, a);
  spread(to + 16, b);
  spread(to + 32, c);
  spread(to + 48, d);
}

/** Makes the state each sub-frame's first one. `m`, `k`: the weighted sums of their samples. */
export function startHighPass(m: v128, k: v128): void {
  // Sub-frame 0 begins with what the last frame left (c), 1 with sums₀ + P c, 2 with sums₁ + P (sums₀ + P c), …
  const state = highPassState();
  m = v128.shuffle<f32>(v128.load(state), m, 3, 4, 5, 6);
  k = v128.shuffle<f32>(v128.load(state, 16), k, 3, 4, 5, 6);
  const mBefore = later1(m);
  const kBefore = later1(k);
  m = madd(v128.load(POWERS), mBefore, madd(v128.load(POWERS, 16), kBefore, m));
  k = madd(v128.load(POWERS, 32), mBefore, madd(v128.load(POWERS, 48), kBefore, k));
  const mEarlier = later2(m);
  const kEarlier = later2(k);
  v128.store(state, madd(v128.load(POWERS, 64), mEarlier, madd(v128.load(POWERS, 80), kEarlier, m)));
  v128.store(state, madd(v128.load(POWERS, 96), mEarlier, madd(v128.load(POWERS, 112), kEarlier, k)), 16);
}

/** Forgets the past, for a stream that has driven a filter out of all bounds. */
export function clearHighPass(): void {
  clearVectors(HIGH_PASS_STATE, 32);
  // 0 · ∞ is no number: it is 0 no more once such a stream has passed.
  clearVectors(NO_STATE, 32);
}
