/**
 * Ogg files (RFC 3533), written for the simulator alone. Header packets have a page each; packets of sound share pages
 * of about a second.
 */
import { concatenate, littleEndian, utf8 } from "../bytes.ts";
import { type Band, frameSamples, speexHeader, speexPackets } from "./speex.ts";

const SERIAL = 0x5151_0a5e;
const PACKETS_PER_PAGE = 50;
const BEGINS = 2;
const ENDS = 4;
/** x³² + x²⁶ + x²³ + x²² + x¹⁶ + x¹² + x¹¹ + x¹⁰ + x⁸ + x⁷ + x⁵ + x⁴ + x² + x + 1, not reflected, from zero. */
const CRC_POLYNOMIAL = 0x04c1_1db7;
const OPUS_RATE_HZ = 48_000;
const OPUS_FRAME_SAMPLES = 960;
/** 20 ms of fullband silence: the byte of its mode, and no coded content. */
const OPUS_SILENCE = [0xf8, 0xff, 0xfe];
const OPUS_PRE_SKIP = 312;

/** A packet of sound, and how many samples have been sent when it ends. */
interface SoundPacket {
  readonly bytes: Uint8Array;
  readonly granule: number;
}

export function oggSpeex(
  band: Band,
  rateHz: number,
  frameCount: number,
  framesPerPacket = 1,
): Uint8Array<ArrayBuffer> {
  let frames = 0;
  const packets = speexPackets(band, frameCount, framesPerPacket).map(({ bytes, frameCount: more }) => {
    frames += more;
    return { bytes, granule: frames * frameSamples(band) };
  });
  return oggFile([speexHeader(band, rateHz, framesPerPacket), comments("")], packets);
}

/** Silence. https://www.rfc-editor.org/rfc/rfc7845 */
export function oggOpus(seconds: number): Uint8Array<ArrayBuffer> {
  const head = concatenate([
    utf8("OpusHead"),
    [1, 1],
    littleEndian(OPUS_PRE_SKIP, 2),
    littleEndian(16_000, 4),
    [0, 0, 0],
  ]);
  const packetCount = Math.ceil((seconds * OPUS_RATE_HZ + OPUS_PRE_SKIP) / OPUS_FRAME_SAMPLES);
  const packets = Array.from({ length: packetCount }, (_, index) => ({
    bytes: Uint8Array.from(OPUS_SILENCE),
    granule: (index + 1) * OPUS_FRAME_SAMPLES,
  }));
  return oggFile([head, comments("OpusTags")], packets);
}

/** A vendor and no comments, as Vorbis has them. */
function comments(magic: string): Uint8Array<ArrayBuffer> {
  const vendor = utf8("simulated");
  return concatenate([utf8(magic), littleEndian(vendor.length, 4), vendor, littleEndian(0, 4)]);
}

function oggFile(headers: readonly Uint8Array[], packets: readonly SoundPacket[]): Uint8Array<ArrayBuffer> {
  const pages = headers.map((bytes, index) => page(index === 0 ? BEGINS : 0, 0, index, [bytes]));
  for (let first = 0; first < packets.length; first += PACKETS_PER_PAGE) {
    const onPage = packets.slice(first, first + PACKETS_PER_PAGE);
    const flags = first + PACKETS_PER_PAGE >= packets.length ? ENDS : 0;
    const bodies = onPage.map(({ bytes }) => bytes);
    pages.push(page(flags, onPage.at(-1)?.granule ?? 0, pages.length, bodies));
  }
  return concatenate(pages);
}

/** Packets are cut into segments of up to 255 bytes; one below 255 ends a packet. */
function page(flags: number, granule: number, sequence: number, packets: readonly Uint8Array[]): Uint8Array {
  const lacing = packets.flatMap(({ length }) => [
    ...Array(Math.floor(length / 255)).fill(255),
    length % 255,
  ]);
  const whole = concatenate([
    utf8("OggS"),
    [0, flags],
    littleEndian(granule, 4),
    [0, 0, 0, 0],
    littleEndian(SERIAL, 4),
    littleEndian(sequence, 4),
    [0, 0, 0, 0],
    [lacing.length],
    lacing,
    ...packets,
  ]);
  whole.set(littleEndian(crc(whole), 4), 22);
  return whole;
}

function crc(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) sum = (sum << 1) ^ (sum & 0x8000_0000 ? CRC_POLYNOMIAL : 0);
  }
  return sum;
}
