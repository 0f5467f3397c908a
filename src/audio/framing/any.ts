/** Finds out which framing a voice has, then takes it off. */
import { createBareUnframer } from "./bare.ts";
import { detectFraming, framingBehindTag, HEAD_BYTES, settleFraming } from "./detect.ts";
import { createHeaderByteUnframer } from "./header-byte.ts";
import { ID3_HEADER_BYTES, id3LengthBytes } from "./id3.ts";
import { createOggUnframer } from "./ogg.ts";
import {
  type Framing,
  NO_PACKETS,
  type PacketRun,
  type SpeexStreamInfo,
  type Taken,
  type Unframer,
} from "./packets.ts";

/** As an Unframer. */
export interface AnyUnframer {
  readonly framing: Framing | null;
  readonly info: SpeexStreamInfo | null;
  take(input: Uint8Array): Taken;
  /** `input`: what was not taken, and nothing follows it. */
  finish(input: Uint8Array): { run: PacketRun; trailingBytes: number };
}

const UNFRAMERS: Record<Framing, () => Unframer> = {
  bare: createBareUnframer,
  "header-byte": createHeaderByteUnframer,
  ogg: createOggUnframer,
};

export function createAnyUnframer(): AnyUnframer {
  let framing: Framing | null = null;
  let unframer: Unframer | null = null;
  let headIndex = 0;
  let tag: { readonly lengthBytes: number; leftBytes: number } | null = null;

  function begin(found: Framing): Unframer {
    framing = found;
    unframer = UNFRAMERS[found]();
    return unframer;
  }

  /** Null as long as more bytes might change the answer. */
  function decide(input: Uint8Array): Unframer | null {
    for (;;) {
      const headBytes = HEAD_BYTES[headIndex];
      if (headBytes === undefined || input.length < headBytes) return null;
      headIndex++;
      const head = input.subarray(0, headBytes);
      const found = headIndex < HEAD_BYTES.length ? detect(head) : settle(head);
      if (found !== null) return begin(found);
    }
  }

  const hasTag = () => tag !== null && tag.lengthBytes > 0;
  const detect = (head: Uint8Array) => (hasTag() ? framingBehindTag(head) : detectFraming(head));
  const settle = (head: Uint8Array) => (hasTag() ? framingBehindTag(head) : settleFraming(head));

  function take(input: Uint8Array): Taken {
    if (unframer) return unframer.take(input);
    if (tag === null) {
      if (input.length < ID3_HEADER_BYTES) return nothing(0, ID3_HEADER_BYTES);
      const lengthBytes = id3LengthBytes(input);
      tag = { lengthBytes, leftBytes: lengthBytes };
    }
    const skippedBytes = Math.min(tag.leftBytes, input.length);
    tag.leftBytes -= skippedBytes;
    const rest = input.subarray(skippedBytes);
    const taken = decide(rest)?.take(rest);
    if (!taken) return nothing(skippedBytes, HEAD_BYTES[headIndex] ?? 1);
    return { ...taken, consumedBytes: skippedBytes + taken.consumedBytes };
  }

  return {
    get framing() {
      return framing;
    },

    get info() {
      return unframer?.info ?? null;
    },

    take,

    finish(input) {
      const taken = take(input);
      const rest = input.subarray(taken.consumedBytes);
      if (unframer) return { run: taken.run, trailingBytes: unframer.end(rest) };
      const last = begin(settle(rest));
      const { run, consumedBytes } = last.take(rest);
      return { run, trailingBytes: last.end(rest.subarray(consumedBytes)) };
    },
  };
}

function nothing(consumedBytes: number, neededBytes: number): Taken {
  return { run: NO_PACKETS, consumedBytes, neededBytes };
}
