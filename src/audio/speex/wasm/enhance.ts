/**
 * Perceptual enhancement: a comb filter that strengthens the pitch, over halves of 80 samples. To each half are
 * added two taps, the excitation one period before and either two before or (short periods) one ahead, each at the lag
 * that fits best to a third of a sample (pitch-search.ts).
 *
 * The four taps (2 halves × 2) go through each step together. Their lags and gains are worked out in the four lanes of
 * vectors: lanes 0, 1: the first half's taps, 2, 3: the second half's.
 */
import { ENERGIES, excitation } from "./excitation";
import { bestPitch } from "./pitch";
import { CORRELATIONS, correlate, FITS, filterTap, findLags, LAGS_BYTES } from "./pitch-search";
import { copyVectors, fourSums, madd, splatLane0, splatLane1, splatLane2, splatLane3 } from "./simd";
import { LOW_BAND_INPUT } from "./synthesis";

const HALF_BYTES: usize = 320;

/** Added to a tap's energy, so that what is nearly silent is not made loud. */
const LEAST_ENERGY: usize = memory.data<f32>([1000, 1000, 1000, 1000], 16);
const ONE: usize = memory.data<f32>([1, 1, 1, 1], 16);
/** From the energy of 80 samples to their power. */
const SHARE: usize = memory.data<f32>([0.0125, 0.0125, 0.0125, 0.0125], 16);
const LEAST_POWER: usize = memory.data<f32>([0.1, 0.1, 0.1, 0.1], 16);

/** The four taps' signals, 80 samples each. */
const TAPS: usize = memory.data(1280, 16);

/** Per tap: sums of tap² and of tap · signal, two zeros. */
const SUMS: usize = memory.data(64, 16);

/** What the synthesis filter runs over when nothing is enhanced: the excitation, 40 samples late. */
export function delayOnly(): void {
  copyVectors(LOW_BAND_INPUT, excitation - 160, 640);
}

/** Fills LOW_BAND_INPUT with the enhanced excitation, 40 samples late. `comb` is the mode's strength, 0..1. */
export function enhance(comb: f32): void {
  const lag = bestPitch;
  const secondLag = lag > 40 ? 2 * lag : -lag;
  const first = excitation - 160;
  const second = excitation + 160;
  correlate(first, lag, CORRELATIONS);
  correlate(first, secondLag, CORRELATIONS + LAGS_BYTES);
  correlate(second, lag, CORRELATIONS + 2 * LAGS_BYTES);
  correlate(second, secondLag, CORRELATIONS + 3 * LAGS_BYTES);
  findLags();
  filterTap(first, lag, load<i32>(FITS), TAPS, SUMS);
  filterTap(first, secondLag, load<i32>(FITS, 4), TAPS + HALF_BYTES, SUMS + 16);
  filterTap(second, lag, load<i32>(FITS, 8), TAPS + 2 * HALF_BYTES, SUMS + 32);
  filterTap(second, secondLag, load<i32>(FITS, 12), TAPS + 3 * HALF_BYTES, SUMS + 48);
  mixTaps(comb, lag > 40, first, second);
}

