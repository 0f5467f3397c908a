/**
 * Cuts a long sound into recordings that any transcriber takes, where it is quiet. WeChat's own recordings are a minute at
 * most and stay whole. One piece is held at a time: as WAV 3.8 MB, and again as much in the request's body.
 */
import { WAV_HEADER_BYTES, wavHeader } from "../audio/wav.ts";
import { frameLevels } from "./speech-energy.ts";

const BYTES_PER_SAMPLE = 2;
export const MAX_PIECE_SECONDS = 120;
/** How far back a quiet place is looked for. */
const SEARCHED_SECONDS = 15;
const FRAMES_PER_SECOND = 50;
/** Frames that have to be quiet together: a plosive is silent for 60 ms or so. */
const PAUSE_FRAMES = 10;

export interface Pcm {
  /** 16-bit samples, little-endian, mono. */
  readonly body: ReadableStream<Uint8Array>;
  readonly lengthBytes: number;
  readonly rateHz: number;
}

export interface Piece {
  readonly startSeconds: number;
  readonly durationSeconds: number;
  /** A whole WAV file. */
  readonly wav: Uint8Array<ArrayBuffer>;
  /** Its samples: part of the same memory. */
  readonly pcm: Uint8Array;
}

/** Each piece is good until the next one is asked for. Fails with RangeError where the stream has another length. */
export async function* cutIntoPieces({ body, lengthBytes, rateHz }: Pcm): AsyncGenerator<Piece> {
  const bytesPerSecond = rateHz * BYTES_PER_SAMPLE;
  const maxBytes = MAX_PIECE_SECONDS * bytesPerSecond;
  const file = new Uint8Array(WAV_HEADER_BYTES + Math.min(lengthBytes, maxBytes));
  const samples = file.subarray(WAV_HEADER_BYTES);
  let filled = 0;
  let startBytes = 0;

  function take(pieceBytes: number): Piece {
    file.set(wavHeader(pieceBytes / BYTES_PER_SAMPLE, rateHz));
    return {
      startSeconds: startBytes / bytesPerSecond,
      durationSeconds: pieceBytes / bytesPerSecond,
      wav: file.subarray(0, WAV_HEADER_BYTES + pieceBytes),
      pcm: samples.subarray(0, pieceBytes),
    };
  }

  for await (const chunk of body) {
    let rest: Uint8Array = chunk;
    while (rest.length > 0) {
      const part = rest.subarray(0, samples.length - filled);
      samples.set(part, filled);
      filled += part.length;
      rest = rest.subarray(part.length);
      const isFull = filled === samples.length;
      const isLast = startBytes + filled >= lengthBytes;
      if (isFull && isLast && rest.length > 0)
        throw new RangeError("the sound is longer than it was said to be");
      if (!isFull || isLast) continue;
      const pieceBytes = quietPlace(samples, rateHz);
      yield take(pieceBytes);
      samples.copyWithin(0, pieceBytes, filled);
      filled -= pieceBytes;
      startBytes += pieceBytes;
    }
  }
  if (startBytes + filled !== lengthBytes)
    throw new RangeError("the sound is shorter than it was said to be");
  if (filled > 0) yield take(filled);
}

/** Where the quietest pause near the end has its middle, in bytes. */
function quietPlace(pcm: Uint8Array, rateHz: number): number {
  const frameBytes = Math.floor(rateHz / FRAMES_PER_SECOND) * BYTES_PER_SAMPLE;
  const firstByte = pcm.length - SEARCHED_SECONDS * FRAMES_PER_SECOND * frameBytes;
  const levels = frameLevels(pcm.subarray(firstByte), rateHz);
  let best = levels.length;
  let bestSum = Number.POSITIVE_INFINITY;
  for (let frame = 0; frame + PAUSE_FRAMES <= levels.length; frame++) {
    let sum = 0;
    for (let i = 0; i < PAUSE_FRAMES; i++) sum += levels[frame + i] ?? 0;
    // The later of two that are as quiet: fewer pieces.
    if (sum > bestSum) continue;
    bestSum = sum;
    best = frame + PAUSE_FRAMES / 2;
  }
  return firstByte + best * frameBytes;
}
