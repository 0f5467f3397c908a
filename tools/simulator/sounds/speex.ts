/**
 * Speex frames made up bit by bit: right sub-modes, right length, the same noise each time; and packets of several.
 * Bits are written most significant first. A frame is a narrowband part (a zero bit, four bits of sub-mode, its
 * parameters) and in wideband a high band behind it (a one bit, three bits of sub-mode, its parameters).
 */
import { concatenate, littleEndian, noise, utf8 } from "../bytes.ts";

export type Band = "narrowband" | "wideband";

/** As encoders number them in a header, with the samples of a frame at whatever rate, and the sub-modes used here. */
const BANDS = {
  /** Sub-mode 5: 15 kbit/s, quality 8. */
  narrowband: { mode: 0, frameSamples: 160, nbMode: 5, nbBits: 300, hbMode: null, hbBits: 0 },
  /** Sub-modes 6 and 2: quality 7, what WeChat records. */
  wideband: { mode: 1, frameSamples: 320, nbMode: 6, nbBits: 364, hbMode: 2, hbBits: 112 },
} as const;
const HEADER_BYTES = 80;
const BITSTREAM_VERSION = 4;
const NO_BITRATE = 0xffff_ffff;

export interface Packet {
  readonly bytes: Uint8Array;
  readonly frameCount: number;
}

export function frameSamples(band: Band): number {
  return BANDS[band].frameSamples;
}

/** `frameCount` frames of noise, `framesPerPacket` in each packet and fewer in the last. */
export function speexPackets(band: Band, frameCount: number, framesPerPacket = 1): Packet[] {
  const packets: Packet[] = [];
  for (let first = 0; first < frameCount; first += framesPerPacket) {
    const count = Math.min(framesPerPacket, frameCount - first);
    packets.push({ bytes: writePacket(band, first, count), frameCount: count });
  }
  return packets;
}

/** Frames follow each other bit by bit; the last byte is filled up with a zero and ones. */
function writePacket(band: Band, firstFrame: number, frameCount: number): Uint8Array {
  const { nbMode, nbBits, hbMode, hbBits } = BANDS[band];
  const bitCount = frameCount * (nbBits + hbBits);
  const bytes = noise(Math.ceil(bitCount / 8), firstFrame + 1);
  for (let frame = 0; frame < frameCount; frame++) {
    const start = frame * (nbBits + hbBits);
    putBits(bytes, start, 5, nbMode);
    if (hbMode !== null) putBits(bytes, start + nbBits, 4, 8 + hbMode);
  }
  const padding = bytes.length * 8 - bitCount;
  if (padding > 0) putBits(bytes, bitCount, padding, (1 << (padding - 1)) - 1);
  return bytes;
}

function putBits(bytes: Uint8Array, at: number, width: number, value: number): void {
  for (let bit = 0; bit < width; bit++) {
    const mask = 0x80 >> ((at + bit) & 7);
    const index = (at + bit) >> 3;
    const byte = bytes[index] ?? 0;
    bytes[index] = (value >> (width - 1 - bit)) & 1 ? byte | mask : byte & ~mask;
  }
}

/**
 * The header packet: name (8), version (20), then thirteen numbers of 32 bits: version, size, rate, mode, bitstream, channels,
 * bit rate, samples of a frame, variable rate, frames of a packet, further headers, and two that are reserved.
 */
export function speexHeader(band: Band, rateHz: number, framesPerPacket: number): Uint8Array<ArrayBuffer> {
  const { mode, frameSamples } = BANDS[band];
  const version = new Uint8Array(20);
  version.set(utf8("1.2.1"));
  const numbers = [1, HEADER_BYTES, rateHz, mode, BITSTREAM_VERSION, 1, NO_BITRATE, frameSamples, 0];
  const rest = [framesPerPacket, 0, 0, 0];
  return concatenate([
    utf8("Speex   "),
    version,
    ...[...numbers, ...rest].map((number) => littleEndian(number, 4)),
  ]);
}
