/**
 * The Speex decoder as a module: one instance decodes one stream, from fixed addresses, and never allocates.
 *
 * The host writes whole packets, one after the other, to `inputAddress` and their lengths (u32) to `lengthsAddress`,
 * calls `decode`, and finds 16-bit little-endian samples at `outputAddress`.
 */
import { openPacket } from "./bits";
import { ABSENT, CORRUPT, concealFrame, DECODED, decodeFrame, MODE_COUNTS, setUpFrames } from "./frame";
import { prepareInnovation } from "./innovation";
import { prepareLsp } from "./lsp";
import { preparePitch } from "./pitch";
import { preparePitchSearch } from "./pitch-search";
import { joinBands, prepareQmf, roundBand } from "./qmf";

const FRAMES_PER_CALL: i32 = 50;
const INPUT_BYTES: i32 = 16384;

const INPUT: usize = memory.data(INPUT_BYTES + 16, 16);
const LENGTHS: usize = memory.data(FRAMES_PER_CALL * 4, 16);
const OUTPUT: usize = memory.data(FRAMES_PER_CALL * 640, 16);

let wideband: bool = false;
let framesPerPacket: i32 = 1;
let corruptFrames: i32 = 0;
let absentFrames: i32 = 0;

export function inputAddress(): usize {
  return INPUT;
}

/** Packets of one call may have this many bytes in all. */
export function inputBytes(): i32 {
  return INPUT_BYTES;
}

export function lengthsAddress(): usize {
  return LENGTHS;
}

export function outputAddress(): usize {
  return OUTPUT;
}

/** Packets of one call may hold this many frames in all. */
export function framesPerCall(): i32 {
  return FRAMES_PER_CALL;
}

export function modeCountsAddress(): usize {
  return MODE_COUNTS;
}

/** Frames with a reserved mode in them, or behind one in their packet. */
export function corruptFrameCount(): i32 {
  return corruptFrames;
}

/** Frames that their packet did not hold. */
export function absentFrameCount(): i32 {
  return absentFrames;
}

/** Called once, before anything else. framesPerPacketWanted: 1..framesPerCall. */
export function setUp(isWideband: bool, isEnhancing: bool, framesPerPacketWanted: i32): void {
  prepareLsp();
  prepareInnovation();
  preparePitch();
  preparePitchSearch();
  prepareQmf();
  setUpFrames(isWideband, isEnhancing);
  wideband = isWideband;
  framesPerPacket = framesPerPacketWanted;
}

/** Decodes packets. A `silent` call changes the state in the same way, but writes no samples. */
export function decode(packetCount: i32, silent: bool): void {
  let packet = INPUT;
  let to = OUTPUT;
  for (let i = 0; i < packetCount; i++) {
    const length = load<i32>(LENGTHS + ((<usize>i) << 2));
    openPacket(packet, length);
    packet += length;
    let found = DECODED;
    for (let f = 0; f < framesPerPacket; f++) {
      // What follows an unreadable frame in its packet cannot be found.
      if (found == DECODED) found = decodeFrame();
      if (found == CORRUPT) corruptFrames++;
      if (found == ABSENT) absentFrames++;
      if (found != DECODED) concealFrame();
      if (!silent) to = write(to);
    }
  }
}

/** Makes up frames that were lost, framesPerCall at the most. */
export function conceal(frameCount: i32, silent: bool): void {
  let to = OUTPUT;
  for (let i = 0; i < frameCount; i++) {
    concealFrame();
    if (!silent) to = write(to);
  }
}

function write(to: usize): usize {
  if (wideband) {
    joinBands(to);
    return to + 640;
  }
  roundBand(to);
  return to + 320;
}
