/** Packets of one voice → PCM, 16 bits, little-endian, mono, from its first frame on or from a later one. */
import { FRAME_SAMPLES } from "./frames.ts";
import type { PacketRun, SpeexStreamInfo } from "./framing.ts";
import { splitRun } from "./packet-run.ts";
import { createDecoder, type PcmSink } from "./speex/decoder.ts";

export interface SoundDecoder {
  /** Gives out what is not skipped. A view into the decoder's memory: the next frames overwrite it. */
  decode(run: PacketRun, onPcm: PcmSink): void;
  /** Writes it behind the first `at` bytes of `target`, and returns where it ends. RangeError if it does not fit. */
  decodeInto(target: Uint8Array, at: number, run: PacketRun): number;
  /** Gives the decoder's memory to a later one. This one can't be used any more. */
  close(): void;
}

export interface SoundDecoderOptions {
  /** Frames at the start that are decoded, because later ones depend on them, but not given out. Default 0. */
  readonly skipFrames?: number;
}

const BYTES_PER_SAMPLE = 2;

/** Fails with SpeexDecodeError. */
export function createSoundDecoder(
  module: WebAssembly.Module,
  info: SpeexStreamInfo,
  { skipFrames = 0 }: SoundDecoderOptions = {},
): SoundDecoder {
  const decoder = createDecoder(module, info);
  const { framesPerPacket } = info;
  let packetsToSkip = Math.floor(skipFrames / framesPerPacket);
  /** Of the first packet that is not skipped as a whole. */
  let bytesToDrop = (skipFrames % framesPerPacket) * FRAME_SAMPLES[info.mode] * BYTES_PER_SAMPLE;

  function decode(run: PacketRun, onPcm: PcmSink): void {
    const skipped = Math.min(packetsToSkip, run.lengths.length);
    const [before, rest] = skipped === 0 ? [null, run] : splitRun(run, skipped);
    if (before) decoder.skip(before);
    packetsToSkip -= skipped;
    if (rest.lengths.length === 0) return;
    decoder.decode(rest, (pcm) => {
      const dropped = Math.min(bytesToDrop, pcm.length);
      bytesToDrop -= dropped;
      if (dropped < pcm.length) onPcm(pcm.subarray(dropped));
    });
  }

  return {
    decode,
    decodeInto(target, at, run) {
      let end = at;
      decode(run, (pcm) => {
        target.set(pcm, end);
        end += pcm.length;
      });
      return end;
    },

    close: () => decoder.close(),
  };
}
