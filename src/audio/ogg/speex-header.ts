/**
 * The first packet of a Speex stream in Ogg, 80 bytes, all numbers 32 bits little-endian:
 *
 *    0  "Speex   "           44  bitstream version, 4     64  frames per packet
 *    8  version, 20 bytes    48  channels                 68  extra header packets
 *   28  header version, 1    52  bits per second, or −1   72  reserved
 *   32  header size, 80      56  samples per frame        76  reserved
 *   36  rate in Hz           60  1 if the bit rate varies
 *   40  mode: 0 narrowband, 1 wideband, 2 ultra-wideband
 *
 * A comment packet follows (vendor and tags, as in Vorbis), then the extra headers, then audio.
 */
import { hasMagic } from "../bytes.ts";
import { FRAME_SAMPLES } from "../frames.ts";
import { FramingError } from "../framing/error.ts";
import type { SpeexStreamInfo } from "../framing/packets.ts";

const MAGIC = "Speex   ";
const HEADER_BYTES = 80;
const BITSTREAM_VERSION = 4;
const VENDOR = "hdvoice";

/** The modes are made for 8, 16 and 32 kHz, but encoders take others too. Rates beyond these are damage. */
const MIN_RATE_HZ = 4_000;
const MAX_RATE_HZ = 96_000;
/** As many as the decoder gives at one go. speexenc packs at most 10. */
const MAX_FRAMES_PER_PACKET = 50;

export interface SpeexHeader {
  readonly info: SpeexStreamInfo;
  /** Packets between this one and the first audio packet, the comment included. */
  readonly skippedPackets: number;
}

export function isSpeexHeader(packet: Uint8Array): boolean {
  return hasMagic(packet, MAGIC);
}

/**
 * The samples are given out at the rate that the header names, as speexdec does it, whatever rate the mode is made for.
 *
 * Ultra-wideband counts as wideband at half its rate: the first two layers of each of its frames are a whole
 * wideband frame, and decoders skip the third. Stereo counts as mono: the packets carry the sum, and the
 * balance as a message that decoders skip.
 */
export function parseSpeexHeader(packet: Uint8Array): SpeexHeader {
  if (packet.length < HEADER_BYTES) throw unsupported("its header is too short");
  const fields = new DataView(packet.buffer, packet.byteOffset, packet.length);
  const mode = fields.getUint32(40, true);
  if (mode > 2) throw unsupported("its mode is none of narrowband, wideband, ultra-wideband");
  if (fields.getUint32(44, true) !== BITSTREAM_VERSION) throw unsupported("its bitstream version is not 4");

  const statedRateHz = fields.getUint32(36, true);
  if (statedRateHz < MIN_RATE_HZ || statedRateHz > MAX_RATE_HZ) {
    throw unsupported("its rate is no rate of speech");
  }
  // Half of 11,025 Hz is no whole number, and a WAV header holds no other.
  const rateHz = mode === 2 ? Math.round(statedRateHz / 2) : statedRateHz;
  // Old files have 0 here and mean 1.
  const framesPerPacket = fields.getUint32(64, true) || 1;
  if (framesPerPacket > MAX_FRAMES_PER_PACKET) throw unsupported("it packs too many frames together");
  return {
    info: { mode: mode === 0 ? "narrowband" : "wideband", rateHz, framesPerPacket },
    skippedPackets: 1 + fields.getUint32(68, true),
  };
}

export function writeSpeexHeader(info: SpeexStreamInfo): Uint8Array {
  const packet = new Uint8Array(HEADER_BYTES);
  const fields = new DataView(packet.buffer);
  writeText(packet, 0, MAGIC);
  writeText(packet, 8, VENDOR);
  fields.setUint32(28, 1, true);
  fields.setUint32(32, HEADER_BYTES, true);
  fields.setUint32(36, info.rateHz, true);
  fields.setUint32(40, info.mode === "narrowband" ? 0 : 1, true);
  fields.setUint32(44, BITSTREAM_VERSION, true);
  fields.setUint32(48, 1, true);
  fields.setInt32(52, -1, true);
  fields.setUint32(56, FRAME_SAMPLES[info.mode], true);
  fields.setUint32(64, info.framesPerPacket, true);
  return packet;
}

/** The vendor's length and name, and no tags. */
export function writeSpeexComment(): Uint8Array {
  const packet = new Uint8Array(4 + VENDOR.length + 4);
  new DataView(packet.buffer).setUint32(0, VENDOR.length, true);
  writeText(packet, 4, VENDOR);
  return packet;
}

export function samplesPerPacket(info: SpeexStreamInfo): number {
  return FRAME_SAMPLES[info.mode] * info.framesPerPacket;
}

function writeText(packet: Uint8Array, offset: number, text: string): void {
  for (let i = 0; i < text.length; i++) packet[offset + i] = text.charCodeAt(i);
}

function unsupported(reason: string): FramingError {
  return new FramingError("speex-unsupported", `the Ogg file has Speex in it, but ${reason}`);
}
