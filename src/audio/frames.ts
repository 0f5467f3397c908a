/**
 * The frames of a WeChat HD voice: wideband Speex at quality 7 and constant bit rate. Every frame has the same
 * size, so the number of samples is known from the number of bytes before anything is decoded.
 */

export const RATE_HZ = 16_000;
export const FRAME_MS = 20;
export const SAMPLES_PER_FRAME = 320;
/** 476 bits and four bits of padding. */
export const FRAME_BYTES = 60;

/** Whole frames in so many bytes of bare frames. */
export function bareFrameCount(lengthBytes: number): number {
  return Math.floor(lengthBytes / FRAME_BYTES);
}

/** Bytes of a last partial frame, which is not decoded. */
export function bareTrailingBytes(lengthBytes: number): number {
  return lengthBytes % FRAME_BYTES;
}

/** PCM samples that so many bytes of bare frames decode to. */
export function bareSampleCount(lengthBytes: number): number {
  return bareFrameCount(lengthBytes) * SAMPLES_PER_FRAME;
}
