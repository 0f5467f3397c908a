/**
 * A source on its way to a WAV file, decoded once, directly into its buffer, for everybody who reads it meanwhile and for the
 * store; only as far as somebody needs it. Runs inside a keeper.
 */
import { createSoundDecoder, type SoundDecoder } from "../audio/sound.ts";
import speexModule from "../audio/speex/speex.wasm";
import { wavHeader } from "../audio/wav.ts";
import type { Outlook } from "./facts.ts";
import { pcmBytesPerFrame, sampleCountOf, wavBytesOf } from "./form.ts";
import { GrowingBytes } from "./growing-bytes.ts";
import { PacketWalk } from "./packet-walk.ts";
import { Signal } from "./signal.ts";
import type { Source } from "./source.ts";
import { Users } from "./users.ts";

/** Decoded in one turn at most: a minute, some five milliseconds. */
const FRAMES_PER_TURN = 3_000;

export class Decoding {
  readonly users: Users;
  readonly wav: GrowingBytes;
  readonly lengthBytes: number;
  readonly #source: Source;
  readonly #bytesPerFrame: number;
  #wantedBytes = 0;
  #isNeeded = true;
  readonly #changed = new Signal();

  constructor(source: Source, outlook: Outlook, onUnused: () => void) {
    this.#source = source;
    this.#bytesPerFrame = pcmBytesPerFrame(outlook);
    this.lengthBytes = wavBytesOf(outlook);
    this.wav = new GrowingBytes(this.lengthBytes);
    this.wav.append(wavHeader(sampleCountOf(outlook), outlook.rateHz));
    this.users = new Users(() => {
      this.#isNeeded = false;
      this.#changed.give();
      onUnused();
    });
  }

  /** Makes so many bytes of the file, if not more. */
  want(lengthBytes: number): void {
    this.#wantedBytes = Math.max(this.#wantedBytes, lengthBytes);
    this.#changed.give();
  }

  /**
   * Works until the file is whole, or can't be had, or nobody needs it any more. Never rejects: readers get the failure.
   * `pause` lets other requests run.
   */
  async run(pause: () => Promise<void>): Promise<void> {
    let decoder: SoundDecoder | null = null;
    try {
      const packets = new PacketWalk(this.#source);
      while (await this.#isWanted()) {
        const wantedFrames = Math.ceil((this.#wantedBytes - this.wav.length) / this.#bytesPerFrame);
        const run = await packets.next(Math.min(wantedFrames, FRAMES_PER_TURN));
        if (!run) break;
        decoder ??= createSoundDecoder(speexModule, packets.info);
        const { decodeInto } = decoder;
        this.wav.writeInPlace((buffer, at) => decodeInto(buffer, at, run));
        if (wantedFrames > FRAMES_PER_TURN && packets.isAhead) await pause();
      }
      if (this.#isNeeded) this.wav.complete();
    } catch (failure) {
      this.wav.fail(failure);
    } finally {
      decoder?.close();
    }
  }

  /** Waits until more is wanted. False: all is made, or nobody needs more. */
  async #isWanted(): Promise<boolean> {
    while (this.#isNeeded && this.wav.length < this.lengthBytes) {
      if (this.#wantedBytes > this.wav.length) return true;
      await this.#changed.wait();
    }
    return false;
  }
}
