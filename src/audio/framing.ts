/**
 * Takes the framing off a voice: bare 60-byte frames as WeChat sends them, frames with a length byte in front
 * (`audio/x-speex-with-header-byte`), or Ogg, with or without an ID3 tag in front. Which of them it is, is decided by content,
 * never by
 * a header of the answer that brought them (framing/detect.ts has the rule): from the first 256 bytes where those
 * are as they should be, and from up to 64 KiB where they are damaged.
 *
 * The voice comes in chunks (createPacketSplitter) or in a buffer that grows (createPacketFinder). However it comes, the
 * same packets come out. What can't be used yet waits: those first bytes, a partial packet or, in Ogg, one page and one packet.
 */
import { createAnyUnframer } from "./framing/any.ts";
import { createArrivals } from "./framing/arrivals.ts";
import { type Framing, NO_PACKETS, type PacketRun, type SpeexStreamInfo } from "./framing/packets.ts";

export { FramingError, type LooksLike } from "./framing/error.ts";
export type { Framing, PacketRun, SpeexStreamInfo } from "./framing/packets.ts";

interface Findings {
  /** Null until enough bytes have arrived to tell, or the end. */
  readonly framing: Framing | null;
  /** Null until the framing is known and, for Ogg, the stream's header was read. */
  readonly info: SpeexStreamInfo | null;
}

interface Ending {
  readonly run: PacketRun;
  /** Of a last partial packet (or page), which is left out. */
  readonly trailingBytes: number;
}

export interface PacketSplitter extends Findings {
  /** The run may alias the chunk, and is to be used before the next write. Throws FramingError, and can't be used after that. */
  write(chunk: Uint8Array): PacketRun;
  /** Throws FramingError, so for empty input. */
  end(): Ending;
}

export function createPacketSplitter(): PacketSplitter {
  const unframer = createAnyUnframer();
  const arrivals = createArrivals();
  let neededBytes = 1;

  return {
    get framing() {
      return unframer.framing;
    },

    get info() {
      return unframer.info;
    },

    write(chunk) {
      const input = arrivals.add(chunk);
      const taken = input.length < neededBytes ? null : unframer.take(input);
      arrivals.consume(taken?.consumedBytes ?? 0);
      neededBytes = taken?.neededBytes ?? neededBytes;
      return taken?.run ?? NO_PACKETS;
    },

    end: () => unframer.finish(arrivals.waiting),
  };
}

export interface PacketFinder extends Findings {
  /**
   * `arrived`: the voice from its first byte on, as far as it has come: longer each time, in the same buffer or another. Gives
   * the packets that have become whole since the last time. The run may alias these bytes, and is good as long as they
   * are. Throws FramingError.
   */
  find(arrived: Uint8Array): PacketRun;
  /** `whole`: all of the voice. Gives the packets since the last `find`. Throws FramingError, so for empty input. */
  end(whole: Uint8Array): Ending;
}

/** For a voice that is kept whole anyway: nothing of it is copied but packets that don't lie side by side. */
export function createPacketFinder(): PacketFinder {
  const unframer = createAnyUnframer();
  let position = 0;
  let neededBytes = 1;

  return {
    get framing() {
      return unframer.framing;
    },

    get info() {
      return unframer.info;
    },

    find(arrived) {
      if (arrived.length - position < neededBytes) return NO_PACKETS;
      const taken = unframer.take(arrived.subarray(position));
      position += taken.consumedBytes;
      neededBytes = taken.neededBytes;
      return taken.run;
    },

    end: (whole) => unframer.finish(whole.subarray(position)),
  };
}
