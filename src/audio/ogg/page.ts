/**
 * One Ogg page (RFC 3533, section 6), little-endian:
 *
 *    0  "OggS"            14  serial number of the stream, 32 bits
 *    4  version, 0        18  sequence number of the page, 32 bits
 *    5  flags             22  checksum, 32 bits
 *    6  granule position  26  number of segments
 *       64 bits           27  segment lengths ("lacing"), then the segments
 *
 * A packet is as many segments of 255 bytes as it fills and one shorter, perhaps empty, that ends it.
 */

export const PAGE_MAGIC = "OggS";
export const PAGE_HEADER_BYTES = 27;
export const MAX_SEGMENTS = 255;
export const MAX_SEGMENT_BYTES = 255;
export const MAX_PAGE_BYTES = PAGE_HEADER_BYTES + MAX_SEGMENTS + MAX_SEGMENTS * MAX_SEGMENT_BYTES;

/** Offsets and flags of the header above. */
export const FLAGS_AT = 5;
export const GRANULE_AT = 6;
export const SERIAL_AT = 14;
export const SEQUENCE_AT = 18;
export const CHECKSUM_AT = 22;
export const SEGMENT_COUNT_AT = 26;

/** The first packet of the page began on the page before. */
export const CONTINUED = 0x01;
export const BEGINS_STREAM = 0x02;
export const ENDS_STREAM = 0x04;

export interface OggPage {
  /** CONTINUED, BEGINS_STREAM and ENDS_STREAM. */
  readonly flags: number;
  /** For Speex: samples per channel up to the end of the last packet that ends here. −1: no packet does. */
  readonly granulePosition: bigint;
  readonly serial: number;
  readonly sequence: number;
  readonly lacing: Uint8Array;
  readonly body: Uint8Array;
}

/** Segments that a packet takes. */
export function segmentCount(packetBytes: number): number {
  return Math.floor(packetBytes / MAX_SEGMENT_BYTES) + 1;
}