function mixTaps(comb: f32, longLag: bool, first: usize, second: usize): void {
  const sums0 = v128.load(SUMS);
  const sums1 = v128.load(SUMS, 16);
  const sums2 = v128.load(SUMS, 32);
  const sums3 = v128.load(SUMS, 48);
  const firstHalf = v128.shuffle<f32>(sums0, sums1, 0, 4, 1, 5);
  const secondHalf = v128.shuffle<f32>(sums2, sums3, 0, 4, 1, 5);
  const tapEnergy = v128.shuffle<i64>(firstHalf, secondHalf, 0, 2);
  const likeness = v128.shuffle<i64>(firstHalf, secondHalf, 1, 3);
  const crossEnergy = crossEnergies();
  const energies = v128.load(ENERGIES);
  const energy = f32x4.add(
    v128.shuffle<f32>(energies, energies, 0, 0, 2, 2),
    v128.shuffle<f32>(energies, energies, 1, 1, 3, 3),
  );

  // Each tap's gain: w · c / max(c, 1 − d·p²) · √(energy / tap energy), p the normalized correlation.
  const one = v128.load(ONE);
  const c = <f32>0.4 * comb + <f32>0.07;
  const d = <f32>0.5 + <f32>1.72 * (c - <f32>0.07);
  const energy1 = f32x4.add(one, energy);
  const inverse = f32x4.div(one, f32x4.add(v128.load(LEAST_ENERGY), tapEnergy));
  const alike = f32x4.pmax(likeness, f32x4.splat(0));
  const p2 = f32x4.pmin(one, f32x4.div(f32x4.mul(f32x4.mul(alike, alike), inverse), energy1));
  const weight = f32x4.mul(f32x4.splat(c), longLag ? f32x4(0.7, 0.3, 0.7, 0.3) : f32x4.splat(0.6));
  const share = f32x4.div(weight, f32x4.pmax(f32x4.splat(c), f32x4.sub(one, f32x4.mul(f32x4.splat(d), p2))));
  const gain = f32x4.mul(share, f32x4.sqrt(f32x4.mul(energy1, inverse)));

  // The sum's energy follows from sums at hand: no pass over the samples. It is scaled down to the input's.
  const otherGain = v128.shuffle<f32>(gain, gain, 1, 0, 3, 2);
  const own = f32x4.mul(gain, madd(gain, tapEnergy, f32x4.add(likeness, likeness)));
  const cross = f32x4.mul(f32x4.mul(f32x4.add(gain, gain), otherGain), crossEnergy);
  const both = f32x4.add(own, v128.shuffle<f32>(own, own, 1, 0, 3, 2));
  const mixedPower = power(f32x4.add(f32x4.add(energy, cross), both));
  const scale = f32x4.sqrt(f32x4.div(f32x4.pmin(power(energy), mixedPower), mixedPower));
  const scaledGain = f32x4.mul(scale, gain);
  mix(LOW_BAND_INPUT, first, TAPS, splatLane0(scale), splatLane0(scaledGain), splatLane1(scaledGain));
  mix(
    LOW_BAND_INPUT + HALF_BYTES,
    second,
    TAPS + 2 * HALF_BYTES,
    splatLane2(scale),
    splatLane2(scaledGain),
    splatLane3(scaledGain),
  );
}

/**
 * Sums of first tap · second tap, of the first half in lanes 0 and 1, of the second in 2 and 3. A pass of its own: while
 * taps are filtered there are no registers left for it.
 */
function crossEnergies(): v128 {
  let first0 = f32x4.splat(0);
  let first1 = f32x4.splat(0);
  let second0 = f32x4.splat(0);
  let second1 = f32x4.splat(0);
  for (let at = TAPS; at != TAPS + HALF_BYTES; at += 32) {
    first0 = madd(v128.load(at), v128.load(at, 320), first0);
    first1 = madd(v128.load(at, 16), v128.load(at, 336), first1);
    second0 = madd(v128.load(at, 640), v128.load(at, 960), second0);
    second1 = madd(v128.load(at, 656), v128.load(at, 976), second1);
  }
  const first = f32x4.add(first0, first1);
  const second = f32x4.add(second0, second1);
  return fourSums(first, first, second, second);
}

/** Mean square of 80 samples with these energies, 1 at least. */
function power(energy: v128): v128 {
  return f32x4.pmax(v128.load(ONE), madd(energy, v128.load(SHARE), v128.load(LEAST_POWER)));
}

function mix(to: usize, signal: usize, taps: usize, scale: v128, gain0: v128, gain1: v128): void {
  for (let i: usize = 0; i < HALF_BYTES; i += 32) {
    const even = madd(gain0, v128.load(taps + i), f32x4.mul(scale, v128.load(signal + i)));
    const odd = madd(gain0, v128.load(taps + i, 16), f32x4.mul(scale, v128.load(signal + i, 16)));
    v128.store(to + i, madd(gain1, v128.load(taps + i, 320), even));
    v128.store(to + i, madd(gain1, v128.load(taps + i, 336), odd), 16);
  }
}
