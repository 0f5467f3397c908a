/** Files of sound that is no Speex, as small as they can be: right in their headers, noise where the sound would be. */

import { BEGINS_STREAM, ENDS_STREAM } from "../../src/audio/ogg/page.ts";
import { concat, page } from "./ogg-pages.ts";

export const text = (characters: string) =>
  Uint8Array.from(characters, (character) => character.charCodeAt(0));

/** Never two bytes in a row that start a frame of MPEG audio. */
export const noise = (lengthBytes: number) =>
  Uint8Array.from({ length: lengthBytes }, (_, i) => (i * 151 + 77) & 0x7f);

/** Frames in these modes. */
export function amr(...modes: readonly number[]): Uint8Array {
  const sizes = [12, 13, 15, 17, 19, 20, 26, 31, 5, 6, 5, 5, 0, 0, 0, 0];
  return concat([text("#!AMR\n"), ...modes.map((mode) => amrFrame(mode, sizes[mode] ?? 0))]);
}

export function amrWb(...modes: readonly number[]): Uint8Array {
  const sizes = [17, 23, 32, 36, 40, 46, 50, 58, 60, 5, 0, 0, 0, 0, 0, 0];
  return concat([text("#!AMR-WB\n"), ...modes.map((mode) => amrFrame(mode, sizes[mode] ?? 0))]);
}

function amrFrame(mode: number, lengthBytes: number): Uint8Array {
  return concat([Uint8Array.of((mode << 3) | 4), noise(lengthBytes)]);
}

/** 16-bit mono at 8,000 Hz, with an odd chunk in front of the sound. `statedBytes`: what the header says. */
export function wav(soundBytes: number, statedBytes = soundBytes, formatTag = 1): Uint8Array {
  const format = fields(
    16,
    [0, 2, formatTag],
    [2, 2, 1],
    [4, 4, 8_000],
    [8, 4, 16_000],
    [12, 2, 2],
    [14, 2, 16],
  );
  const chunks = [
    chunk("JUNK", noise(7)),
    Uint8Array.of(0),
    chunk("fmt ", format),
    chunk("data", noise(soundBytes), statedBytes),
  ];
  return concat([text("RIFF"), fields(4, [0, 4, 0xffff_ffff]), text("WAVE"), ...chunks]);
}

function chunk(name: string, body: Uint8Array, statedBytes = body.length): Uint8Array {
  return concat([text(name), fields(4, [0, 4, statedBytes]), body]);
}

export function flac(rateHz: number, sampleCount: number): Uint8Array {
  const head = new Uint8Array(42);
  head.set(text("fLaC"));
  head.set([0, 0, 0, 34], 4);
  const view = new DataView(head.buffer);
  view.setUint32(18, rateHz * 2 ** 12);
  view.setUint8(21, Math.floor(sampleCount / 2 ** 32));
  view.setUint32(22, sampleCount % 2 ** 32);
  return concat([head, noise(200)]);
}

/** MPEG-1, layer 3, 32 kbit/s, 32,000 Hz: frames of 144 bytes and 36 ms. */
export function mp3(frameCount: number): Uint8Array {
  const frame = concat([Uint8Array.of(0xff, 0xfb, 0x18, 0xc0), noise(140)]);
  return concat(Array.from({ length: frameCount }, () => frame));
}

/** The frame that encoders put in front: no sound. */
export function mp3Directory(): Uint8Array {
  const frame = mp3(1).fill(0, 4);
  frame.set(text("Xing"), 21);
  return frame;
}

/** 16,000 Hz: frames of 64 ms, of these sizes. */
export function aac(...frameBytes: readonly number[]): Uint8Array {
  return concat(
    frameBytes.map((lengthBytes) => {
      const header = [
        0xff,
        0xf1,
        0x60,
        0x40 | (lengthBytes >> 11),
        (lengthBytes >> 3) & 255,
        (lengthBytes & 7) << 5,
        0xfc,
      ];
      return concat([Uint8Array.from(header), noise(lengthBytes - header.length)]);
    }),
  );
}

/** Pages of some size, up to these granule positions. */
export function opus(...granules: readonly number[]): Uint8Array {
  return ogg(
    concat([text("OpusHead"), fields(11, [0, 1, 1], [1, 1, 1], [2, 2, 312], [4, 4, 16_000])]),
    granules,
  );
}

/** At 16,000 Hz. */
export function vorbis(...granules: readonly number[]): Uint8Array {
  return ogg(concat([text("\x01vorbis"), fields(23, [4, 1, 1], [5, 4, 16_000])]), granules);
}

function ogg(head: Uint8Array, granules: readonly number[]): Uint8Array {
  const pages = granules.map((granule, i) =>
    page({
      sequence: i + 1,
      flags: i === granules.length - 1 ? ENDS_STREAM : 0,
      granulePosition: BigInt(granule),
      packets: [noise(300), noise(20)],
    }),
  );
  return concat([page({ flags: BEGINS_STREAM, packets: [head] }), ...pages]);
}

/** Of so many milliseconds, with the sound in front of what describes it. */
export function mp4(ms: number, brand = "M4A "): Uint8Array {
  const header = new Uint8Array(100);
  new DataView(header.buffer).setUint32(12, 1_000);
  new DataView(header.buffer).setUint32(16, ms);
  return concat([box("ftyp", text(brand)), box("mdat", noise(500)), box("moov", box("mvhd", header))]);
}

function box(name: string, body: Uint8Array): Uint8Array {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, 8 + body.length);
  return concat([length, text(name), body]);
}

/** Bytes with numbers in them, little-endian: offset, width, value. */
function fields(
  lengthBytes: number,
  ...values: readonly (readonly [number, 1 | 2 | 4, number])[]
): Uint8Array {
  const bytes = new Uint8Array(lengthBytes);
  for (const [at, width, value] of values) {
    for (let i = 0; i < width; i++) bytes[at + i] = Math.floor(value / 2 ** (8 * i)) & 255;
  }
  return bytes;
}
