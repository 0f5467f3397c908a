/** What comes before a frame's own fields: blocks to skip, messages, the sub-mode. */
import type { BitReader } from "./bits.ts";

/** `none`: the packet has no further frame. `corrupt`: it cannot be understood from here on. */
export type FrameStart = { kind: "frame"; mode: number } | { kind: "none" } | { kind: "corrupt" };

export const HIGH_BAND_BITS = [4, 36, 112, 192, 352];
export const NARROWBAND_BITS = [5, 43, 119, 160, 220, 300, 364, 492, 79];
const REQUEST_BITS = [1, 1, 4, 4, 4, 4, 4, 4, 8, 8, 16, 16, 32, 32, 64, 64];

export function readFrameStart(bits: BitReader): FrameStart {
  for (;;) {
    if (bits.remaining < 5) return { kind: "none" };
    for (let blocks = 0; bits.read(1) === 1; blocks++) {
      const width = HIGH_BAND_BITS[bits.read(3)];
      if (width === undefined || blocks === 2) return { kind: "corrupt" };
      bits.position += width - 4;
    }
    const mode = bits.read(4);
    if (mode <= 8) return { kind: "frame", mode };
    if (mode === 15) return { kind: "none" };
    if (mode < 13) return { kind: "corrupt" };
    const field = bits.read(4);
    bits.position += mode === 14 ? REQUEST_BITS[field]! : 5 + 8 * field;
  }
}

/** The high band's sub-mode at the reader's place; null if it is corrupt. */
export function readHighBandMode(bits: BitReader): number | null {
  if (bits.remaining < 1) return 0;
  if (bits.read(1) === 0) {
    // It was the next frame's first bit.
    bits.position--;
    return 0;
  }
  const mode = bits.read(3);
  return mode < HIGH_BAND_BITS.length ? mode : null;
}
