/**
 * The adaptive codebook: what the excitation repeats of itself, one pitch period before.
 * And the best pitch of a frame, which the enhancer works with.
 */
import { PITCH_TAPS_32, PITCH_TAPS_128 } from "./codebooks/pitch";
import { clearVectors, copyVectors, madd, sumOfLanes } from "./simd";

export const SHORTEST_LAG: i32 = 17;
export const LONGEST_LAG: i32 = 144;

/** A hostile stream must not blow up: the contribution never exceeds this. */
const LIMIT: f32 = 32000;
const LIMITS: usize = memory.data<f32>([-32000, -32000, -32000, -32000, 32000, 32000, 32000, 32000], 16);

/** Per index the taps g0, g1, g2 and how strongly they repeat the past (`strength`). 128 rows, then 32. */
const TAPS_128: usize = memory.data(160 * 16, 16);
const TAPS_32: usize = TAPS_128 + 128 * 16;

/** Taps made up on the way: damped after a loss, or the one of the forced-pitch modes. */
const OWN_TAPS: usize = memory.data(16, 16);

/** A forced pitch's contribution to the sub-frame, 40 samples. */
export const ADAPTIVE: usize = memory.data(160, 16);

/** The past as far as one lag back, then that period once more: for lags shorter than a sub-frame. */
const UNROLLED: usize = memory.data(48 * 4 + 48 * 4, 16);

/** Best pitch of the frame so far. */
export let bestPitch: i32 = 40;
let bestStrength: f32 = 0;

/** Expands the gain codebooks; called once. */
export function preparePitch(): void {
  expandTaps(PITCH_TAPS_128, TAPS_128, 128);
  expandTaps(PITCH_TAPS_32, TAPS_32, 32);
}

function expandTaps(from: usize, to: usize, count: i32): void {
  for (let i = 0; i < count; i++, from += 3, to += 16) {
    const g0: f32 = 0.015625 * <f32>load<i8>(from) + 0.5;
    const g1: f32 = 0.015625 * <f32>load<i8>(from, 1) + 0.5;
    const g2: f32 = 0.015625 * <f32>load<i8>(from, 2) + 0.5;
    storeTaps(to, g0, g1, g2);
  }
}

function storeTaps(to: usize, g0: f32, g1: f32, g2: f32): void {
  const strength: f32 = abs(g1) + (g0 > 0 ? g0 : -0.5 * g0) + (g2 > 0 ? g2 : -0.5 * g2);
  v128.store(to, f32x4(g0, g1, g2, strength));
}

/** The taps of a gain index: the last 7 or 5 bits of `field`. */
export function tapsAt(indexBits: u32, field: u32): usize {
  return indexBits == 7 ? TAPS_128 + ((<usize>field & 127) << 4) : TAPS_32 + ((<usize>field & 31) << 4);
}

/** How strongly the taps repeat the past, 0..: their gain for a steady tone. */
export function strengthOf(taps: usize): f32 {
  return load<f32>(taps, 12);
}

/** The same taps, scaled down where they are stronger than `limit`. */
export function limitTaps(taps: usize, limit: f32): usize {
  const strength = strengthOf(taps);
  if (strength <= limit) return taps;
  v128.store(OWN_TAPS, f32x4.mul(v128.load(taps), f32x4.splat(limit / strength)));
  return OWN_TAPS;
}

/** A single tap. */
export function singleTap(gain: f32): usize {
  storeTaps(OWN_TAPS, 0, gain, 0);
  return OWN_TAPS;
}

/** The sub-frame at `excitation` = three taps around `lag` before it, plus innovation. Returns the sum of squares. */
export function addPrediction(excitation: usize, lag: i32, taps: usize, innovation: usize): f32 {
  const g0 = v128.load32_splat(taps);
  const g1 = v128.load32_splat(taps, 4);
  const g2 = v128.load32_splat(taps, 8);
  const low = v128.load(LIMITS);
  const high = v128.load(LIMITS, 16);
  let past = excitation - ((<usize>(lag + 1)) << 2);
  if (lag <= 40) past = unroll(past, lag);
  let even = f32x4.splat(0);
  let odd = f32x4.splat(0);
  for (const end = excitation + 160; excitation != end; excitation += 32, past += 32, innovation += 32) {
    const a = madd(g0, v128.load(past, 8), madd(g1, v128.load(past, 4), f32x4.mul(g2, v128.load(past))));
    const b = madd(
      g0,
      v128.load(past, 24),
      madd(g1, v128.load(past, 20), f32x4.mul(g2, v128.load(past, 16))),
    );
    const x = f32x4.add(f32x4.pmin(high, f32x4.pmax(low, a)), v128.load(innovation));
    const y = f32x4.add(f32x4.pmin(high, f32x4.pmax(low, b)), v128.load(innovation, 16));
    v128.store(excitation, x);
    v128.store(excitation, y, 16);
    even = madd(x, x, even);
    odd = madd(y, y, odd);
  }
  return sumOfLanes(f32x4.add(even, odd));
}

/**
 * A lag shorter than the sub-frame reaches samples not decoded yet: there the period before is taken once more,
 * and where even that is not decoded, zero. `past`: lag + 1 samples before the sub-frame. Returns where it now starts.
 */
function unroll(past: usize, lag: i32): usize {
  copyVectors(UNROLLED, past, 176);
  const next = UNROLLED + ((<usize>(lag + 1)) << 2);
  for (let n: usize = 0; n < (<usize>lag) << 2; n += 4) store<f32>(next + n, load<f32>(UNROLLED + n, 4));
  clearVectors(next + ((<usize>lag) << 2), 48);
  return UNROLLED;
}

/** Fills ADAPTIVE with one tap that feeds itself, sample by sample. */
export function predictForced(excitation: usize, lag: i32, gain: f32): void {
  for (let n = 0; n < 40; n++) {
    const from =
      n < lag ? excitation + ((<usize>n) << 2) - ((<usize>lag) << 2) : ADAPTIVE + ((<usize>(n - lag)) << 2);
    store<f32>(ADAPTIVE + ((<usize>n) << 2), max(-LIMIT, min(LIMIT, gain * load<f32>(from))));
  }
}

export function resetBestPitch(): void {
  bestPitch = 40;
  bestStrength = 0;
}

/** Takes a sub-frame's lag for the best one, if it is stronger: harder for a multiple of it, easier for a fraction. */
export function offerPitch(lag: i32, strength: f32): void {
  const isMultiple = isNearMultiple(lag, bestPitch);
  const taken = isMultiple ? 0.67 * strength > bestStrength : strength > bestStrength;
  if (!taken && !(strength > 0.6 * bestStrength && isNearMultiple(bestPitch, lag))) return;
  bestPitch = lag;
  bestStrength = max(bestStrength, strength);
}

/** Whether `lag` is about two, three or four times `unit`. */
function isNearMultiple(lag: i32, unit: i32): bool {
  return abs(2 * unit - lag) < 3 || abs(3 * unit - lag) < 4 || abs(4 * unit - lag) < 5;
}
