/**
 * Takes Speex packets out of Ogg, whatever the pages' layout. Streams of other kinds that lie between the pages are
 * passed over; lost or damaged pages and chained files (several recordings in a row) are refused, because
 * going on would shorten the voice in silence. The end of stream's granule position is not used to trim: every
 * frame is handed on, as it is for bare frames.
 */
import { joinBytes } from "../bytes.ts";
import { BEGINS_STREAM, CONTINUED, MAX_SEGMENT_BYTES, type OggPage } from "../ogg/page.ts";
import { createPageReader } from "../ogg/page-reader.ts";
import { isSpeexHeader, parseSpeexHeader } from "../ogg/speex-header.ts";
import { FramingError } from "./error.ts";
import type { SpeexStreamInfo, Unframer } from "./packets.ts";

/** What one page can hold. Ten of the largest frames have 1,060 bytes; only damage makes more than this. */
const MAX_PACKET_BYTES = 65_024;

export function createOggUnframer(): Unframer {
  const reader = createPageReader(onPage);
  let info: SpeexStreamInfo | null = null;
  let serial = 0;
  let nextSequence = 0;
  let packetsToSkip = 0;
  let beginningIsOver = false;

  /** A packet that goes on after its page. Header packets count as open, but their bytes are not kept. */
  let isOpen = false;
  let open: Uint8Array = new Uint8Array(0);

  let packets: Uint8Array[] = [];
  let lengths: number[] = [];

  return {
    get info() {
      return info;
    },

    write(chunk) {
      packets = [];
      lengths = [];
      reader.write(chunk);
      return { bytes: joinBytes(packets), lengths };
    },

    end() {
      if (info === null)
        throw new FramingError("ogg-other", "the Ogg file ends before a Speex stream starts");
      return open.length + reader.pendingBytes;
    },
  };

  function onPage(page: OggPage): void {
    if ((page.flags & BEGINS_STREAM) !== 0) {
      beginStream(page);
      return;
    }
    beginningIsOver = true;
    if (info === null) throw new FramingError("ogg-other", "the Ogg file has no Speex stream in it");
    if (page.serial === serial) readPackets(page);
  }

  /** All streams of an Ogg file begin before any of them goes on. Of several Speex streams the first is read. */
  function beginStream(page: OggPage): void {
    if (beginningIsOver) {
      throw new FramingError(
        "ogg-chained",
        "the Ogg file has several recordings in a row; send them one by one",
      );
    }
    if (info !== null || !isSpeexHeader(page.body)) return;
    const header = parseSpeexHeader(page.body);
    info = header.info;
    serial = page.serial;
    nextSequence = (page.sequence + 1) >>> 0;
    packetsToSkip = header.skippedPackets;
  }

  function readPackets(page: OggPage): void {
    const continues = (page.flags & CONTINUED) !== 0;
    if (page.sequence !== nextSequence || continues !== isOpen) {
      throw new FramingError("ogg-damaged", "an Ogg page is missing, or pages are out of order");
    }
    nextSequence = (page.sequence + 1) >>> 0;

    let start = 0;
    let end = 0;
    for (const segmentBytes of page.lacing) {
      end += segmentBytes;
      isOpen = segmentBytes === MAX_SEGMENT_BYTES;
      if (isOpen) continue;
      closePacket(page.body.subarray(start, end));
      start = end;
    }
    if (isOpen && packetsToSkip === 0) open = joinPacket(open, page.body.subarray(start, end));
  }

  function closePacket(rest: Uint8Array): void {
    if (packetsToSkip > 0) {
      packetsToSkip--;
      return;
    }
    const packet = joinPacket(open, rest);
    open = new Uint8Array(0);
    packets.push(packet);
    lengths.push(packet.length);
  }
}

/** A copy: the page's bytes are overwritten by the next page. */
function joinPacket(start: Uint8Array, rest: Uint8Array): Uint8Array {
  if (start.length + rest.length <= MAX_PACKET_BYTES) return joinBytes([start, rest]);
  throw new FramingError("ogg-damaged", "an Ogg packet has no end");
}
