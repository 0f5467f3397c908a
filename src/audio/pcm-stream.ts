/**
 * Bytes of a voice in any framing → PCM, 16 bits, little-endian, mono. Decodes only as fast as its reader reads: what
 * waits, waits undecoded, because PCM is eleven times as large. At most one second of it is made ahead.
 */
import { createPacketSplitter, type PacketRun, type SpeexStreamInfo } from "./framing.ts";
import { turnsOf } from "./packet-run.ts";
import { createSoundDecoder, type SoundDecoder, type SoundDecoderOptions } from "./sound.ts";

/** To be used as in `source.pipeThrough(createPcmStream(module))`. Fails with FramingError or SpeexDecodeError. */
export function createPcmStream(
  module: WebAssembly.Module,
  options: SoundDecoderOptions = {},
): ReadableWritablePair<Uint8Array, Uint8Array> {
  const splitter = createPacketSplitter();
  let decoder: SoundDecoder | null = null;

  /** Known as soon as there are packets. */
  const info = () => splitter.info as SpeexStreamInfo;

  function* turns(run: PacketRun): Generator<PacketRun> {
    if (run.lengths.length > 0) yield* turnsOf(run, info().framesPerPacket);
  }

  const packets = new TransformStream<Uint8Array, PacketRun>({
    transform(chunk, controller) {
      for (const run of turns(splitter.write(chunk))) controller.enqueue(run);
    },
    flush(controller) {
      for (const run of turns(splitter.end().run)) controller.enqueue(run);
    },
  });

  const pcm = new TransformStream<PacketRun, Uint8Array>({
    transform(run, controller) {
      decoder ??= createSoundDecoder(module, info(), options);
      // What the decoder gives out is a view into its memory, which the next frames overwrite.
      decoder.decode(run, (samples) => controller.enqueue(samples.slice()));
    },
    flush() {
      decoder?.close();
    },
  });

  return { writable: packets.writable, readable: packets.readable.pipeThrough(pcm) };
}
