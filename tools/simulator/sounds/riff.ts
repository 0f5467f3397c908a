/** RIFF WAVE files: plain samples, and Speex packets under the format tag that was registered for them. */
import { concatenate, littleEndian, noise, utf8 } from "../bytes.ts";
import { frameSamples, speexHeader, speexPackets } from "./speex.ts";

const PCM_TAG = 1;
const SPEEX_TAG = 0xa109;
const RATE_HZ = 16_000;

/** 16 bits, mono, 16 kHz, quiet noise. */
export function riffPcm(seconds: number): Uint8Array<ArrayBuffer> {
  const samples = noise(Math.round(seconds * RATE_HZ) * 2).map((byte, index) => (index % 2 === 0 ? byte : 0));
  return riff([chunk("fmt ", format(PCM_TAG, RATE_HZ * 2, 2, 16)), chunk("data", samples)]);
}

/** As ffmpeg writes it: the header of an Ogg Speex stream behind the format, and the number of samples. */
export function riffSpeex(frameCount: number): Uint8Array<ArrayBuffer> {
  const packets = speexPackets("wideband", frameCount);
  const extra = speexHeader("wideband", RATE_HZ, 1);
  const sampleCount = frameCount * frameSamples("wideband");
  return riff([
    chunk("fmt ", concatenate([format(SPEEX_TAG, 3_000, 60, 16), littleEndian(extra.length, 2), extra])),
    chunk("fact", littleEndian(sampleCount, 4)),
    chunk("data", concatenate(packets.map(({ bytes }) => bytes))),
  ]);
}

/** Tag, one channel, rate, bytes a second, bytes of a block, bits of a sample. */
function format(
  tag: number,
  bytesPerSecond: number,
  blockBytes: number,
  sampleBits: number,
): Uint8Array<ArrayBuffer> {
  return concatenate([
    ...[tag, 1].map((number) => littleEndian(number, 2)),
    ...[RATE_HZ, bytesPerSecond].map((number) => littleEndian(number, 4)),
    ...[blockBytes, sampleBits].map((number) => littleEndian(number, 2)),
  ]);
}

/** Filled up to an even length, which its own length doesn't count. */
function chunk(name: string, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const filling = content.length % 2 === 0 ? [] : [0];
  return concatenate([utf8(name), littleEndian(content.length, 4), content, filling]);
}

function riff(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const content = concatenate([utf8("WAVE"), ...chunks]);
  return concatenate([utf8("RIFF"), littleEndian(content.length, 4), content]);
}
