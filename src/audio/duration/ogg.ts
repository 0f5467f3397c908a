/**
 * Opus and Vorbis in Ogg: the granule position of the stream's last page counts the samples up to its end (RFC 7845 §4, RFC 5334).
 * The pages are not checked. What was cut off at the front, as of a recorded broadcast, counts as well.
 */

import { GRANULE_AT, PAGE_HEADER_BYTES, SEGMENT_COUNT_AT, SERIAL_AT } from "../ogg/page.ts";
import { startsPage } from "../ogg/page-reader.ts";
import { fieldsOf, type Reading, see, skip } from "./reading.ts";

/** How a codec counts: as its first packet says. */
export interface GranuleClock {
  readonly rateHz: number;
  /** Samples in front that are not played. */
  readonly preskip: number;
}

/** What must be seen of a stream's first packet. */
const FIRST_PACKET_BYTES = 16;

/** Opus counts at 48 kHz, whatever went in. */
export function opusClock(packet: Uint8Array): GranuleClock {
  return { rateHz: 48_000, preskip: fieldsOf(packet).getUint16(10, true) };
}

export function vorbisClock(packet: Uint8Array): GranuleClock {
  return { rateHz: fieldsOf(packet).getUint32(12, true), preskip: 0 };
}

export function* readOgg(
  isStream: (packet: Uint8Array) => boolean,
  clockOf: (packet: Uint8Array) => GranuleClock,
): Reading {
  let stream: { readonly serial: number; readonly clock: GranuleClock } | null = null;
  let granule = 0;
  for (;;) {
    const header = yield* see(PAGE_HEADER_BYTES);
    if (header.length < PAGE_HEADER_BYTES || !startsPage(header)) break;
    const segmentCount = header[SEGMENT_COUNT_AT] ?? 0;
    const lacing = yield* see(segmentCount);
    let bodyBytes = lacing.reduce((sum, segmentBytes) => sum + segmentBytes, 0);
    const fields = fieldsOf(header);
    const serial = fields.getUint32(SERIAL_AT, true);
    if (stream === null) {
      const packet = yield* see(Math.min(bodyBytes, FIRST_PACKET_BYTES));
      bodyBytes -= packet.length;
      if (packet.length === FIRST_PACKET_BYTES && isStream(packet))
        stream = { serial, clock: clockOf(packet) };
    }
    if ((yield* skip(bodyBytes)) < bodyBytes) break;
    const position = Number(fields.getBigInt64(GRANULE_AT, true));
    if (serial === stream?.serial && position >= 0) granule = position;
  }
  if (stream === null || stream.clock.rateHz === 0) return null;
  return Math.max(0, granule - stream.clock.preskip) / stream.clock.rateHz;
}
