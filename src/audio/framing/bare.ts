import { joinBytes } from "../bytes.ts";
import { FRAME_BYTES } from "../frames.ts";
import { NO_PACKETS, type Unframer, WECHAT_STREAM } from "./packets.ts";

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
