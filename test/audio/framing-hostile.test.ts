import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createPacketFinder, createPacketSplitter, FramingError } from "../../src/audio/framing.ts";
import { createOggWriter } from "../../src/audio/ogg.ts";
import { voice } from "../support/fixtures.ts";
import { holds } from "../support/holds.ts";
import { concat } from "../support/ogg-pages.ts";
import { framesOf, withHeaderBytes } from "../support/speex-frames.ts";
import { anyChunkSizes, find, split } from "../support/split.ts";

const bare = voice("short-half-second");
const blocks = withHeaderBytes(framesOf(bare));
const ogg = (() => {
  const writer = createOggWriter({ serial: 1 });
  return concat([writer.write({ bytes: bare, lengths: new Uint8Array(25).fill(60) }), writer.end()]);
})();

const tagged = concat([
  Uint8Array.of(0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 9),
  new Uint8Array(9),
  ogg,
  new Uint8Array(128),
]);

/** What came of the input: packets and trailing bytes, or the refusal. Anything else is thrown on. */
function outcome(input: Uint8Array, sizes: readonly number[], way = split): unknown {
  try {
    return way(input, sizes);
  } catch (error) {
    if (error instanceof FramingError) return error.looksLike;
    throw error;
  }
}

const edit = fc.record({ at: fc.nat(), value: fc.nat(255), cut: fc.constantFrom(0, 0, 0, 1, 27, 60, 61) });

function mutate(input: Uint8Array, edits: readonly { at: number; value: number; cut: number }[]): Uint8Array {
  let bytes: Uint8Array = input.slice();
  for (const { at, value, cut } of edits) {
    const position = at % Math.max(1, bytes.length);
    bytes[position] = value;
    bytes = concat([bytes.subarray(0, position), bytes.subarray(position + cut)]);
  }
  return bytes;
}

it.each([
  ["bare", bare],
  ["header-byte", blocks],
  ["Ogg", ogg],
  ["tagged Ogg", tagged],
])("ends %s voices with any damage in packets or a FramingError, the same for any chunking", (_, input) => {
  holds(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), anyChunkSizes, (edits, sizes) => {
      const damaged = mutate(input, edits);
      const whole = outcome(damaged, [damaged.length]);
      expect(outcome(damaged, sizes)).toEqual(whole);
      expect(outcome(damaged, sizes, find)).toEqual(whole);
    }),
  );
});

it.each([
  ["a bare voice", bare, 60],
  ["a header-byte voice", blocks, 61],
  ["an Ogg voice", ogg, 108],
])("takes %s cut off anywhere behind its first frame or header, and refuses less", (_, input, enough) => {
  for (let length = 0; length < input.length; length++) {
    const isRefused = typeof outcome(input.subarray(0, length), [length || 1]) === "string";
    expect([length, isRefused]).toEqual([length, length < enough]);
  }
});

it("ends any bytes in packets or a FramingError, the same for any chunking", () => {
  const anyStart = fc.constantFrom(
    new Uint8Array(0),
    ogg.subarray(0, 150),
    blocks.subarray(0, 61),
    bare.subarray(0, 60),
  );
  const anyBytes = fc.uint8Array({ maxLength: 2_000 });
  holds(
    fc.property(anyStart, anyBytes, anyChunkSizes, (start, rest, sizes) => {
      const input = concat([start, rest]);
      const whole = outcome(input, [input.length || 1]);
      expect(outcome(input, sizes)).toEqual(whole);
      expect(outcome(input, sizes, find)).toEqual(whole);
    }),
    { numRuns: 300 },
  );
});

it.each([
  ["a bare voice", bare],
  ["a header-byte voice", blocks],
  ["an Ogg voice", ogg],
  ["a tagged Ogg voice", tagged],
])("finds all packets of %s at its end too", (_, input) => {
  const { run, trailingBytes } = createPacketFinder().end(input);
  expect(run.bytes).toEqual(bare);
  expect(Array.from(run.lengths)).toEqual(Array.from({ length: 25 }, () => 60));
  expect(trailingBytes).toBe(0);
});

it("never hands on more bytes than came in", () => {
  for (const input of [bare, blocks, ogg]) {
    const splitter = createPacketSplitter();
    let written = 0;
    let handedOn = 0;
    for (let offset = 0; offset < input.length; offset += 7) {
      const chunk = input.subarray(offset, offset + 7);
      written += chunk.length;
      handedOn += splitter.write(chunk).bytes.length;
      expect(handedOn).toBeLessThanOrEqual(written);
    }
    expect(handedOn).toBe(bare.length - splitter.end().run.bytes.length);
  }
});
