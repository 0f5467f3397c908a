/**
 * Takes the framing off a voice, as it arrives: bare 60-byte frames as WeChat sends them, frames with a length byte in
 * front (`audio/x-speex-with-header-byte`), or Ogg. Which of them is told from the first 256 bytes by content, never
 * by a header of the answer that brought them (framing/detect.ts has the rule). However the input is cut into
 * chunks, the same packets come out; between writes at most those 256 bytes, one partial packet or, in Ogg,
 * one page and one packet are kept.
 */
import { joinBytes } from "./bytes.ts";
import { createBareUnframer } from "./framing/bare.ts";
import { detectFraming, type Framing, HEAD_BYTES } from "./framing/detect.ts";
import { createHeaderByteUnframer } from "./framing/header-byte.ts";
import { createOggUnframer } from "./framing/ogg.ts";
import { NO_PACKETS, type PacketRun, type SpeexStreamInfo, type Unframer } from "./framing/packets.ts";

export type { Framing } from "./framing/detect.ts";
export { FramingError, type LooksLike } from "./framing/error.ts";
export type { PacketRun, SpeexStreamInfo } from "./framing/packets.ts";

export interface PacketSplitter {
  /** Null until enough bytes have arrived to tell: 256, or the end. */
  readonly framing: Framing | null;
  /** Null until the framing is known and, for Ogg, the stream's header was read. */
  readonly info: SpeexStreamInfo | null;
  /** Throws FramingError; the splitter is of no use after that. */
  write(chunk: Uint8Array): PacketRun;
  /** `trailingBytes`: a last partial packet, which is left out. Throws FramingError, so for empty input. */
  end(): { run: PacketRun; trailingBytes: number };
}

const UNFRAMERS: Record<Framing, () => Unframer> = {
  bare: createBareUnframer,
  "header-byte": createHeaderByteUnframer,
  ogg: createOggUnframer,
};

export function createPacketSplitter(): PacketSplitter {
  const head = new Uint8Array(HEAD_BYTES);
  let filled = 0;
  let framing: Framing | null = null;
  let unframer: Unframer | null = null;

  function decide(firstBytes: Uint8Array): Unframer {
    framing = detectFraming(firstBytes);
    unframer = UNFRAMERS[framing]();
    return unframer;
  }

  return {
    get framing() {
      return framing;
    },

    get info() {
      return unframer?.info ?? null;
    },

    write(chunk) {
      if (unframer) return unframer.write(chunk);
      if (filled + chunk.length < HEAD_BYTES) {
        head.set(chunk, filled);
        filled += chunk.length;
        return NO_PACKETS;
      }
      const start = filled === 0 ? chunk : joinBytes([head.subarray(0, filled), chunk]);
      return decide(start.subarray(0, HEAD_BYTES)).write(start);
    },

    end() {
      if (unframer) return { run: NO_PACKETS, trailingBytes: unframer.end() };
      const all = head.subarray(0, filled);
      const short = decide(all);
      return { run: short.write(all), trailingBytes: short.end() };
    },
  };
}
