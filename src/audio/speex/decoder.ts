/**
 * The typed face of the Speex module: packets in, 16-bit little-endian PCM out. It knows of no container, no HTTP, no
 * runtime: the compiled module is an argument. One decoder decodes one stream, in 192 KiB of memory however long
 * that is. README.md explains the format.
 */
import { giveMemoryBack, takeMemory } from "./memory-pool.ts";

/** Changes whenever the samples that come out do: part of whatever names a stored result. */
export const DECODER_VERSION = 2;

export interface SpeexFormat {
  readonly mode: "narrowband" | "wideband";
  /** 1..50. A packet always gives this many frames; those it doesn't hold are concealed. */
  readonly framesPerPacket: number;
}

/** Whole packets, one after another: `lengths` has each one's length in bytes. An empty packet was lost. */
export interface SpeexPackets {
  readonly bytes: Uint8Array;
  readonly lengths: ArrayLike<number>;
}

export interface SpeexOptions {
  /** Perceptual enhancement, as WeChat's own player has it. On unless false. */
  readonly enhance?: boolean;
}

/** How many frames there were of a pair of sub-modes (README.md, "Sub-modes"). */
export interface ModeCount {
  readonly narrowband: number;
  readonly highBand: number;
  readonly frames: number;
}

/** Receives PCM, s16le, one second at the most. A view into the decoder's memory: it is valid until the call returns. */
export type PcmSink = (pcm: Uint8Array) => void;

export interface SpeexDecoder {
  readonly rateHz: number;
  /** Samples that a frame gives, always. */
  readonly frameSamples: number;
  decode(packets: SpeexPackets, onPcm: PcmSink): void;
  /** Decodes without giving PCM out, a quarter faster: what follows is the same as after `decode`. */
  skip(packets: SpeexPackets): void;
  /** Makes up frames that never arrived. */
  conceal(frameCount: number, onPcm: PcmSink): void;
  /** Frames that could not be understood, and were made up. */
  readonly corruptFrames: number;
  /** Frames that their packet did not hold (too short, terminated, empty), and were made up. */
  readonly absentFrames: number;
  /** The modes found so far, those that occurred. */
  readonly modes: ModeCount[];
  /**
   * Ends this decoder, at any point of its stream, and gives its memory to a later one. What `onPcm` was given must have been
   * copied by then. One that is never closed is left to the collector, with its memory.
   */
  close(): void;
}

/** The module trapped. It is not meant to, whatever it is fed; the decoder is of no further use. */
export class SpeexDecodeError extends Error {
  override readonly name = "SpeexDecodeError";
}

/** What wasm/index.ts exports. */
interface SpeexExports {
  inputAddress(): number;
  inputBytes(): number;
  lengthsAddress(): number;
  outputAddress(): number;
  framesPerCall(): number;
  modeCountsAddress(): number;
  corruptFrameCount(): number;
  absentFrameCount(): number;
  setUp(isWideband: boolean, isEnhancing: boolean, framesPerPacket: number): void;
  decode(packetCount: number, silent: boolean): void;
  conceal(frameCount: number, silent: boolean): void;
}

const HIGH_BAND_MODES = 5;
const MODE_PAIRS = 9 * HIGH_BAND_MODES;

export function createDecoder(
  module: WebAssembly.Module,
  format: SpeexFormat,
  options: SpeexOptions = {},
): SpeexDecoder {
  const memory = takeMemory();
  const wasm = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as SpeexExports;
  const { framesPerPacket } = format;
  const framesPerCall = wasm.framesPerCall();
  if (!Number.isInteger(framesPerPacket) || framesPerPacket < 1 || framesPerPacket > framesPerCall)
    throw new RangeError(`framesPerPacket is ${framesPerPacket}, not 1..${framesPerCall}`);
  const wideband = format.mode === "wideband";
  const frameSamples = wideband ? 320 : 160;
  const packetsPerCall = Math.floor(framesPerCall / framesPerPacket);

  // The module's memory never grows, so that these views stay good.
  const { buffer } = memory;
  const input = new Uint8Array(buffer, wasm.inputAddress(), wasm.inputBytes());
  const lengths = new Uint32Array(buffer, wasm.lengthsAddress(), packetsPerCall);
  const output = new Uint8Array(buffer, wasm.outputAddress(), framesPerCall * frameSamples * 2);
  let modeCounts = new Uint32Array(buffer, wasm.modeCountsAddress(), MODE_PAIRS);
  wasm.setUp(wideband, options.enhance ?? true, framesPerPacket);

  let trap: SpeexDecodeError | null = null;
  let closed = false;

  function assertUsable(): void {
    if (trap) throw trap;
    if (closed) throw new TypeError("The decoder is closed: its memory is another's");
  }

  function guard(run: () => void): void {
    try {
      run();
    } catch (cause) {
      trap = new SpeexDecodeError("The Speex module trapped", { cause });
      throw trap;
    }
  }

  function give(frameCount: number, onPcm: PcmSink | null): void {
    if (onPcm) onPcm(output.subarray(0, frameCount * frameSamples * 2));
  }

  function run({ bytes, lengths: packetLengths }: SpeexPackets, onPcm: PcmSink | null): void {
    const packetCount = packetLengths.length;
    let start = 0;
    for (let next = 0; next < packetCount; ) {
      assertUsable();
      // As many packets as fit, copied in one go. One that is longer than all the room is cut: no frame is that long.
      let end = start;
      let taken = 0;
      for (; taken < packetsPerCall && next < packetCount; taken++, next++) {
        const length = packetLengths[next] ?? 0;
        if (taken > 0 && end + length - start > input.length) break;
        lengths[taken] = Math.max(0, Math.min(length, input.length, bytes.length - end));
        end += length;
      }
      input.set(bytes.subarray(start, Math.min(end, start + input.length)));
      guard(() => wasm.decode(taken, onPcm === null));
      give(taken * framesPerPacket, onPcm);
      start = end;
    }
  }

  return {
    rateHz: wideband ? 16_000 : 8_000,
    frameSamples,
    decode: run,
    skip: (packets) => run(packets, null),
    conceal(frameCount, onPcm) {
      for (let left = frameCount; left > 0; left -= framesPerCall) {
        assertUsable();
        const count = Math.min(left, framesPerCall);
        guard(() => wasm.conceal(count, false));
        give(count, onPcm);
      }
    },
    get corruptFrames() {
      return wasm.corruptFrameCount();
    },
    get absentFrames() {
      return wasm.absentFrameCount();
    },
    get modes() {
      return Array.from(modeCounts, (frames, pair) => ({
        narrowband: Math.floor(pair / HIGH_BAND_MODES),
        highBand: pair % HIGH_BAND_MODES,
        frames,
      })).filter(({ frames }) => frames > 0);
    },
    close() {
      if (closed) return;
      closed = true;
      modeCounts = modeCounts.slice();
      giveMemoryBack(memory);
    },
  };
}
