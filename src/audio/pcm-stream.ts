/**
 * Bytes of a voice in any framing → PCM, 16 bits, little-endian, mono. Decodes only as fast as its reader reads: what
 * waits, waits undecoded, because PCM is eleven times as large. At most one second of it is made ahead.
 */
import { createPacketSplitter, type PacketRun, type SpeexStreamInfo } from "./framing.ts";
import { createDecoder, type SpeexDecoder } from "./speex/decoder.ts";

export interface PcmStreamOptions {
  /** Frames at the start that are decoded, because later ones depend on them, but not given out. Default 0. */
  readonly skipFrames?: number;
}

/** Frames decoded at one go: a second. The first ones of a stream go out as soon as they are there. */
const FRAMES_PER_TURN = 50;

/** To be used as in `source.pipeThrough(createPcmStream(module))`. Fails with FramingError or SpeexDecodeError. */
export function createPcmStream(
  module: WebAssembly.Module,
  { skipFrames = 0 }: PcmStreamOptions = {},
): ReadableWritablePair<Uint8Array, Uint8Array> {
  const splitter = createPacketSplitter();
  let decoder: SpeexDecoder | null = null;
  let framesToSkip = skipFrames;

  const packets = new TransformStream<Uint8Array, PacketRun>({
    transform(chunk, controller) {
      for (const run of turnsOf(splitter.write(chunk))) controller.enqueue(run);
    },
    flush(controller) {
      for (const run of turnsOf(splitter.end().run)) controller.enqueue(run);
    },
  });

  const pcm = new TransformStream<PacketRun, Uint8Array>({
    transform(run, controller) {
      const info = splitter.info as SpeexStreamInfo;
      decoder ??= createDecoder(module, info);
      const skipped = Math.min(Math.floor(framesToSkip / info.framesPerPacket), run.lengths.length);
      let rest = run;
      if (skipped > 0) {
        const [before, after] = splitRun(run, skipped);
        decoder.skip(before);
        framesToSkip -= skipped * info.framesPerPacket;
        rest = after;
      }
      // What the decoder gives out is a view into its memory, which the next frames overwrite.
      decoder.decode(rest, (samples) => controller.enqueue(samples.slice()));
    },
  });

  return { writable: packets.writable, readable: packets.readable.pipeThrough(pcm) };
}

function* turnsOf({ bytes, lengths }: PacketRun): Generator<PacketRun> {
  let offset = 0;
  for (let next = 0; next < lengths.length; next += FRAMES_PER_TURN) {
    const turn = sliceLengths(lengths, next, next + FRAMES_PER_TURN);
    const end = offset + sum(turn);
    yield { bytes: bytes.subarray(offset, end), lengths: turn };
    offset = end;
  }
}

/** The first `count` packets, and those behind them. */
function splitRun({ bytes, lengths }: PacketRun, count: number): [PacketRun, PacketRun] {
  const first = sliceLengths(lengths, 0, count);
  const boundary = sum(first);
  return [
    { bytes: bytes.subarray(0, boundary), lengths: first },
    { bytes: bytes.subarray(boundary), lengths: sliceLengths(lengths, count, lengths.length) },
  ];
}

function sliceLengths(lengths: ArrayLike<number>, from: number, to: number): number[] {
  return Array.prototype.slice.call(lengths, from, to);
}

function sum(lengths: readonly number[]): number {
  return lengths.reduce((total, length) => total + length, 0);
}
