/**
 * AMR and AMR-WB files (RFC 4867 §5): a magic, then frames of 20 ms. The first byte of each says which mode the rest is in:
 *
 *   0 | mode, 4 bits | quality, 1 bit | 00
 */
import { type Reading, skip, walk } from "./reading.ts";

const FRAME_MS = 20;
/** Bits that are 0 in every frame. */
const PADDING = 0x83;

/** By mode: bytes behind the first one. -1: there is no such mode. (3GPP TS 26.101 and 26.201, bits rounded up to bytes.) */
export const AMR_FRAME_BYTES = [12, 13, 15, 17, 19, 20, 26, 31, 5, 6, 5, 5, -1, -1, -1, 0];
export const AMR_WB_FRAME_BYTES = [17, 23, 32, 36, 40, 46, 50, 58, 60, 5, -1, -1, -1, -1, 0, 0];

export const AMR_MAGIC_BYTES = 6;
export const AMR_WB_MAGIC_BYTES = 9;

export function* readAmr(magicBytes: number, frameBytes: readonly number[]): Reading {
  yield* skip(magicBytes);
  let isBroken = false;
  const { frameCount } = yield* walk(1, (bytes, at) => {
    const first = bytes[at] ?? 0;
    const restBytes = frameBytes[first >> 3] ?? -1;
    isBroken = restBytes === -1 || (first & PADDING) !== 0;
    return isBroken ? 0 : 1 + restBytes;
  });
  return isBroken ? null : (frameCount * FRAME_MS) / 1_000;
}
