/**
 * Tells by its bits whether a packet can be one Speex frame. A frame is, most significant bit first:
 *
 *   0 | NB sub-mode, 4 bits | … | 1 | HB sub-mode, 3 bits | … | padding 0, 1, 1, … to the end of the byte
 *   └──── NB_BITS[sub-mode] ────┘└──── HB_BITS[sub-mode] ───┘
 *
 * The second part, the band from 4 to 8 kHz, may be absent. Both lengths follow from the sub-modes, so a frame
 * says itself how long it is: thirteen bits of a WeChat frame must be just so.
 */

/** Bits of the narrowband part for sub-modes 0–8, its leading five included. The others are no speech. */
const NB_BITS = [5, 43, 119, 160, 220, 300, 364, 492, 79];
/** Bits of the high-band part for sub-modes 0–4, its leading four included. */
const HB_BITS = [4, 36, 112, 192, 352];

/** Sub-modes 9–12 do not exist; 13 and 14 are messages in front of a frame, 15 ends a packet. */
const FIRST_RESERVED_MODE = 9;
const LAST_RESERVED_MODE = 12;

/** Whether a packet that starts with this byte starts with speech: a clear bit and a sub-mode from 0 to 8. */
export function startsSpeech(firstByte: number): boolean {
  return firstByte >> 3 < NB_BITS.length;
}

/** Whether a packet in the middle of a stream may start so: speech, a message or the end of a packet. */
export function startsPacket(firstByte: number): boolean {
  const mode = firstByte >> 3;
  return mode < FIRST_RESERVED_MODE || (mode > LAST_RESERVED_MODE && mode <= 15);
}

/** Bits in the frame at the start of the packet; null if it has no such sub-mode, is cut off or badly padded. */
export function frameBits(packet: Uint8Array): number | null {
  const available = packet.length * 8;
  const narrowband = NB_BITS[(packet[0] ?? 0xff) >> 3];
  if (narrowband === undefined || narrowband > available) return null;

  let bits = narrowband;
  if (bits < available && bitAt(packet, bits) === 1) {
    if (bits + 4 > available) return null;
    const mode = bitAt(packet, bits + 1) * 4 + bitAt(packet, bits + 2) * 2 + bitAt(packet, bits + 3);
    const highBand = HB_BITS[mode];
    if (highBand === undefined) return null;
    bits += highBand;
  }
  return bits <= available && isPadded(packet, bits) ? bits : null;
}

/** Whether one frame and its padding fill the packet to the last byte. */
export function fillsPacket(packet: Uint8Array): boolean {
  const bits = frameBits(packet);
  return bits !== null && Math.ceil(bits / 8) === packet.length;
}

/** A clear bit, then set ones to the end of the byte: what Speex encoders write after the last frame. */
function isPadded(packet: Uint8Array, bits: number): boolean {
  const width = -bits & 7;
  const padding = (packet[bits >> 3] ?? 0) & ((1 << width) - 1);
  return width === 0 || padding === (1 << (width - 1)) - 1;
}

function bitAt(packet: Uint8Array, bit: number): number {
  return ((packet[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
}
