/**
 * Frames of Speex, and those of a WeChat HD voice: wideband at quality 7 and constant bit rate. Each of the latter has the
 * same size, so the number of samples is known from the number of bytes before anything is decoded.
 */

export type SpeexMode = "narrowband" | "wideband";

/**
 * Samples that a frame decodes to. Only the mode decides this: a stream of 22,050 Hz has 320 of them in a wideband frame as
 * well, and its frames last 14.5 ms instead of 20.
 */
export const FRAME_SAMPLES: Record<SpeexMode, number> = { narrowband: 160, wideband: 320 };

/** PCM samples that so many frames decode to. */
export function sampleCount({ mode }: { readonly mode: SpeexMode }, frameCount: number): number {
  return frameCount * FRAME_SAMPLES[mode];
}

/** How long so many frames sound at the rate that the stream names. */
export function durationSeconds(
  stream: { readonly mode: SpeexMode; readonly rateHz: number },
  frameCount: number,
): number {
  return sampleCount(stream, frameCount) / stream.rateHz;
}

export const RATE_HZ = 16_000;
/** At the rates that Speex is made for: 8,000 Hz narrowband, 16,000 Hz wideband. */
export const FRAME_MS = 20;
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
  return bareFrameCount(lengthBytes) * FRAME_SAMPLES.wideband;
}
