import * as fc from "fast-check";
import {
  createPacketFinder,
  createPacketSplitter,
  type Framing,
  type PacketRun,
  type SpeexStreamInfo,
} from "../../src/audio/framing.ts";

export interface Split {
  readonly framing: Framing | null;
  readonly info: SpeexStreamInfo | null;
  readonly packets: Uint8Array[];
  readonly trailingBytes: number;
}

/** Runs the input through a splitter in chunks of these sizes, the last one over and over. */
export function split(input: Uint8Array, chunkSizes: readonly number[] = [input.length]): Split {
  const splitter = createPacketSplitter();
  const packets: Uint8Array[] = [];
  for (const chunk of chunks(input, chunkSizes)) packets.push(...packetsOf(splitter.write(chunk)));
  const { run, trailingBytes } = splitter.end();
  packets.push(...packetsOf(run));
  return { framing: splitter.framing, info: splitter.info, packets, trailingBytes };
}

/** The same through a finder, whose buffer grows by these sizes, and whose buffer is another one each time. */
export function find(input: Uint8Array, chunkSizes: readonly number[] = [input.length]): Split {
  const finder = createPacketFinder();
  const packets: Uint8Array[] = [];
  let arrivedBytes = 0;
  for (const chunk of chunks(input, chunkSizes)) {
    arrivedBytes += chunk.length;
    const arrived = input.slice(0, arrivedBytes);
    packets.push(...packetsOf(finder.find(arrived)));
    if (!arrived.every((byte, i) => byte === input[i])) throw new Error("the finder wrote into the buffer");
    arrived.fill(0xa5);
  }
  const { run, trailingBytes } = finder.end(input);
  packets.push(...packetsOf(run));
  return { framing: finder.framing, info: finder.info, packets, trailingBytes };
}

function packetsOf({ bytes, lengths }: PacketRun): Uint8Array[] {
  const packets: Uint8Array[] = [];
  let offset = 0;
  for (const length of Array.from(lengths)) {
    packets.push(bytes.slice(offset, offset + length));
    offset += length;
  }
  if (offset !== bytes.length) throw new Error("the lengths don't add up to the bytes");
  return packets;
}

/** Each chunk is its own copy and is overwritten afterwards, so that a forgotten alias shows. */
export function* chunks(input: Uint8Array, chunkSizes: readonly number[]): Generator<Uint8Array> {
  let offset = 0;
  for (let i = 0; offset < input.length; i++) {
    const size = chunkSizes[Math.min(i, chunkSizes.length - 1)] || 1;
    const chunk = input.slice(offset, offset + size);
    offset += chunk.length;
    yield chunk;
    chunk.fill(0xa5);
  }
}

/** Ways to cut: single bytes, odd sizes, sizes around frames and pages, everything at once. */
export const anyChunkSizes = fc.array(
  fc.oneof(fc.integer({ min: 1, max: 130 }), fc.integer({ min: 1, max: 70_000 })),
  { minLength: 1, maxLength: 40 },
);
