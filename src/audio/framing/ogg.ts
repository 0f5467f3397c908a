/**
 * Takes Speex packets out of Ogg, whatever the pages' layout. Streams of other kinds that lie between the pages are
 * passed over; lost or damaged pages and chained files (several recordings in a row) are refused, because without them the
 * voice would be shorter, and nobody would notice. The end of stream's granule position is not used to trim: every
 * frame is handed on, as it is for bare frames. What lies behind the last page is ogg-trailer.ts's.
 */
import { joinBytes } from "../bytes.ts";
import {
  BEGINS_STREAM,
  CONTINUED,
  ENDS_STREAM,
  MAX_SEGMENT_BYTES,
  type OggPage,
  PAGE_HEADER_BYTES,
} from "../ogg/page.ts";
import { pageLengthBytes, readPage, startsPage } from "../ogg/page-reader.ts";
import { isSpeexHeader, parseSpeexHeader } from "../ogg/speex-header.ts";
import { FramingError, type LooksLike } from "./error.ts";
import { chained, createLooseTrailer, createStrictTrailer, type OggTrailer } from "./ogg-trailer.ts";
import type { SpeexStreamInfo, Taken, Unframer } from "./packets.ts";
import { oggSignature, unrecognised } from "./signatures.ts";

/** What one page can hold. Ten of the largest frames have 1,060 bytes; only damage makes more than this. */
const MAX_PACKET_BYTES = 65_024;

export function createOggUnframer(): Unframer {
  let info: SpeexStreamInfo | null = null;
  let serial = 0;
  let nextSequence = 0;
  let packetsToSkip = 0;
  let beginningIsOver = false;
  let hasEnded = false;
  let trailer: OggTrailer | null = null;
  /** What is in the first stream that is no Speex, if that is known. */
  let other: LooksLike = "ogg-other";

  /** A packet that goes on after its page. Header packets count as open, but their bytes are not kept. */
  let isOpen = false;
  let open: Uint8Array = new Uint8Array(0);

  /** What the present input gives: packets one after another, several in a piece, and the length of each. */
  let pieces: Uint8Array[] = [];
  let lengths: number[] = [];

  return {
    get info() {
      return info;
    },

    take(input) {
      pieces = [];
      lengths = [];
      const progress = takePages(input);
      return { run: { bytes: joinBytes(pieces), lengths: Uint16Array.from(lengths) }, ...progress };
    },

    end(rest) {
      if (info === null) throw noSpeex("the Ogg file ends before a Speex stream starts");
      return open.length + (isTrailer(rest) ? 0 : rest.length);
    },
  };

  function noSpeex(message: string): FramingError {
    return other === "ogg-other" ? new FramingError(other, message) : unrecognised(other);
  }

  function takePages(input: Uint8Array): Omit<Taken, "run"> {
    let offset = 0;
    while (trailer === null) {
      const rest = input.subarray(offset);
      const lengthBytes = pageLengthBytes(rest);
      if (rest.length >= PAGE_HEADER_BYTES && !startsPage(rest)) {
        trailer = hasEnded ? createLooseTrailer() : createStrictTrailer();
      } else {
        if (rest.length < lengthBytes) return { consumedBytes: offset, neededBytes: lengthBytes };
        onPage(readPage(rest.subarray(0, lengthBytes)));
        offset += lengthBytes;
      }
    }
    const { consumedBytes, neededBytes } = trailer.take(input.subarray(offset));
    return { consumedBytes: offset + consumedBytes, neededBytes };
  }

  /** Of what is too short for a page. */
  function isTrailer(rest: Uint8Array): boolean {
    if (trailer !== null) return true;
    return hasEnded ? !startsPage(rest) : rest.every((byte) => byte === 0);
  }

  function onPage(page: OggPage): void {
    if ((page.flags & BEGINS_STREAM) !== 0) {
      beginStream(page);
      return;
    }
    beginningIsOver = true;
    if (info === null) throw noSpeex("the Ogg file has no Speex stream in it");
    if (page.serial === serial) readPackets(page);
  }

  /** All streams of an Ogg file begin before any of them goes on. Of several Speex streams the first is read. */
  function beginStream(page: OggPage): void {
    if (beginningIsOver) throw chained();
    if (info !== null) return;
    if (!isSpeexHeader(page.body)) {
      if (other === "ogg-other") other = oggSignature(page.body) ?? other;
      return;
    }
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
    hasEnded = (page.flags & ENDS_STREAM) !== 0;

    let pieceStart = 0;
    let packetStart = 0;
    let end = 0;
    for (const segmentBytes of page.lacing) {
      end += segmentBytes;
      isOpen = segmentBytes === MAX_SEGMENT_BYTES;
      if (isOpen) continue;
      if (packetsToSkip > 0) {
        packetsToSkip--;
        pieceStart = end;
      } else {
        closePacket(end - packetStart);
      }
      packetStart = end;
    }
    pieces.push(page.body.subarray(pieceStart, packetStart));
    if (isOpen && packetsToSkip === 0) open = longer(open, page.body.subarray(packetStart, end));
  }

  /** Its end lies on the page; its beginning, if it lies on earlier ones, is what is open. */
  function closePacket(bytesOnPage: number): void {
    const lengthBytes = open.length + bytesOnPage;
    if (lengthBytes > MAX_PACKET_BYTES) throw endless();
    if (open.length > 0) pieces.push(open);
    lengths.push(lengthBytes);
    open = new Uint8Array(0);
  }
}

/** A copy, because the input won't be there any more when the packet goes on. */
function longer(open: Uint8Array, rest: Uint8Array): Uint8Array {
  if (open.length + rest.length > MAX_PACKET_BYTES) throw endless();
  return joinBytes([open, rest]);
}

function endless(): FramingError {
  return new FramingError("ogg-damaged", "an Ogg packet has no end");
}
