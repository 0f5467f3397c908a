import { FRAME_BYTES } from "../frames.ts";
import { type Unframer, WECHAT_STREAM } from "./packets.ts";

/**
 * Cuts 60-byte frames. Every one is passed on, whatever is in it: the stride can't be lost, so a damaged frame
 * is the decoder's to conceal. The input is aliased.
 */
export function createBareUnframer(): Unframer {
  return {
    info: WECHAT_STREAM,

    take(input) {
      const frameCount = Math.floor(input.length / FRAME_BYTES);
      const consumedBytes = frameCount * FRAME_BYTES;
      const lengths = new Uint8Array(frameCount).fill(FRAME_BYTES);
      return {
        run: { bytes: input.subarray(0, consumedBytes), lengths },
        consumedBytes,
        neededBytes: FRAME_BYTES,
      };
    },

    end: (rest) => rest.length,
  };
}
