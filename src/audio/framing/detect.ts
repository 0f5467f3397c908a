/**
 * Tells the three framings apart by content, from the first bytes of the data. In this order:
 *
 * 1. `OggS`: Ogg.
 * 2. The signature of something else, or text: refused by name. 0x02 (SILK from WeChat) and `#` (AMR) would
 *    otherwise start a Speex frame.
 * 3. Header-byte, if from offset 0 each byte is the length of a block that one frame fills to its last byte, and
 *    this walk lands on the end of the bytes at hand or passes two blocks. If it passes only one and ends within
 *    the next, then unless the bytes are bare frames too. This is asked first because blocks of 48–55 bytes begin
 *    with 0x30–0x37, just as WeChat's bare frames do.
 * 4. Bare, if most of the whole 60-byte frames are frames of Speex: sub-modes that exist and fit, padded as
 *    encoders pad. For WeChat's frames that is `b[0] & 0xf8 = 0x30`, `b[45] & 0x0f = 0x0a`, `b[59] & 0x0f = 0x07`.
 *    Most, not all: a damaged frame costs 20 ms, not the voice.
 *
 * By chance one bare frame looks like a block once in some ten thousand times, two once in fifty million, so only
 * a cut-off voice of less than three frames (60 ms) is told with some doubt.
 */
import { hasMagic } from "../bytes.ts";
import { FRAME_BYTES } from "../frames.ts";
import { FramingError } from "./error.ts";
import { fillsPacket, frameBits, startsSpeech } from "./frame-shape.ts";
import { isMpegAudio, knownSignature, unrecognised } from "./signatures.ts";

export type Framing = "bare" | "header-byte" | "ogg";

/** Enough for four bare frames, or for two blocks of the largest wideband frame (106 bytes). */
export const HEAD_BYTES = 256;

/** `head`: the first HEAD_BYTES of the data, or all of it if it is shorter. Throws FramingError. */
export function detectFraming(head: Uint8Array): Framing {
  if (hasMagic(head, "OggS")) return "ogg";
  const other = knownSignature(head);
  if (other !== null) throw unrecognised(other);

  const walk = walkBlocks(head);
  if (walk === "certain") return "header-byte";
  if (isBare(head)) return "bare";
  if (walk === "possible") return "header-byte";

  if (isMpegAudio(head)) throw unrecognised("mp3");
  if (head.length < FRAME_BYTES && (startsSpeech(head[0] ?? 0xff) || startsSpeech(head[1] ?? 0xff))) {
    throw new FramingError(
      "too-short",
      `the data ends after ${head.length} bytes, before its first whole frame`,
    );
  }
  throw unrecognised("unknown");
}

function walkBlocks(head: Uint8Array): "certain" | "possible" | "impossible" {
  let blockCount = 0;
  let offset = 0;
  while (offset < head.length) {
    const start = offset + 1;
    const end = start + (head[offset] ?? 0);
    if (end > head.length) {
      if (start < head.length && !startsSpeech(head[start] ?? 0xff)) return "impossible";
      if (blockCount === 0) return "impossible";
      return blockCount > 1 ? "certain" : "possible";
    }
    if (!fillsPacket(head.subarray(start, end))) return "impossible";
    blockCount++;
    offset = end;
  }
  return blockCount > 0 ? "certain" : "impossible";
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
