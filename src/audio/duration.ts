/**
 * How long a sound lasts that is no Speex of ours, where its file tells without being decoded: by walking its frames or by a
 * field of its header. It is never more than a walk from front to end.
 */
import {
  AMR_FRAME_BYTES,
  AMR_MAGIC_BYTES,
  AMR_WB_FRAME_BYTES,
  AMR_WB_MAGIC_BYTES,
  readAmr,
} from "./duration/amr.ts";
import { readFlac } from "./duration/flac.ts";
import { readMp4 } from "./duration/mp4.ts";
import { aacFrame, mp3Frame, readMpeg } from "./duration/mpeg.ts";
import { opusClock, readOgg, vorbisClock } from "./duration/ogg.ts";
import { createMeter, type DurationMeter, type Reading } from "./duration/reading.ts";
import { readWav } from "./duration/wav.ts";
import type { LooksLike } from "./framing/error.ts";
import { oggSignature } from "./framing/signatures.ts";

export type { DurationMeter } from "./duration/reading.ts";

const READINGS: Partial<Record<LooksLike, () => Reading>> = {
  amr: () => readAmr(AMR_MAGIC_BYTES, AMR_FRAME_BYTES),
  "amr-wb": () => readAmr(AMR_WB_MAGIC_BYTES, AMR_WB_FRAME_BYTES),
  mp3: () => readMpeg(mp3Frame),
  aac: () => readMpeg(aacFrame),
  mp4: readMp4,
  "3gp": readMp4,
  wav: readWav,
  flac: readFlac,
  opus: () => readOgg((packet) => oggSignature(packet) === "opus", opusClock),
  vorbis: () => readOgg((packet) => oggSignature(packet) === "vorbis", vorbisClock),
};

/** For files that come in chunks. Null for kinds whose files don't tell it. */
export function createDurationMeter(looksLike: LooksLike): DurationMeter | null {
  const reading = READINGS[looksLike];
  return reading ? createMeter(reading()) : null;
}

/** In seconds; null where the file doesn't tell. */
export function durationOf(looksLike: LooksLike, file: Uint8Array): number | null {
  const meter = createDurationMeter(looksLike);
  meter?.write(file);
  return meter?.end() ?? null;
}
