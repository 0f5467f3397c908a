/**
 * A voice that is read once, as it comes, and given out in some form. Holds one chunk of input and a second of sound,
 * however long the voice is.
 */
import { durationSeconds } from "../../src/audio/frames.ts";
import {
  createPacketSplitter,
  type Framing,
  type PacketRun,
  type SpeexStreamInfo,
} from "../../src/audio/framing.ts";
import { oggSerial } from "../../src/audio/ogg/crc.ts";
import { createOggWriter, type OggWriter } from "../../src/audio/ogg.ts";
import { turnsOf } from "../../src/audio/packet-run.ts";
import { createDecoder, type ModeCount, type SpeexDecoder } from "../../src/audio/speex/decoder.ts";

/** What has been found so far. */
export interface Findings {
  /** Null until enough has been read to tell; so the next. */
  readonly framing: Framing | null;
  readonly info: SpeexStreamInfo | null;
  readonly frames: number;
  readonly seconds: number;
  /** In no known mode: what they held is made up. */
  readonly corruptFrames: number;
  /** Not in the packets that they should be in, and made up as well. Ogg's last packet may lack some. */
  readonly absentFrames: number;
  readonly modes: readonly ModeCount[];
  /** At the end, part of a frame, or of a page in Ogg (which may hold whole frames): left out. */
  readonly trailingBytes: number;
}

/** One of the four generators is used, once. They fail with FramingError, or as the input does. */
export interface Voice {
  readonly findings: Findings;
  /** 16-bit samples, little-endian, mono, at `findings.info.rateHz`. */
  pcm(): AsyncGenerator<Uint8Array>;
  /** The frames as they are, in an Ogg file whose serial number is made of the name. Decoded too, for the findings. */
  ogg(name: string): AsyncGenerator<Uint8Array>;
  /** Gives nothing but turns, so that progress can be shown. */
  scan(): AsyncGenerator<void>;
  /** The same, not even decoded: only the frames are counted. */
  count(): AsyncGenerator<void>;
}

export interface VoiceOptions {
  /** Perceptual enhancement of the decoder. */
  readonly enhance: boolean;
}

export function createVoice(
  module: WebAssembly.Module,
  input: AsyncIterable<Uint8Array>,
  options: VoiceOptions,
): Voice {
  const splitter = createPacketSplitter();
  let decoder: SpeexDecoder | null = null;
  let packetCount = 0;
  let trailingBytes = 0;

  async function* turns(): AsyncGenerator<PacketRun> {
    for await (const chunk of input) yield* counted(splitter.write(chunk));
    const end = splitter.end();
    trailingBytes = end.trailingBytes;
    yield* counted(end.run);
  }

  function* counted(run: PacketRun): Generator<PacketRun> {
    for (const turn of turnsOf(run, splitter.info?.framesPerPacket)) {
      packetCount += turn.lengths.length;
      yield turn;
    }
  }

  /** To be asked for only when packets are there, and so their stream is known. */
  function openDecoder(): SpeexDecoder {
    decoder ??= createDecoder(module, splitter.info as SpeexStreamInfo, options);
    return decoder;
  }

  return {
    get findings() {
      const { framing, info } = splitter;
      const frames = packetCount * (info?.framesPerPacket ?? 0);
      return {
        framing,
        info,
        frames,
        seconds: info === null ? 0 : durationSeconds(info, frames),
        corruptFrames: decoder?.corruptFrames ?? 0,
        absentFrames: decoder?.absentFrames ?? 0,
        modes: decoder?.modes ?? [],
        trailingBytes,
      };
    },

    async *pcm() {
      for await (const turn of turns()) {
        const parts: Uint8Array[] = [];
        openDecoder().decode(turn, (pcm) => parts.push(pcm.slice()));
        yield* parts;
      }
    },

    async *ogg(name) {
      let writer: OggWriter | null = null;
      const open = () =>
        createOggWriter({ serial: oggSerial(name), ...(splitter.info ? { info: splitter.info } : {}) });
      for await (const turn of turns()) {
        openDecoder().skip(turn);
        writer ??= open();
        yield writer.write(turn);
      }
      writer ??= open();
      yield writer.end();
    },

    async *scan() {
      for await (const turn of turns()) {
        openDecoder().skip(turn);
        yield;
      }
    },

    async *count() {
      for await (const _ of turns()) yield;
    },
  };
}

/** What the trailing bytes are, in words. */
export function trailingInWords({ framing, trailingBytes }: Findings): string {
  const bytes = trailingBytes === 1 ? "1 byte" : `${trailingBytes} bytes`;
  return `${bytes} of an incomplete ${framing === "ogg" ? "Ogg page" : "frame"}`;
}
