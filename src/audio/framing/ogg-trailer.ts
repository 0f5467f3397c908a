/**
 * What others put behind an Ogg file's last page: an ID3v1 tag (128 bytes that begin with "TAG"), zeros where a file was given
 * more room than it needed, and anything at all where the stream had said that it ends there. It is passed over.
 * A further page is not: it would be a second recording, or the rest of the first one.
 */
import { hasMagic } from "../bytes.ts";
import { PAGE_MAGIC } from "../ogg/page.ts";
import { FramingError } from "./error.ts";
import type { Taken } from "./packets.ts";

const TAG_MAGIC = "TAG";
const TAG_BYTES = 128;
const FIRST_OF_MAGIC = PAGE_MAGIC.charCodeAt(0);

export interface OggTrailer {
  /** As an Unframer's, without packets. Throws FramingError where this is no trailer. */
  take(input: Uint8Array): Omit<Taken, "run">;
}

/** Behind a page that ended its stream. */
export function createLooseTrailer(): OggTrailer {
  return {
    take(input) {
      let at = input.indexOf(FIRST_OF_MAGIC);
      for (; at !== -1; at = input.indexOf(FIRST_OF_MAGIC, at + 1)) {
        if (hasMagic(input, PAGE_MAGIC, at)) throw chained();
      }
      // A page's magic may lie across the end.
      const consumedBytes = Math.max(0, input.length + 1 - PAGE_MAGIC.length);
      return { consumedBytes, neededBytes: PAGE_MAGIC.length };
    },
  };
}

/** Behind any other page. A page that can't be read must not pass for a trailer. */
export function createStrictTrailer(): OggTrailer {
  let tagBytesLeft: number | null = null;
  return {
    take(input) {
      tagBytesLeft ??= hasMagic(input, TAG_MAGIC) ? TAG_BYTES : 0;
      const inTag = Math.min(tagBytesLeft, input.length);
      tagBytesLeft -= inTag;
      if (input.subarray(inTag).every((byte) => byte === 0)) {
        return { consumedBytes: input.length, neededBytes: 1 };
      }
      throw new FramingError(
        "ogg-damaged",
        "the Ogg data has something other than a page where a page should start",
      );
    },
  };
}

export function chained(): FramingError {
  return new FramingError(
    "ogg-chained",
    "the Ogg file has several recordings in a row; send them one by one",
  );
}
