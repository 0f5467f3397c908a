/**
 * Puts Speex packets into Ogg as they are, without decoding them: a header page, a comment page, then about one page
 * a second (RFC 3533; the packets are those of ogg/speex-header.ts). The same packets and serial number
 * give the same bytes however they arrive, and the length of the file is known before its first byte.
 *
 * Every page's granule position is the number of samples so far, all frames counted in full. An encoder would
 * subtract its look-ahead, and players would drop so many samples at the start; how much WeChat's encoder
 * looked ahead nobody knows, so nothing is dropped, and an Ogg lasts as long as the WAV of the same voice.
 */
import { joinBytes } from "./bytes.ts";
import { FRAME_BYTES, FRAME_MS } from "./frames.ts";
import { type PacketRun, type SpeexStreamInfo, WECHAT_STREAM } from "./framing/packets.ts";
import {
  BEGINS_STREAM,
  ENDS_STREAM,
  MAX_SEGMENT_BYTES,
  MAX_SEGMENTS,
  PAGE_HEADER_BYTES,
  segmentCount,
} from "./ogg/page.ts";
import { laces, writePage } from "./ogg/page-writer.ts";
import { samplesPerPacket, writeSpeexComment, writeSpeexHeader } from "./ogg/speex-header.ts";

/** 50 packets of one frame, and not less than one packet: a page lasts about a second. */
const PAGE_MS = 1_000;

export interface OggWriter {
  /** The pages that are complete now, and at first the header pages. Often empty. */
  write(run: PacketRun): Uint8Array;
  /** The last page, marked as such. */
  end(): Uint8Array;
}

export interface OggWriterOptions {
  /** Distinguishes this stream from others, 32 bits: oggSerial() of a name, so that the same voice is the same file. */
  readonly serial: number;
  /** Default: what WeChat sends. */
  readonly info?: SpeexStreamInfo;
}

export function createOggWriter({ serial, info = WECHAT_STREAM }: OggWriterOptions): OggWriter {
  const packetsPerPage = packetsInFullPage(info);
  const lacing = new Uint8Array(MAX_SEGMENTS);
  const body = new Uint8Array(MAX_SEGMENTS * MAX_SEGMENT_BYTES);
  let segments = 0;
  let bodyBytes = 0;
  let packetsOnPage = 0;
  let packetCount = 0;
  let sequence = 0;

  /** Ends the page. It is written when the next packet comes, so that the last one is never an empty page. */
  function closePage(flags: number): Uint8Array {
    const page = writePage({
      flags,
      granulePosition: BigInt(packetCount * samplesPerPacket(info)),
      serial,
      sequence: sequence++,
      lacing: lacing.subarray(0, segments),
      body: body.subarray(0, bodyBytes),
    });
    segments = 0;
    bodyBytes = 0;
    packetsOnPage = 0;
    return page;
  }

  function append(packet: Uint8Array): void {
    lacing.set(laces(packet.length), segments);
    body.set(packet, bodyBytes);
    segments += segmentCount(packet.length);
    bodyBytes += packet.length;
    packetsOnPage++;
  }

  function headerPages(): Uint8Array[] {
    if (sequence > 0) return [];
    append(writeSpeexHeader(info));
    const header = closePage(BEGINS_STREAM);
    append(writeSpeexComment());
    return [header, closePage(0)];
  }

  return {
    write({ bytes, lengths }) {
      const pages = headerPages();
      let offset = 0;
      for (let i = 0; i < lengths.length; i++) {
        const packet = bytes.subarray(offset, offset + (lengths[i] ?? 0));
        offset += packet.length;
        requireFits(packet.length);
        const isFull =
          packetsOnPage === packetsPerPage || segments + segmentCount(packet.length) > MAX_SEGMENTS;
        if (isFull) pages.push(closePage(0));
        append(packet);
        packetCount++;
      }
      return joinBytes(pages);
    },

    end: () => joinBytes([...headerPages(), closePage(ENDS_STREAM)]),
  };
}

/** Length of the file that createOggWriter makes of packets of these lengths. */
export function oggLengthBytes(packetLengths: ArrayLike<number>, info = WECHAT_STREAM): number {
  const packetsPerPage = packetsInFullPage(info);
  let lengthBytes = headerPagesBytes(info) + PAGE_HEADER_BYTES;
  let segments = 0;
  let packetsOnPage = 0;
  for (let i = 0; i < packetLengths.length; i++) {
    const packetBytes = packetLengths[i] ?? 0;
    const packetSegments = segmentCount(packetBytes);
    requireFits(packetBytes);
    if (packetsOnPage === packetsPerPage || segments + packetSegments > MAX_SEGMENTS) {
      lengthBytes += PAGE_HEADER_BYTES;
      segments = 0;
      packetsOnPage = 0;
    }
    lengthBytes += packetSegments + packetBytes;
    segments += packetSegments;
    packetsOnPage++;
  }
  return lengthBytes;
}

/** The same for WeChat's 60-byte frames, from their number alone. */
export function bareOggLengthBytes(frameCount: number): number {
  const pageCount = Math.max(1, Math.ceil(frameCount / packetsInFullPage(WECHAT_STREAM)));
  const frameBytes = segmentCount(FRAME_BYTES) + FRAME_BYTES;
  return headerPagesBytes(WECHAT_STREAM) + pageCount * PAGE_HEADER_BYTES + frameCount * frameBytes;
}

function headerPagesBytes(info: SpeexStreamInfo): number {
  const packets = [writeSpeexHeader(info).length, writeSpeexComment().length];
  return packets.reduce((sum, length) => sum + PAGE_HEADER_BYTES + segmentCount(length) + length, 0);
}

function packetsInFullPage(info: SpeexStreamInfo): number {
  return Math.max(1, Math.floor(PAGE_MS / FRAME_MS / info.framesPerPacket));
}

/** Packets that go on over several pages are not needed here: no Speex packet is that large. */
function requireFits(packetBytes: number): void {
  if (segmentCount(packetBytes) <= MAX_SEGMENTS) return;
  throw new RangeError(`a packet of ${packetBytes} bytes does not fit on one Ogg page`);
}
