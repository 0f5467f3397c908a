import { joinBytes } from "../bytes.ts";
import { FramingError } from "./error.ts";
import { startsPacket } from "./frame-shape.ts";
import { type Unframer, WECHAT_STREAM } from "./packets.ts";

const MAX_BLOCK_BYTES = 1 + 255;

/**
 * Takes off the length byte in front of every frame, the framing of `audio/x-speex-with-header-byte`. A wrong length
 * shifts everything after it, so a block that can't be Speex is an error, not noise.
 */
export function createHeaderByteUnframer(): Unframer {
  const partial = new Uint8Array(MAX_BLOCK_BYTES);
  let filled = 0;

  return {
    info: WECHAT_STREAM,

    write(chunk) {
      const input = filled === 0 ? chunk : joinBytes([partial.subarray(0, filled), chunk]);
      const bytes = new Uint8Array(input.length);
      const lengths: number[] = [];
      let written = 0;
      let offset = 0;
      while (offset < input.length) {
        const packet = input.subarray(offset + 1, offset + 1 + (input[offset] ?? 0));
        if (packet.length < (input[offset] ?? 0)) break;
        requireSpeex(packet);
        bytes.set(packet, written);
        written += packet.length;
        lengths.push(packet.length);
        offset += 1 + packet.length;
      }
      partial.set(input.subarray(offset));
      filled = input.length - offset;
      return { bytes: bytes.subarray(0, written), lengths };
    },

    end: () => filled,
  };
}

function requireSpeex(packet: Uint8Array): void {
  if (startsPacket(packet[0] ?? 0xff)) return;
  throw new FramingError("speex-damaged", "a length byte is followed by something that is not Speex");
}
