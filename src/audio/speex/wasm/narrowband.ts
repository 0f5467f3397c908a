/** Decodes the fields of one narrowband frame into excitation and filter. */
import { read } from "./bits";
import { FRAME_GAINS, SUBFRAME_GAINS_2, SUBFRAME_GAINS_8 } from "./codebooks/gains";
import { SHAPES_5X64, SHAPES_8X128, SHAPES_10X16, SHAPES_10X32, SHAPES_20X32 } from "./codebooks/innovation";
import { addUp, advanceExcitation, ENERGIES, excitation, INNOVATION, measureEnergies } from "./excitation";
import { advanceFilters, LOW_BAND_FILTERS } from "./filter-rows";
import { addShapes, readShapes5x64, readShapes5x256 } from "./innovation";
import * as loss from "./loss";
import { narrowbandLpc } from "./lpc";
import { interpolateLsp, readLsp } from "./lsp";
import { hasForcedGain, hasLongLsp, hasOpenLoopPitch, subframeGainBits } from "./modes";
import { LOW_BAND_NOISE, noise } from "./noise";
import * as pitch from "./pitch";
import { clearVectors } from "./simd";
import { vocode } from "./vocoder";

/** Of mode 7's second codebook. */
const SECOND_GAIN: f32 = 0.454545;

/** One step of the forced gain. */
const FORCED_GAIN_STEP: f32 = 0.066667;

/** Decodes sub-mode 1..8; the reader stands behind the mode. */
export function decodeNarrowband(mode: i32): void {
  readLsp(hasLongLsp(mode));
  loss.beforeFrame();
  interpolateLsp(loss.isFresh());
  narrowbandLpc();
  advanceFilters(LOW_BAND_FILTERS, 10);

  const openLoopLag = hasOpenLoopPitch(mode) ? pitch.SHORTEST_LAG + <i32>read(7) : 0;
  const forcedGain: f32 = hasForcedGain(mode) ? FORCED_GAIN_STEP * <f32>read(4) : 0;
  const frameGain = load<f32>(FRAME_GAINS + ((<usize>read(5)) << 2));
  loss.setDiscontinuous(mode == 1 && read(4) == 15);

  advanceExcitation();
  pitch.resetBestPitch();
  let strengths: f32 = 0;
  for (let s: usize = 0; s < 4; s++) {
    const to = excitation + s * 160;
    const innovation = INNOVATION + s * 160;
    let lag = openLoopLag;
    let taps: usize;
    let gain = frameGain;
    if (hasForcedGain(mode)) {
      taps = pitch.singleTap(min<f32>(0.99, forcedGain));
      pitch.predictForced(to, lag, min<f32>(0.99, forcedGain));
    } else {
      // All of the sub-frame's fields before the innovation are read in one go.
      const tapBits: u32 = hasLongLsp(mode) ? 7 : 5;
      const gainBits = subframeGainBits(mode);
      const field = read((hasOpenLoopPitch(mode) ? 0 : 7) + tapBits + gainBits);
      if (!hasOpenLoopPitch(mode)) lag = pitch.SHORTEST_LAG + <i32>(field >> (tapBits + gainBits));
      taps = pitch.tapsAt(tapBits, field >> gainBits);
      gain *= subframeGain(gainBits, field);
      taps = loss.limitPitchGain(taps, lag, s);
    }
    pitch.offerPitch(lag, pitch.strengthOf(taps));
    strengths += pitch.strengthOf(taps);
    readInnovation(mode, innovation, gain);
    if (mode == 1) {
      vocode(to, innovation, lag, forcedGain, frameGain);
      continue;
    }
    const energy = hasForcedGain(mode)
      ? addUp(to, pitch.ADAPTIVE, innovation)
      : pitch.addPrediction(to, lag, taps, innovation);
    store<f32>(ENERGIES + (s << 2), energy, 4);
  }
  if (mode == 1) measureEnergies();
  loss.afterFrame(frameGain, 0.25 * strengths);
}

function readInnovation(mode: i32, to: usize, gain: f32): void {
  if (mode == 6) return readShapes5x256(to, gain);
  if (mode == 5) return readShapes5x64(to, gain);
  if (mode == 7) {
    readShapes5x64(to, gain);
    return addShapes(to, SHAPES_5X64, 8, 5, 0, 6, SECOND_GAIN * gain);
  }
  clearVectors(to, 160);
  if (mode == 1) for (let i: usize = 0; i < 160; i += 4) store<f32>(to + i, noise(LOW_BAND_NOISE, gain));
  else if (mode == 2) addShapes(to, SHAPES_10X16, 4, 10, 0, 4, gain);
  else if (mode == 3) addShapes(to, SHAPES_10X32, 4, 10, 0, 5, gain);
  else if (mode == 4) addShapes(to, SHAPES_8X128, 5, 8, 0, 7, gain);
  else addShapes(to, SHAPES_20X32, 2, 20, 0, 5, gain);
}

/** The gain whose index is the last bits of `field`. */
function subframeGain(bits: u32, field: u32): f32 {
  if (bits == 3) return load<f32>(SUBFRAME_GAINS_8 + ((<usize>field & 7) << 2));
  if (bits == 1) return load<f32>(SUBFRAME_GAINS_2 + ((<usize>field & 1) << 2));
  return 1;
}
