import { BEGINS_STREAM, CONTINUED, ENDS_STREAM, type OggPage } from "../../src/audio/ogg/page.ts";
import { laces, writePage } from "../../src/audio/ogg/page-writer.ts";

export const SERIAL = 0xfeed_beef;

/** One page, with only what matters spelled out. */
export function page(fields: Partial<OggPage> & { packets?: readonly Uint8Array[] }): Uint8Array {
  const { packets = [], ...rest } = fields;
  return writePage({
    flags: 0,
    granulePosition: 0n,
    serial: SERIAL,
    sequence: 0,
    lacing: Uint8Array.from(packets.flatMap((packet) => [...laces(packet.length)])),
    body: concat(packets),
    ...rest,
  });
}

/** A header page, then all other packets on pages of `segmentsPerPage` segments, wherever that cuts them. */
export function paginate(packets: readonly Uint8Array[], segmentsPerPage: readonly number[]): Uint8Array[] {
  const [header = new Uint8Array(0), ...others] = packets;
  const pages = [page({ flags: BEGINS_STREAM, packets: [header] })];
  const lacing = others.flatMap((packet) => [...laces(packet.length)]);
  const body = concat(others);
  let segment = 0;
  let offset = 0;
  for (let i = 0; segment < lacing.length; i++) {
    const count = segmentsPerPage[i % segmentsPerPage.length] ?? 1;
    const onPage = lacing.slice(segment, segment + count);
    const length = onPage.reduce((sum, lace) => sum + lace, 0);
    const isContinued = segment > 0 && lacing[segment - 1] === 255;
    const isLast = segment + count >= lacing.length;
    pages.push(
      page({
        flags: (isContinued ? CONTINUED : 0) | (isLast ? ENDS_STREAM : 0),
        sequence: i + 1,
        lacing: Uint8Array.from(onPage),
        body: body.subarray(offset, offset + length),
      }),
    );
    segment += count;
    offset += length;
  }
  return pages;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
