/** WAV with whatever codec: chunks of a name, a length and so many bytes, padded to an even number (as in wav.ts). */
import { hasMagic } from "../bytes.ts";
import { fieldsOf, type Reading, see, skip } from "./reading.ts";

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
/** Of the "fmt " chunk, as far as it is looked at. */
const FORMAT_BYTES = 16;
const BYTES_PER_SECOND_AT = 8;

export function* readWav(): Reading {
  yield* skip(RIFF_HEADER_BYTES);
  let bytesPerSecond = 0;
  for (;;) {
    const header = yield* see(CHUNK_HEADER_BYTES);
    if (header.length < CHUNK_HEADER_BYTES) return null;
    const lengthBytes = fieldsOf(header).getUint32(4, true);
    if (hasMagic(header, "data")) {
      // A file that was written into a pipe states more than there is.
      const soundBytes = yield* skip(lengthBytes);
      return bytesPerSecond === 0 ? null : soundBytes / bytesPerSecond;
    }
    let seenBytes = 0;
    if (hasMagic(header, "fmt ")) {
      const format = yield* see(Math.min(lengthBytes, FORMAT_BYTES));
      if (format.length === FORMAT_BYTES)
        bytesPerSecond = fieldsOf(format).getUint32(BYTES_PER_SECOND_AT, true);
      seenBytes = format.length;
    }
    yield* skip(lengthBytes - seenBytes + (lengthBytes % 2));
  }
}
