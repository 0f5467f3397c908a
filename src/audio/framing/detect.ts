/**
 * Tells the three framings apart by content, from the first bytes of the data. In this order:
 *
 * 1. `OggS`: Ogg.
 * 2. Bare frames or blocks behind length bytes, whichever fits better (evidence.ts). Blocks of 48–55 bytes begin with
 *    0x30–0x37, just as WeChat's bare frames do, so neither is asked first. 256 bytes decide where at most one frame of
 *    them is damaged.
 * 3. The signature of something else, or text: refused by name.
 * 4. Else more is looked at, up to 64 KiB, and one whole frame in seven is enough: a damaged frame costs 20 ms, not
 *    the voice.
 *
 * Only for a voice of less than three frames (60 ms) is the result uncertain.
 */
import { hasMagic } from "../bytes.ts";
import { FRAME_BYTES } from "../frames.ts";
import { FramingError } from "./error.ts";
import { bareEvidence, blockEvidence } from "./evidence.ts";
import { startsSpeech } from "./frame-shape.ts";
import type { Framing } from "./packets.ts";
import { knownSignature, mpegAudio, soundSignature, unrecognised } from "./signatures.ts";

/**
 * How much of the data is looked at: more each time, as long as there is doubt. The first is enough for four bare frames, or
 * for two blocks of the largest wideband frame (106 bytes); the last is 22 s of WeChat's frames.
 */
export const HEAD_BYTES = [256, 1_024, 4_096, 16_384, 65_536] as const;

/** Two whole frames' worth, less what a damaged one takes off. */
const CERTAIN_BITS = 24;
/** So much must the better framing be ahead of the other. */
const CERTAIN_LEAD_BITS = 12;

/** Null while the first bytes leave it open. Throws FramingError where they can't be a voice. */
export function detectFraming(head: Uint8Array): Framing | null {
  if (hasMagic(head, "OggS")) return "ogg";
  const { framing, bits, leadBits } = bestFit(head);
  if (bits >= CERTAIN_BITS && leadBits >= CERTAIN_LEAD_BITS) return framing;
  const other = knownSignature(head);
  if (other !== null) throw unrecognised(other);
  return null;
}

/** Decides by all the data there is, or by the last of HEAD_BYTES. Throws FramingError where nothing fits. */
export function settleFraming(head: Uint8Array): Framing {
  const framing = detectFraming(head);
  if (framing !== null) return framing;
  const best = bestFit(head);
  if (best.bits > 0) return best.framing;

  const mpeg = mpegAudio(head);
  if (mpeg !== null) throw unrecognised(mpeg);
  if (head.length < FRAME_BYTES && (startsSpeech(head[0] ?? 0xff) || startsSpeech(head[1] ?? 0xff))) {
    throw new FramingError(
      "too-short",
      `the data ends after ${head.length} bytes, before its first whole frame`,
    );
  }
  throw unrecognised("unknown");
}

/** What an ID3 tag is put in front of: of voices, only Ogg ones. `head`: what lies behind it. Throws FramingError. */
export function framingBehindTag(head: Uint8Array): Framing {
  if (hasMagic(head, "OggS")) return "ogg";
  throw unrecognised(soundSignature(head) ?? mpegAudio(head) ?? "mp3");
}

function bestFit(head: Uint8Array): { framing: Framing; bits: number; leadBits: number } {
  const bare = bareEvidence(head);
  const blocks = blockEvidence(head);
  return bare >= blocks
    ? { framing: "bare", bits: bare, leadBits: bare - blocks }
    : { framing: "header-byte", bits: blocks, leadBits: blocks - bare };
}
