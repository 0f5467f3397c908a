import { joinBytes } from "../bytes.ts";
import { FRAME_BYTES, RATE_HZ } from "../frames.ts";
import { NO_PACKETS, type SpeexStreamInfo, type Unframer } from "./packets.ts";

/** What WeChat sends is wideband, and nothing in a bare stream could say otherwise. */
export const WECHAT_STREAM: SpeexStreamInfo = { mode: "wideband", rateHz: RATE_HZ, framesPerPacket: 1 };

/**
 * Cuts 60-byte frames. Every one is passed on, whatever is in it: the stride can't be lost, so a damaged frame
 * is the decoder's to conceal. The input is aliased unless a frame straddles its start.
 */
export function createBareUnframer(): Unframer {
  const partial = new Uint8Array(FRAME_BYTES);
  let filled = 0;

  return {
    info: WECHAT_STREAM,

    write(chunk) {
      const total = filled + chunk.length;
      const wholeBytes = total - (total % FRAME_BYTES);
      if (wholeBytes === 0) {
        partial.set(chunk, filled);
        filled = total;
        return NO_PACKETS;
      }
      const whole = chunk.subarray(0, wholeBytes - filled);
      const bytes = filled === 0 ? whole : joinBytes([partial.subarray(0, filled), whole]);
      partial.set(chunk.subarray(whole.length));
      filled = total - wholeBytes;
      return { bytes, lengths: new Uint8Array(wholeBytes / FRAME_BYTES).fill(FRAME_BYTES) };
    },

    end: () => filled,
  };
}
