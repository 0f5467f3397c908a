/** Frames that did not arrive, or carry nothing: concealment, comfort noise, and the way back from them. */
import { LOSS_ATTENUATION } from "./codebooks/gains";
import { advanceExcitation, excitation, INNOVATION, measureEnergies, rms, sumOfSquares } from "./excitation";
import { LOW_BAND_FILTERS, widenFilters, widenFiltersOnce } from "./filter-rows";
import { lspDistance } from "./lsp";
import { LOW_BAND_NOISE, noise } from "./noise";
import { bestPitch, LONGEST_LAG, limitTaps, SHORTEST_LAG } from "./pitch";
import { clearVectors, copyVectors } from "./simd";
import { LOW_BAND_INPUT, scaleLowBandMemory } from "./synthesis";

/** Added where a signal would die away into denormal numbers, which processors take a hundred times longer for. */
const ALMOST_NOTHING: f32 = 1e-15;

/** No last LSP set to mix with: at the start, and after comfort noise. */
let fresh: bool = true;
/** Whether the stream has said that nothing is sent for a while. */
let discontinuous: bool = false;
let lostFrames: i32 = 0;
let lastLag: i32 = 40;
let lastStrength: f32 = 0;
/** Pitch strengths of the last three frames, in the order s0, s1, s2. */
let strength0: f32 = 0;
let strength1: f32 = 0;
let strength2: f32 = 0;

export function isFresh(): bool {
  return fresh || lostFrames > 0;
}

export function isAfterLoss(): bool {
  return lostFrames > 0;
}

export function isDiscontinuous(): bool {
  return discontinuous;
}

export function setDiscontinuous(now: bool): void {
  discontinuous = now;
}

/** The new LSP set has been read. After a loss: what the filter still owes is damped, more so if it has moved far. */
export function beforeFrame(): void {
  if (lostFrames > 0) scaleLowBandMemory(0.6 * Mathf.exp(-0.2 * lspDistance()));
}

/** After a loss the adaptive codebook repeats invented samples: its strength is limited until they are out of reach. */
export function limitPitchGain(taps: usize, lag: i32, subframe: usize): usize {
  if (lostFrames == 0 || lag <= 40 * <i32>subframe) return taps;
  return limitTaps(taps, min<f32>(0.95, lostFrames < 4 ? lastStrength : 0.5 * lastStrength));
}

/** A frame's excitation is complete. */
export function afterFrame(frameGain: f32, strength: f32): void {
  if (lostFrames > 0) {
    const level = rms(sumOfSquares(excitation, 640), 160);
    const factor = f32x4.splat(min<f32>(2, frameGain / (level + 1)));
    for (let i: usize = 0; i < 640; i += 16)
      v128.store(excitation + i, f32x4.mul(factor, v128.load(excitation + i)));
    measureEnergies();
  }
  lastLag = bestPitch;
  lastStrength = strength;
  pushStrength(strength);
  fresh = false;
}

/** The frame has been filtered and given out. */
export function endLoss(): void {
  lostFrames = 0;
}

function pushStrength(strength: f32): void {
  strength0 = strength1;
  strength1 = strength2;
  strength2 = strength;
}

function medianStrength(): f32 {
  const low = min(strength0, strength1);
  const high = max(strength0, strength1);
  return max(low, min(high, strength2));
}

/** Sub-mode 0: noise as loud as the last frame's excitation, through a softened copy of its filter. */
export function comfortNoise(): void {
  // By the format's decoders the level is taken without the frame's first six samples, but over 160.
  const sixth = load<f32>(excitation, 24);
  const seventh = load<f32>(excitation, 28);
  const energy = sixth * sixth + seventh * seventh + sumOfSquares(excitation + 32, 608);
  const sigma = rms(energy, 160);
  advanceExcitation();
  for (let i: usize = 0; i < 640; i += 4) store<f32>(excitation + i, noise(LOW_BAND_NOISE, sigma));
  measureEnergies();
  copyVectors(LOW_BAND_INPUT, excitation, 640);
  widenFiltersOnce(LOW_BAND_FILTERS, 10, 0.93);
  clearVectors(INNOVATION, 640);
  fresh = true;
  lostFrames = 0;
}

/** A lost frame: the last pitch goes on, weaker and noisier from frame to frame, silent after ten. */
export function concealNarrowband(): void {
  const attenuation: f32 = lostFrames < 10 ? load<f32>(LOSS_ATTENUATION + ((<usize>lostFrames) << 2)) : 0;
  lastStrength = min(lastStrength, medianStrength());
  const strength = attenuation * min<f32>(0.85, lastStrength);
  const sigma = rms(sumOfSquares(excitation, 640), 160) * attenuation * (1 - strength * strength);
  const wander = <i32>noise(LOW_BAND_NOISE, 1 + <f32>lostFrames);
  const lag = max(SHORTEST_LAG, min(LONGEST_LAG, lastLag + wander));
  advanceExcitation();
  const past = excitation - ((<usize>lag) << 2);
  for (let i: usize = 0; i < 640; i += 4)
    store<f32>(
      excitation + i,
      strength * load<f32>(past + i) + noise(LOW_BAND_NOISE, sigma) + ALMOST_NOTHING,
    );
  measureEnergies();
  copyVectors(LOW_BAND_INPUT, excitation - 160, 640);
  widenFilters(LOW_BAND_FILTERS, 10, 0.98);
  pushStrength(strength);
  lostFrames++;
}
