/** The band from 4 to 8 kHz: excitation and filter, from the stream or, where it is silent, from noise. */
import { read } from "./bits";
import { FOLDING_GAINS, HIGH_BAND_GAINS } from "./codebooks/gains";
import { HIGH_BAND_SHAPES_8X128 } from "./codebooks/innovation";
import { ENERGIES, INNOVATION, rms, sumOfSquares } from "./excitation";
import { advanceFilters, HIGH_BAND_FILTERS, widenFilters } from "./filter-rows";
import { addShapes, highBandShapes10x32 } from "./innovation";
import { HIGH_BAND_EDGE, highBandLpc, LOW_BAND_EDGE } from "./lpc";
import { interpolateHighBandLsp, readHighBandLsp } from "./lsp";
import { HIGH_BAND_NOISE, noise } from "./noise";
import { clearVectors, copyVectors, madd, sumOfLanes } from "./simd";
import { INPUT_BYTES } from "./synthesis";

/** Gains beside the codebooks'. */
const FOLDING: f32 = 0.9;
const SCALE: f32 = 0.8736;
const SECOND_GAIN: f32 = 0.4;

/** As in loss.ts: keeps the ringing filter out of denormal numbers. */
const ALMOST_NOTHING: f32 = 1e-15;

/** The last coded sub-frame (40 samples), which the filter runs over first, then the frame's 160. */
export const HIGH_BAND_EXCITATION: usize = memory.data(800, 16);
/** What the filter runs over in a frame without code. */
export const HIGH_BAND_SUBSTITUTE: usize = memory.data(INPUT_BYTES, 16);

/** Per sub-frame: the low band's filter over the high band's where they meet, at 4 kHz; its inverse times the level. */
const INVERSE_RATIO: usize = memory.data(16, 16);
const LEVEL_OVER_RATIO: usize = memory.data(16, 16);

let fresh: bool = true;
/** RMS of the last coded frame's excitation. */
let level: f32 = 0;

/** Decodes sub-mode 1..4; the reader stands behind the mode. The filter is to run over HIGH_BAND_EXCITATION. */
export function decodeHighBand(mode: u32): void {
  readHighBandLsp();
  interpolateHighBandLsp(fresh);
  highBandLpc();
  advanceFilters(HIGH_BAND_FILTERS, 8);
  fresh = false;
  compareBands();
  copyVectors(HIGH_BAND_EXCITATION, HIGH_BAND_EXCITATION + 640, 160);
  let energy: f32 = 0;
  for (let s: usize = 0; s < 4; s++) {
    const to = HIGH_BAND_EXCITATION + 160 + s * 160;
    if (mode == 1) {
      energy += foldNarrowband(to, s);
      continue;
    }
    if (mode == 2) {
      const field = read(24);
      energy += sumOfLanes(highBandShapes10x32(to, field, gainAt(field >> 20, s)));
      continue;
    }
    const gain = gainAt(read(4), s);
    clearVectors(to, 160);
    addShapes(to, HIGH_BAND_SHAPES_8X128, 5, 8, 1, 7, gain);
    if (mode == 4) addShapes(to, HIGH_BAND_SHAPES_8X128, 5, 8, 1, 7, SECOND_GAIN * gain);
    energy += sumOfSquares(to, 160);
  }
  level = rms(energy, 160);
}

/** From the 4-bit gain index of a sub-frame. */
function gainAt(index: u32, subframe: usize): f32 {
  return load<f32>(HIGH_BAND_GAINS + ((<usize>index) << 2)) * load<f32>(LEVEL_OVER_RATIO + (subframe << 2));
}

/** The bands are to meet at the same level at 4 kHz. */
function compareBands(): void {
  const small = f32x4.splat(0.01);
  const ratio = f32x4.div(
    f32x4.add(v128.load(LOW_BAND_EDGE), small),
    f32x4.add(v128.load(HIGH_BAND_EDGE), small),
  );
  const inverse = f32x4.div(f32x4.splat(1), f32x4.pmax(f32x4.splat(1e-15), ratio));
  const lowLevel = f32x4.sqrt(madd(f32x4.splat(0.025), v128.load(ENERGIES, 4), f32x4.splat(0.1)));
  v128.store(INVERSE_RATIO, inverse);
  v128.store(LEVEL_OVER_RATIO, f32x4.mul(f32x4.splat(SCALE), f32x4.mul(lowLevel, inverse)));
}

/** Sub-mode 1: the narrowband's innovation mirrored, by flipping every other sign. Returns the sum of squares. */
function foldNarrowband(to: usize, subframe: usize): f32 {
  const gain =
    FOLDING * load<f32>(FOLDING_GAINS + ((<usize>read(5)) << 2)) * load<f32>(INVERSE_RATIO + (subframe << 2));
  const scale = f32x4.mul(f32x4(1, -1, 1, -1), f32x4.splat(gain));
  const from = INNOVATION + subframe * 160;
  for (let i: usize = 0; i < 160; i += 16) v128.store(to + i, f32x4.mul(scale, v128.load(from + i)));
  return sumOfSquares(to, 160);
}

/** Sub-mode 0, into HIGH_BAND_SUBSTITUTE: the filter rings on, over noise in discontinuous transmission. */
export function restHighBand(discontinuous: bool): void {
  substitute(discontinuous, 1);
}

/** A lost frame, into HIGH_BAND_SUBSTITUTE: noise a little weaker than before. */
export function concealHighBand(): void {
  level *= 0.9;
  substitute(true, 0.99);
}

/** Noise or nothing through the last filter, its bandwidth widened by `factor` for good. */
function substitute(noisy: bool, factor: f32): void {
  for (let i: usize = 0; i < 640; i += 4) {
    // Silent noise is drawn too: the generator must stay in step.
    const drawn: f32 = noisy ? noise(HIGH_BAND_NOISE, level) : 0;
    store<f32>(HIGH_BAND_SUBSTITUTE + i, drawn + ALMOST_NOTHING);
  }
  widenFilters(HIGH_BAND_FILTERS, 8, factor);
  fresh = true;
}
