import { hasMagic } from "../bytes.ts";
import { FramingError } from "../framing/error.ts";
import { oggCrc } from "./crc.ts";
import {
  CHECKSUM_AT,
  FLAGS_AT,
  GRANULE_AT,
  type OggPage,
  PAGE_HEADER_BYTES,
  PAGE_MAGIC,
  SEGMENT_COUNT_AT,
  SEQUENCE_AT,
  SERIAL_AT,
} from "./page.ts";

/** The page's checksum field is zero while its checksum is worked out. */
const NO_CHECKSUM = new Uint8Array(4);

/** Whether a page may start here: the magic and the only version. */
export function startsPage(bytes: Uint8Array): boolean {
  return hasMagic(bytes, PAGE_MAGIC) && bytes[PAGE_MAGIC.length] === 0;
}

/**
 * How many bytes the page that starts here has, or, as long as fewer than that have arrived, how many must be there before
 * more can be said: the header, then the lacing, then the page.
 */
export function pageLengthBytes(bytes: Uint8Array): number {
  if (bytes.length < PAGE_HEADER_BYTES) return PAGE_HEADER_BYTES;
  const bodyAt = PAGE_HEADER_BYTES + (bytes[SEGMENT_COUNT_AT] ?? 0);
  if (bytes.length < bodyAt) return bodyAt;
  let lengthBytes = bodyAt;
  for (let at = PAGE_HEADER_BYTES; at < bodyAt; at++) lengthBytes += bytes[at] ?? 0;
  return lengthBytes;
}

/** `bytes`: a whole page, which the result aliases. Throws FramingError where its checksum is wrong. */
export function readPage(bytes: Uint8Array): OggPage {
  const fields = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const beginning = oggCrc(NO_CHECKSUM, oggCrc(bytes.subarray(0, CHECKSUM_AT)));
  const checksum = oggCrc(bytes.subarray(CHECKSUM_AT + NO_CHECKSUM.length), beginning);
  if (checksum !== fields.getUint32(CHECKSUM_AT, true)) {
    throw new FramingError("ogg-damaged", "an Ogg page does not match its checksum");
  }
  const bodyAt = PAGE_HEADER_BYTES + fields.getUint8(SEGMENT_COUNT_AT);
  return {
    flags: fields.getUint8(FLAGS_AT),
    granulePosition: fields.getBigInt64(GRANULE_AT, true),
    serial: fields.getUint32(SERIAL_AT, true),
    sequence: fields.getUint32(SEQUENCE_AT, true),
    lacing: bytes.subarray(PAGE_HEADER_BYTES, bodyAt),
    body: bytes.subarray(bodyAt),
  };
}
