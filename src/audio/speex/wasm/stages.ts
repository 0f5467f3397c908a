/**
 * Opens the decoder's stages to the tests, one by one: another module from the same sources, built beside the product's
 * and never shipped. The product's entry is index.ts.
 */
export { makeBands, STREAMS } from "./bands";
export { openPacket, read, remaining, skip } from "./bits";
export { enhance } from "./enhance";
export { ENERGIES, INNOVATION, measureEnergies } from "./excitation";
export { advanceFilters, HIGH_BAND_FILTERS, LOW_BAND_FILTERS, widenFilters } from "./filter-rows";
export { concealFrame, decodeFrame, setUpFrames } from "./frame";
export { HIGH_PASS_STATE, useHighPass } from "./highpass";
export { addShapes, readShapes5x64, readShapes5x256 } from "./innovation";
export { HIGH_BAND_EDGE, highBandLpc, LOW_BAND_EDGE, NEGATED_LPC, narrowbandLpc } from "./lpc";
export {
  interpolateHighBandLsp,
  interpolateLsp,
  LAST_HIGH_BAND_LSP,
  LAST_LSP,
  LSP,
  readHighBandLsp,
  readLsp,
} from "./lsp";
export { HIGH_BAND_NOISE, LOW_BAND_NOISE, noise } from "./noise";
export {
  ADAPTIVE,
  addPrediction,
  offerPitch,
  predictForced,
  resetBestPitch,
  strengthOf,
  tapsAt,
} from "./pitch";
export { CORRELATIONS, correlate, FITS, filterTap, findLags } from "./pitch-search";
export { joinBands, roundBand } from "./qmf";
export { LOW_BAND_INPUT, PAIRS, SYNTHESIS_MEMORY, synthesize } from "./synthesis";
export { vocode } from "./vocoder";

import { read } from "./bits";
import {
  HIGH_BAND_SHAPES_8X128,
  HIGH_BAND_SHAPES_10X32,
  SHAPES_5X64,
  SHAPES_8X128,
  SHAPES_10X16,
  SHAPES_10X32,
  SHAPES_20X32,
} from "./codebooks/innovation";
import * as excitation from "./excitation";
import { highBandShapes10x32, prepareInnovation } from "./innovation";
import { prepareLsp } from "./lsp";
import * as pitch from "./pitch";
import { preparePitch } from "./pitch";
import { preparePitchSearch } from "./pitch-search";
import { prepareQmf } from "./qmf";
import { sumOfLanes } from "./simd";

/** Room for a test's own data. */
export const SCRATCH: usize = memory.data(16384, 16);

export function prepare(): void {
  prepareLsp();
  prepareInnovation();
  preparePitch();
  preparePitchSearch();
  prepareQmf();
  excitation.advanceExcitation();
}

/** The high band's innovation of sub-mode 2; returns its sum of squares. */
export function readHighBandShapes(to: usize, gain: f32): f32 {
  return sumOfLanes(highBandShapes10x32(to, read(20), gain));
}

/** First sample of the frame's excitation. */
export function excitationAddress(): usize {
  return excitation.excitation;
}

export function bestPitch(): i32 {
  return pitch.bestPitch;
}

/** The codebooks that `addShapes` is given, in the order of the names in stages.test.ts. */
export function codebookAddress(index: i32): usize {
  if (index == 0) return SHAPES_5X64;
  if (index == 1) return SHAPES_8X128;
  if (index == 2) return SHAPES_10X16;
  if (index == 3) return SHAPES_10X32;
  if (index == 4) return SHAPES_20X32;
  if (index == 5) return HIGH_BAND_SHAPES_10X32;
  return HIGH_BAND_SHAPES_8X128;
}
