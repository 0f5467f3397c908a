import { oggCrc } from "./crc.ts";
import {
  CHECKSUM_AT,
  FLAGS_AT,
  GRANULE_AT,
  MAX_SEGMENT_BYTES,
  type OggPage,
  PAGE_HEADER_BYTES,
  PAGE_MAGIC,
  SEGMENT_COUNT_AT,
  SEQUENCE_AT,
  SERIAL_AT,
  segmentCount,
} from "./page.ts";

/** The page's bytes, with its checksum. The body must be as long as the lacing says. */
export function writePage(page: OggPage): Uint8Array {
  const bytes = new Uint8Array(PAGE_HEADER_BYTES + page.lacing.length + page.body.length);
  const fields = new DataView(bytes.buffer);
  for (let i = 0; i < PAGE_MAGIC.length; i++) bytes[i] = PAGE_MAGIC.charCodeAt(i);
  fields.setUint8(FLAGS_AT, page.flags);
  fields.setBigInt64(GRANULE_AT, page.granulePosition, true);
  fields.setUint32(SERIAL_AT, page.serial, true);
  fields.setUint32(SEQUENCE_AT, page.sequence, true);
  fields.setUint8(SEGMENT_COUNT_AT, page.lacing.length);
  bytes.set(page.lacing, PAGE_HEADER_BYTES);
  bytes.set(page.body, PAGE_HEADER_BYTES + page.lacing.length);
  fields.setUint32(CHECKSUM_AT, oggCrc(bytes), true);
  return bytes;
}

/** Segment lengths of one packet: as many times 255 as fit, then the rest, 0 to 254. */
export function laces(packetBytes: number): Uint8Array {
  const lacing = new Uint8Array(segmentCount(packetBytes)).fill(MAX_SEGMENT_BYTES);
  lacing[lacing.length - 1] = packetBytes % MAX_SEGMENT_BYTES;
  return lacing;
}
