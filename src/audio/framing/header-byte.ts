import { FramingError } from "./error.ts";
import { fillsPacket, startsPacket } from "./frame-shape.ts";
import { type Unframer, WECHAT_STREAM } from "./packets.ts";

/**
 * Takes off the length byte in front of every frame, the framing of `audio/x-speex-with-header-byte`. A damaged frame is the
 * decoder's to conceal. But a wrong length shifts everything after it, so a block that can't be Speex is an error, not
 * noise, unless whole frames before it were as long.
 */
export function createHeaderByteUnframer(): Unframer {
  /** By length in bytes: 1 where a whole frame had it. */
  const knownLengths = new Uint8Array(256);
  let knowsAny = false;

  return {
    info: WECHAT_STREAM,

    take(input) {
      const bytes = new Uint8Array(input.length);
      const lengths = new Uint8Array(input.length);
      let written = 0;
      let packetCount = 0;
      let offset = 0;
      let neededBytes = 1;
      while (offset < input.length) {
        const end = offset + 1 + (input[offset] ?? 0);
        if (end > input.length) {
          neededBytes = end - offset;
          break;
        }
        const packet = input.subarray(offset + 1, end);
        offset = end;
        // A gap, filled with zeros: no length byte of a frame.
        if (packet.length === 0) continue;
        judge(packet);
        bytes.set(packet, written);
        written += packet.length;
        lengths[packetCount++] = packet.length;
      }
      return {
        run: { bytes: bytes.subarray(0, written), lengths: lengths.subarray(0, packetCount) },
        consumedBytes: offset,
        neededBytes,
      };
    },

    end: (rest) => rest.length,
  };

  function judge(packet: Uint8Array): void {
    if (fillsPacket(packet)) {
      knownLengths[packet.length] = 1;
      knowsAny = true;
    } else if (!startsPacket(packet[0] ?? 0xff) && knowsAny && knownLengths[packet.length] === 0) {
      throw new FramingError("speex-damaged", "a length byte is followed by something that is not Speex");
    }
  }
}
