/**
 * MP4 and 3GP (ISO/IEC 14496-12): boxes, each a length of 32 bits and a name, big-endian. The duration stands in "mvhd" inside
 * "moov", in units that it names. A length of 1 stands for one of 64 bits behind the name, 0 for "until the end".
 */
import { hasMagic } from "../bytes.ts";
import { fieldsOf, type Reading, see, skip } from "./reading.ts";

const BOX_HEADER_BYTES = 8;
const LONG_LENGTH_BYTES = 8;
/** "mvhd" up to its duration, in the version with times of 64 bits. The version with 32 bits is as long with its next field. */
const MOVIE_HEADER_BYTES = 32;

export function* readMp4(): Reading {
  for (;;) {
    const header = yield* see(BOX_HEADER_BYTES);
    if (header.length < BOX_HEADER_BYTES) return null;
    if (hasMagic(header, "moov", 4)) continue;
    if (hasMagic(header, "mvhd", 4)) return movieSeconds(yield* see(MOVIE_HEADER_BYTES));
    let lengthBytes = fieldsOf(header).getUint32(0) - BOX_HEADER_BYTES;
    if (lengthBytes === 1 - BOX_HEADER_BYTES) {
      const long = yield* see(LONG_LENGTH_BYTES);
      if (long.length < LONG_LENGTH_BYTES) return null;
      lengthBytes = Number(fieldsOf(long).getBigUint64(0)) - BOX_HEADER_BYTES - LONG_LENGTH_BYTES;
    }
    // A box that goes on until the end, or a length that can't be.
    if (lengthBytes < 0) return null;
    yield* skip(lengthBytes);
  }
}

/** Null where it is not stated, as in a file of fragments. */
function movieSeconds(movieHeader: Uint8Array): number | null {
  if (movieHeader.length < MOVIE_HEADER_BYTES) return null;
  const fields = fieldsOf(movieHeader);
  const isLong = fields.getUint8(0) === 1;
  const unitsPerSecond = fields.getUint32(isLong ? 20 : 12);
  const units = isLong ? Number(fields.getBigUint64(24)) : fields.getUint32(16);
  return unitsPerSecond === 0 || units === 0 ? null : units / unitsPerSecond;
}
