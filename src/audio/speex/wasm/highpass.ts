/**
 * The high-pass after narrowband synthesis, second order: y[n] = b0 x[n] + b1 x[n−1] + b2 x[n−2] + c1 y[n−1] + c2 y[n−2].
 * Its loop is in bands.ts; here are its coefficients, laid out for blocks of four samples, and its state.
 *
 * Which one runs can change from frame to frame. What the past owes must then stay as it was formed with the old
 * coefficients, so at a change the state is carried over as the two values of the transposed direct form:
 * m0 = b1 x[−1] + b2 x[−2] + c1 y[−1] + c2 y[−2],  m1 = b2 x[−1] + c2 y[−1].
 */

/** None at all: comfort noise. */
export const BYPASS: i32 = 0;
/** For narrowband streams, and for every lost frame. */
export const NARROWBAND: i32 = 1;
export const WIDEBAND: i32 = 2;

/** 0: b0, 16: b1, 32: b2, 48..80: response g1, g2, g3, each in all lanes; 96, 112: what y[−1], y[−2] give to a block. */
export const HIGH_PASS: usize = memory.data(128, 16);

/** The last block's inputs, then its outputs. */
export const HIGH_PASS_HISTORY: usize = memory.data(32, 16);

let kind: i32 = -1;
let b0: f32 = 0;
let b1: f32 = 0;
let c1: f32 = 0;
let c2: f32 = 0;
let m0: f32 = 0;
let m1: f32 = 0;

/** Makes the next frame run through this one. */
export function useHighPass(wanted: i32): void {
  if (wanted == kind) return;
  if (kind == NARROWBAND || kind == WIDEBAND) keepState();
  kind = wanted;
  if (kind == NARROWBAND) setCoefficients(0.96446, -1.92879, 1.92683, -0.93071);
  else if (kind == WIDEBAND) setCoefficients(0.98645, -1.97277, 1.97226, -0.97332);
  else setBypass();
}

function keepState(): void {
  const x2 = load<f32>(HIGH_PASS_HISTORY, 8);
  const x1 = load<f32>(HIGH_PASS_HISTORY, 12);
  const y2 = load<f32>(HIGH_PASS_HISTORY, 24);
  const y1 = load<f32>(HIGH_PASS_HISTORY, 28);
  m0 = b1 * x1 + b0 * x2 + c1 * y1 + c2 * y2;
  m1 = b0 * x1 + c2 * y1;
}

function setCoefficients(newB0: f32, newB1: f32, newC1: f32, newC2: f32): void {
  b0 = newB0;
  b1 = newB1;
  c1 = newC1;
  c2 = newC2;
  // The state as the past outputs that would owe just that, had the inputs been silent.
  const y1 = m1 / c2;
  const y2 = (m0 - c1 * y1) / c2;
  v128.store(HIGH_PASS_HISTORY, f32x4.splat(0));
  v128.store(HIGH_PASS_HISTORY, f32x4(0, 0, y2, y1), 16);
  const g1 = c1;
  const g2 = c2 + c1 * g1;
  const g3 = c2 * g1 + c1 * g2;
  const g4 = c2 * g2 + c1 * g3;
  layOut(b0, b1, b0, g1, g2, g3);
  v128.store(HIGH_PASS, f32x4(g1, g2, g3, g4), 96);
  v128.store(HIGH_PASS, f32x4(c2, c2 * g1, c2 * g2, c2 * g3), 112);
}

function setBypass(): void {
  layOut(1, 0, 0, 0, 0, 0);
  v128.store(HIGH_PASS, f32x4.splat(0), 96);
  v128.store(HIGH_PASS, f32x4.splat(0), 112);
}

function layOut(x0: f32, x1: f32, x2: f32, g1: f32, g2: f32, g3: f32): void {
  v128.store(HIGH_PASS, f32x4.splat(x0));
  v128.store(HIGH_PASS, f32x4.splat(x1), 16);
  v128.store(HIGH_PASS, f32x4.splat(x2), 32);
  v128.store(HIGH_PASS, f32x4.splat(g1), 48);
  v128.store(HIGH_PASS, f32x4.splat(g2), 64);
  v128.store(HIGH_PASS, f32x4.splat(g3), 80);
}

/** Forgets the past, for a stream that has driven a filter out of all bounds. */
export function clearHighPass(): void {
  v128.store(HIGH_PASS_HISTORY, f32x4.splat(0));
  v128.store(HIGH_PASS_HISTORY, f32x4.splat(0), 16);
  m0 = 0;
  m1 = 0;
}
