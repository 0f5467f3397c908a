/** One frame: finds where it begins, decodes or conceals it, filters it. */
import { makeBands } from "./bands";
import { read, remaining, seek, skip, tell } from "./bits";
import { delayOnly, enhance } from "./enhance";
import {
  concealHighBand,
  decodeHighBand,
  HIGH_BAND_EXCITATION,
  HIGH_BAND_SUBSTITUTE,
  restHighBand,
} from "./highband";
import { BYPASS, NARROWBAND, useHighPass, WIDEBAND } from "./highpass";
import * as loss from "./loss";
import {
  combStrength,
  highBandBits,
  LAST_HIGH_BAND_MODE,
  LAST_NARROWBAND_MODE,
  narrowbandBits,
  REQUEST,
  TERMINATOR,
  USER_MESSAGE,
} from "./modes";
import { decodeNarrowband } from "./narrowband";

/** What a packet's next frame turned out to be. */
export const DECODED: i32 = 0;
/** The packet is at its end, or says that it is. */
export const ABSENT: i32 = 1;
/** A reserved mode: nothing from here on can be understood. */
export const CORRUPT: i32 = 2;

/** How often each pair of modes was found: 9 × 5 counts, u32, the high band's mode running fastest. */
export const MODE_COUNTS: usize = memory.data(180, 16);

/** Length of a request's payload in bits, by its 4-bit number. */
const REQUEST_BITS: usize = memory.data<u8>([1, 1, 4, 4, 4, 4, 4, 4, 8, 8, 16, 16, 32, 32, 64, 64]);

let wideband: bool = false;
let enhancing: bool = true;

let narrowbandMode: u32 = 0;
let highBandMode: u32 = 0;
/** Where the high band's fields begin. */
let highBandPosition: u32 = 0;

export function setUpFrames(isWideband: bool, isEnhancing: bool): void {
  wideband = isWideband;
  enhancing = isEnhancing;
}

/** Decodes the packet's next frame into the bands' buffers; unless DECODED, no state has changed. */
export function decodeFrame(): i32 {
  const found = findFrame();
  if (found != DECODED) return found;
  const count = MODE_COUNTS + <usize>((narrowbandMode * 5 + highBandMode) << 2);
  store<u32>(count, load<u32>(count) + 1);

  if (narrowbandMode == 0) {
    loss.comfortNoise();
    useHighPass(BYPASS);
  } else {
    decodeNarrowband(narrowbandMode);
    const comb = combStrength(narrowbandMode);
    if (enhancing && comb > 0 && !loss.isAfterLoss()) enhance(comb);
    else delayOnly();
    useHighPass(wideband ? WIDEBAND : NARROWBAND);
    loss.endLoss();
  }
  if (highBandMode > 0) {
    seek(highBandPosition);
    decodeHighBand(highBandMode);
    makeBands(HIGH_BAND_EXCITATION);
  } else {
    if (wideband) restHighBand(loss.isDiscontinuous());
    makeBands(HIGH_BAND_SUBSTITUTE);
  }
  seek(highBandPosition + highBandBits(highBandMode) - 4);
  return DECODED;
}

/** Makes up a frame into the bands' buffers: for one that was lost, or that its packet doesn't hold. */
export function concealFrame(): void {
  if (loss.isDiscontinuous()) {
    loss.comfortNoise();
    useHighPass(BYPASS);
    if (wideband) restHighBand(true);
  } else {
    loss.concealNarrowband();
    useHighPass(NARROWBAND);
    if (wideband) concealHighBand();
  }
  makeBands(HIGH_BAND_SUBSTITUTE);
}

/** Reads up to the first field of the next frame, and looks ahead to its high band. */
function findFrame(): i32 {
  let mode: u32;
  do {
    if (remaining() < 5) return ABSENT;
    // High bands without a narrowband part, from a wider stream: two in a row at the most.
    let blocks = 0;
    while (read(1) != 0) {
      const highBand = read(3);
      if (highBand > LAST_HIGH_BAND_MODE || ++blocks > 2) return CORRUPT;
      skip(highBandBits(highBand) - 4);
    }
    mode = read(4);
    if (mode == TERMINATOR) return ABSENT;
    if (mode == REQUEST) skip(load<u8>(REQUEST_BITS + <usize>read(4)));
    else if (mode == USER_MESSAGE) skip(5 + 8 * read(4));
    else if (mode > LAST_NARROWBAND_MODE) return CORRUPT;
  } while (mode > LAST_NARROWBAND_MODE);
  narrowbandMode = mode;
  return findHighBand();
}

/** Finds the high band's mode; leaves the reader at the narrowband's first field. */
function findHighBand(): i32 {
  const start = tell();
  highBandPosition = start + narrowbandBits(narrowbandMode) - 5;
  highBandMode = 0;
  if (!wideband) return DECODED;
  seek(highBandPosition);
  // A 0 is the next frame's first bit, and stays where it is.
  if (remaining() > 0 && read(1) != 0) {
    highBandMode = read(3);
    highBandPosition = tell();
  }
  seek(start);
  return highBandMode > LAST_HIGH_BAND_MODE ? CORRUPT : DECODED;
}
