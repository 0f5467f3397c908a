/**
 * MP3 and AAC in ADTS: frames, each of which says how long it is (framing/signatures.ts draws their first bits), often with an
 * ID3v2 tag in front and an ID3v1 tag behind.
 */
import { hasMagic, joinBytes } from "../bytes.ts";
import { ID3_HEADER_BYTES, id3LengthBytes } from "../framing/id3.ts";
import { mpegAudio } from "../framing/signatures.ts";
import { type Reading, see, skip, walk } from "./reading.ts";

export interface MpegFrame {
  readonly lengthBytes: number;
  readonly seconds: number;
}

/** What must be seen of a frame: an ADTS header. */
const FRAME_HEADER_BYTES = 7;
const TAGS_BEHIND = ["TAG", "APETAGEX"];
/** The magic of a frame without sound stands behind at most 32 bytes of side information. */
const DIRECTORY_WITHIN_BYTES = 40;

/** kbit/s of layer 3 by the index in the third byte; 0: not stated. First MPEG-1, then MPEG-2 and 2.5. */
const KBITS = [
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const;
/** Hz of MPEG-1 by the index in the third byte. MPEG-2 has the half, MPEG-2.5 a quarter. */
const MP3_RATES_HZ = [44_100, 48_000, 32_000] as const;
const AAC_RATES_HZ = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
] as const;

/** Null where there is no frame of layer 3, or one of unstated length. */
export function mp3Frame(header: Uint8Array): MpegFrame | null {
  const [, second = 0, third = 0] = header;
  const isLayer3 = ((second >> 1) & 3) === 1;
  if (mpegAudio(header) !== "mp3" || !isLayer3) return null;
  // 3: MPEG-1; 2: MPEG-2; 0: MPEG-2.5.
  const version = (second >> 3) & 3;
  const isFirst = version === 3;
  const kbits = KBITS[isFirst ? 0 : 1][third >> 4] ?? 0;
  const rateHz = (MP3_RATES_HZ[(third >> 2) & 3] ?? 0) / (isFirst ? 1 : version === 2 ? 2 : 4);
  const sampleCount = isFirst ? 1_152 : 576;
  const padding = (third >> 1) & 1;
  const lengthBytes = Math.floor((sampleCount / 8) * ((kbits * 1_000) / rateHz)) + padding;
  return kbits === 0 ? null : { lengthBytes, seconds: sampleCount / rateHz };
}

/** Null where there is no frame. */
export function aacFrame(header: Uint8Array): MpegFrame | null {
  if (mpegAudio(header) !== "aac" || header.length < FRAME_HEADER_BYTES) return null;
  const [, , third = 0, fourth = 0, fifth = 0, sixth = 0, seventh = 0] = header;
  const lengthBytes = ((fourth & 3) << 11) | (fifth << 3) | (sixth >> 5);
  const blocks = (seventh & 3) + 1;
  const rateHz = AAC_RATES_HZ[(third >> 2) & 15] ?? 0;
  return lengthBytes < FRAME_HEADER_BYTES ? null : { lengthBytes, seconds: (blocks * 1_024) / rateHz };
}

export function* readMpeg(frameOf: (header: Uint8Array) => MpegFrame | null): Reading {
  let header = yield* see(FRAME_HEADER_BYTES);
  if (hasMagic(header, "ID3")) {
    const tag = joinBytes([header, yield* see(ID3_HEADER_BYTES - header.length)]);
    yield* skip(Math.max(0, id3LengthBytes(tag) - ID3_HEADER_BYTES));
    header = yield* see(FRAME_HEADER_BYTES);
  }
  const first = frameOf(header);
  if (first === null) return null;
  const start = yield* see(Math.min(first.lengthBytes - header.length, DIRECTORY_WITHIN_BYTES));
  const restBytes = first.lengthBytes - header.length - start.length;
  const isWhole = (yield* skip(restBytes)) === restBytes;
  let seconds = isWhole && !isFrameDirectory(start) ? first.seconds : 0;

  let isBroken = false;
  let lastSeconds = 0;
  const { isCutOff } = yield* walk(FRAME_HEADER_BYTES, (bytes, at) => {
    const frame = frameOf(bytes.subarray(at, at + FRAME_HEADER_BYTES));
    isBroken = frame === null && !TAGS_BEHIND.some((magic) => hasMagic(bytes, magic, at));
    lastSeconds = frame?.seconds ?? 0;
    seconds += lastSeconds;
    return frame?.lengthBytes ?? 0;
  });
  if (isBroken) return null;
  return isCutOff ? seconds - lastSeconds : seconds;
}

/** Encoders put a frame without sound in front, which says how many there are. */
function isFrameDirectory(start: Uint8Array): boolean {
  return start.some((_, at) => hasMagic(start, "Xing", at) || hasMagic(start, "Info", at));
}
