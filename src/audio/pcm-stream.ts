/**
 * Bytes of a voice in any framing → PCM, 16 bits, little-endian, mono. Decodes only as fast as its reader reads: what
 * waits, waits undecoded, because PCM is eleven times as large. At most one second of it is made ahead.
 */
import { createPacketSplitter, type PacketRun, type SpeexStreamInfo } from "./framing.ts";
import { splitRun, turnsOf } from "./packet-run.ts";
import { createDecoder, type SpeexDecoder } from "./speex/decoder.ts";

export interface PcmStreamOptions {
  /** Frames at the start that are decoded, because later ones depend on them, but not given out. Default 0. */
  readonly skipFrames?: number;
}

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
    flush() {
      decoder?.close();
    },
  });

  return { writable: packets.writable, readable: packets.readable.pipeThrough(pcm) };
}
