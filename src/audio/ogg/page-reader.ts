import { hasMagic } from "../bytes.ts";
import { FramingError } from "../framing/error.ts";
import { oggCrc } from "./crc.ts";
import {
  CHECKSUM_AT,
  FLAGS_AT,
  GRANULE_AT,
  MAX_PAGE_BYTES,
  type OggPage,
  PAGE_HEADER_BYTES,
  PAGE_MAGIC,
  SEGMENT_COUNT_AT,
  SEQUENCE_AT,
  SERIAL_AT,
} from "./page.ts";

export interface PageReader {
  /** Bytes of a page that has not arrived whole. */
  readonly pendingBytes: number;
  /** Throws FramingError where there is no page, or one with a wrong checksum. */
  write(chunk: Uint8Array): void;
}

/**
 * Gathers whole pages from chunks that may be cut anywhere. A page is handed on after its checksum was verified,
 * and stays valid only until `onPage` returns: one buffer serves them all.
 */
export function createPageReader(onPage: (page: OggPage) => void): PageReader {
  const buffer = new Uint8Array(MAX_PAGE_BYTES);
  let filled = 0;

  return {
    get pendingBytes() {
      return filled;
    },

    write(chunk) {
      let offset = 0;
      while (offset < chunk.length) {
        const part = chunk.subarray(offset, offset + neededBytes(buffer, filled) - filled);
        buffer.set(part, filled);
        filled += part.length;
        offset += part.length;
        if (filled === PAGE_HEADER_BYTES) requirePage(buffer);
        if (filled < neededBytes(buffer, filled)) continue;
        onPage(parsePage(buffer.subarray(0, filled)));
        filled = 0;
      }
    },
  };
}

/** How many bytes must have arrived before more can be said: the header, then the lacing, then the page. */
function neededBytes(page: Uint8Array, filled: number): number {
  if (filled < PAGE_HEADER_BYTES) return PAGE_HEADER_BYTES;
  const bodyAt = PAGE_HEADER_BYTES + (page[SEGMENT_COUNT_AT] ?? 0);
  if (filled < bodyAt) return bodyAt;
  let lengthBytes = bodyAt;
  for (const segmentBytes of page.subarray(PAGE_HEADER_BYTES, bodyAt)) lengthBytes += segmentBytes;
  return lengthBytes;
}

function requirePage(header: Uint8Array): void {
  if (hasMagic(header, PAGE_MAGIC) && header[PAGE_MAGIC.length] === 0) return;
  throw new FramingError(
    "ogg-damaged",
    "the Ogg data has something other than a page where a page should start",
  );
}

function parsePage(page: Uint8Array): OggPage {
  const fields = new DataView(page.buffer, page.byteOffset, page.length);
  const checksum = fields.getUint32(CHECKSUM_AT, true);
  fields.setUint32(CHECKSUM_AT, 0);
  if (oggCrc(page) !== checksum) {
    throw new FramingError("ogg-damaged", "an Ogg page does not match its checksum");
  }
  const bodyAt = PAGE_HEADER_BYTES + fields.getUint8(SEGMENT_COUNT_AT);
  return {
    flags: fields.getUint8(FLAGS_AT),
    granulePosition: fields.getBigInt64(GRANULE_AT, true),
    serial: fields.getUint32(SERIAL_AT, true),
    sequence: fields.getUint32(SEQUENCE_AT, true),
    lacing: page.subarray(PAGE_HEADER_BYTES, bodyAt),
    body: page.subarray(bodyAt),
  };
}
