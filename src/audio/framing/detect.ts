/**
 * Tells the three framings apart by content, from the first bytes of the data. In this order:
 *
 * 1. `OggS`: Ogg.
 * 2. A signature of something else, or text: refused by name. 0x02 (SILK from WeChat) and `#` (AMR) would
 *    otherwise start a Speex frame.
 * 3. Header-byte, if from offset 0 each byte is the length of a block that one frame fills to its last byte,
 *    all the way. This comes before bare frames, because blocks of 48–55 bytes begin with 0x30–0x37 just as
 *    WeChat's bare frames do. The mistake the other way needs a bare voice whose second byte starts a frame that
 *    is by chance as long as the first byte says, and so on: under one in a hundred thousand for one frame.
 * 4. Bare, if most of the whole 60-byte frames are frames of Speex: sub-modes that exist and fit, padded as
 *    encoders pad. For WeChat's frames that is `b[0] & 0xf8 = 0x30`, `b[45] & 0x0f = 0x0a`, `b[59] & 0x0f = 0x07`.
 *    Most, not all: a damaged frame costs 20 ms, not the voice.
 */
import { hasMagic } from "../bytes.ts";
import { FRAME_BYTES } from "../frames.ts";
import { FramingError } from "./error.ts";
import { fillsPacket, frameBits, startsSpeech } from "./frame-shape.ts";
import { knownSignature, unrecognised } from "./signatures.ts";

export type Framing = "bare" | "header-byte" | "ogg";

/** Enough for four bare frames, or for two blocks of the largest wideband frame (106 bytes). */
export const HEAD_BYTES = 256;

/** `head`: the first HEAD_BYTES of the data, or all of it if it is shorter. Throws FramingError. */
export function detectFraming(head: Uint8Array): Framing {
  if (hasMagic(head, "OggS")) return "ogg";
  const other = knownSignature(head);
  if (other !== null) throw unrecognised(other);
  if (isHeaderByte(head)) return "header-byte";
  if (isBare(head)) return "bare";
  if (head.length < FRAME_BYTES && (startsSpeech(head[0] ?? 0xff) || startsSpeech(head[1] ?? 0xff))) {
    throw new FramingError(
      "too-short",
      `the data ends after ${head.length} bytes, before its first whole frame`,
    );
  }
  throw unrecognised("unknown");
}

function isHeaderByte(head: Uint8Array): boolean {
  let blockCount = 0;
  let offset = 0;
  while (offset + 1 < head.length) {
    const start = offset + 1;
    offset = start + (head[offset] ?? 0);
    if (offset > head.length) return blockCount > 0 && startsSpeech(head[start] ?? 0xff);
    if (!fillsPacket(head.subarray(start, offset))) return false;
    blockCount++;
  }
  return blockCount > 0;
}

function isBare(head: Uint8Array): boolean {
  let frameCount = 0;
  let goodCount = 0;
  for (let end = FRAME_BYTES; end <= head.length; end += FRAME_BYTES) {
    frameCount++;
    if (frameBits(head.subarray(end - FRAME_BYTES, end)) !== null) goodCount++;
  }
  return goodCount * 2 > frameCount;
}
