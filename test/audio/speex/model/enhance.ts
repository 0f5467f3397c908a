/** Perceptual enhancement: two comb taps at the pitch, per half frame of 80 samples. */
import { row } from "./tables.ts";

const HALF = 80;

/** `at(n)` is the excitation, n = 0 the half's first sample. Returns the 80 enhanced samples. */
export function enhanceHalf(at: (n: number) => number, pitch: number, comb: number): Float64Array {
  const x = Float64Array.from({ length: HALF }, (_, n) => at(n));
  const c0 = combTap(x, at, pitch);
  const c1 = combTap(x, at, pitch > 40 ? 2 * pitch : -pitch);
  const c = 0.4 * comb + 0.07;
  const d = 0.5 + 1.72 * (c - 0.07);
  const m = Math.sqrt(1 + dot(x, x));
  const weights = pitch > 40 ? [0.7, 0.3] : [0.6, 0.6];
  const y = x.slice();
  [c0, c1].forEach((tap, k) => {
    const mk = Math.sqrt(1000 + dot(tap, tap));
    const p = Math.min(1, Math.max(0, dot(tap, x)) / (m * mk));
    const gain = weights[k]! * (c / Math.max(c, 1 - d * p * p)) * (m / mk);
    tap.forEach((value, n) => {
      y[n]! += gain * value;
    });
  });
  const level = (z: Float64Array) => Math.max(1, Math.sqrt(0.1 + dot(z, z) / HALF));
  const scale = Math.min(level(x), level(y)) / level(y);
  return y.map((value) => value * scale);
}

/** The excitation at a lag searched in thirds of a sample around `lag`. */
export function combTap(x: Float64Array, at: (n: number) => number, lag: number): Float64Array {
  const whole = Array.from({ length: 7 }, (_, i) =>
    x.reduce((sum, value, n) => sum + value * at(n - lag - 3 + i), 0),
  );
  const rows = [whole];
  for (let f = 0; f < 3; f++) {
    const filter = row("pitch_interp_3x7", f);
    rows.push(whole.map((_, j) => filter.reduce((sum, tap, k) => sum + tap * (whole[j + k - 3] ?? 0), 0)));
  }
  const flat = rows.flat();
  const best = flat.indexOf(Math.max(...flat));
  const shifted = lag + 3 - (best % 7);
  const filter = best < 7 ? [0, 0, 0, 1, 0, 0, 0] : row("pitch_interp_3x7", Math.floor(best / 7) - 1);
  return x.map((_, n) => filter.reduce((sum, tap, k) => sum + tap * at(n - shifted + k - 3), 0));
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, n) => sum + value * b[n]!, 0);
}
