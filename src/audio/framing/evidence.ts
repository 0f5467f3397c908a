/**
 * How well bytes fit a framing of Speex, in bits: by so many powers of two are they likelier to be that framing than to be
 * anything else. Above 0, they fit it better than not.
 */
import { FRAME_BYTES } from "../frames.ts";
import { fillsPacket, frameBits } from "./frame-shape.ts";

/**
 * A frame that fills its 60 bytes: thirteen bits of it must be just so (`b[0] & 0xf8 = 0x30`, `b[45] & 0x0f = 0x0a`,
 * `b[59] & 0x0f = 0x07`).
 */
const WHOLE_FRAME = 13;
/** Some frame of Speex that ends before the 60th byte. No encoder that we know sends it so. */
const SHORT_FRAME = 2;
/** All zeros: inserted silence, or a gap. Any file may have it. */
const ZEROS = 0;
/** Anything else: perhaps no Speex at all; but one frame in four may be damaged. */
const DAMAGED = -2;

/** As 60-byte frames from the first byte on. A last partial frame says nothing. */
export function bareEvidence(bytes: Uint8Array): number {
  let evidence = 0;
  for (let end = FRAME_BYTES; end <= bytes.length; end += FRAME_BYTES) {
    const frame = bytes.subarray(end - FRAME_BYTES, end);
    if (fillsPacket(frame)) evidence += WHOLE_FRAME;
    else if (isZeros(frame)) evidence += ZEROS;
    else evidence += frameBits(frame) === null ? DAMAGED : SHORT_FRAME;
  }
  return evidence;
}

/** As frames behind a length byte each. A last partial block says nothing. */
export function blockEvidence(bytes: Uint8Array): number {
  let evidence = 0;
  let start = 1;
  for (;;) {
    const end = start + (bytes[start - 1] ?? 0);
    if (end > bytes.length) return evidence;
    const block = bytes.subarray(start, end);
    if (fillsPacket(block)) evidence += wholeBlockEvidence(block.length);
    else evidence += isZeros(block) ? ZEROS : DAMAGED;
    start = end + 1;
  }
}

/** One frame to the last bit, as the length byte says. Other data looks like a frame of few bytes (silence) more often. */
function wholeBlockEvidence(lengthBytes: number): number {
  return Math.min(WHOLE_FRAME, 2 * lengthBytes);
}

function isZeros(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
