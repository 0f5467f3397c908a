import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ByteRange, rangeLength, readRange, sliceStream } from "../../src/http/range.ts";
import { holds } from "../support/holds.ts";

describe("a Range header for 500 bytes", () => {
  it.each([
    ["bytes=0-0", { first: 0, last: 0 }],
    ["bytes=0-499", { first: 0, last: 499 }],
    ["bytes=100-199", { first: 100, last: 199 }],
    ["bytes=400-", { first: 400, last: 499 }],
    ["bytes=499-", { first: 499, last: 499 }],
    ["bytes=-1", { first: 499, last: 499 }],
    ["bytes=-500", { first: 0, last: 499 }],
    ["BYTES=0-1", { first: 0, last: 1 }],
    ["bytes= 0-1 ", { first: 0, last: 1 }],
  ])("%s asks for these bytes", (header, range) => {
    expect(readRange(header, 500)).toEqual(range);
  });

  it.each([
    ["bytes=0-500", { first: 0, last: 499 }],
    ["bytes=499-99999999999999999999999999", { first: 499, last: 499 }],
    ["bytes=-501", { first: 0, last: 499 }],
    ["bytes=-99999999999999999999999999", { first: 0, last: 499 }],
  ])("%s reaches beyond the body and gets what there is (RFC 9110 §14.1.2)", (header, range) => {
    expect(readRange(header, 500)).toEqual(range);
  });

  it.each(["bytes=500-", "bytes=500-600", "bytes=99999999999999999999999999-", "bytes=-0"])(
    "%s names no byte of the body",
    (header) => {
      expect(readRange(header, 500)).toBe("unsatisfiable");
    },
  );

  it.each([
    ["no header", null],
    ["another unit", "seconds=0-1"],
    ["another unit, far out", "seconds=600-700"],
    ["no unit", "0-1"],
    ["no range", "bytes="],
    ["a lone hyphen", "bytes=-"],
    ["letters", "bytes=a-b"],
    ["a negative number", "bytes=--1"],
    ["a fraction", "bytes=0.5-1"],
    ["three numbers", "bytes=1-2-3"],
    ["an end before its beginning", "bytes=200-100"],
    ["several ranges", "bytes=0-1,5-6"],
    ["several ranges, one of them too far out", "bytes=0-1,600-700"],
  ])("%s means the whole body", (_, header) => {
    expect(readRange(header, 500)).toBeNull();
  });

  it("never names bytes outside of the body, whatever it says", () => {
    const position = fc.oneof(fc.nat(20).map(String), fc.constant(""), fc.string({ maxLength: 3 }));
    const header = fc.oneof(
      fc.string(),
      fc.tuple(position, position).map(([a, b]) => `bytes=${a}-${b}`),
    );
    holds(
      fc.property(header, fc.nat(20), (text, lengthBytes) => {
        const range = readRange(text, lengthBytes);
        if (range === null || range === "unsatisfiable") return;
        expect(range.first).toBeGreaterThanOrEqual(0);
        expect(range.last).toBeGreaterThanOrEqual(range.first);
        expect(range.last).toBeLessThan(lengthBytes);
      }),
    );
  });
});

describe("a sliced stream", () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, index) => index);

  it("holds just the range's bytes, however the body is cut into chunks", async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 });
    const range = fc.tuple(fc.nat(99), fc.nat(99)).map(([a, b]) => ({
      first: Math.min(a, b),
      last: Math.max(a, b),
    }));
    await fc.assert(
      fc.asyncProperty(range, cuts, async (wanted, sizes) => {
        const { body } = countedStream(bytes, sizes);
        const slice = await new Response(sliceStream(body, wanted)).bytes();
        expect(slice).toEqual(bytes.slice(wanted.first, wanted.last + 1));
        expect(slice.length).toBe(rangeLength(wanted));
      }),
      { numRuns: 40 },
    );
  });

  it("ends with its last byte and lets the rest of the body go", async () => {
    const { body, state } = countedStream(bytes, [10]);
    const slice = await new Response(sliceStream(body, { first: 5, last: 14 })).bytes();
    expect(slice).toEqual(bytes.slice(5, 15));
    expect(state.cancelled).toBe(true);
    expect(state.sent).toBeLessThan(bytes.length);
  });

  it("lets the body go when its reader does", async () => {
    const { body, state } = countedStream(bytes, [10]);
    const reader = sliceStream(body, { first: 0, last: 99 }).getReader();
    await reader.read();
    await reader.cancel();
    expect(state.cancelled).toBe(true);
  });

  it("fails when the body fails", async () => {
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error("broke")),
    });
    await expect(new Response(sliceStream(body, { first: 0, last: 9 })).bytes()).rejects.toThrow("broke");
  });
});

it("a range's length counts both of its ends", () => {
  const range: ByteRange = { first: 3, last: 3 };
  expect(rangeLength(range)).toBe(1);
});

/** The bytes in chunks of these sizes, over and over, and what became of the stream. */
function countedStream(bytes: Uint8Array, sizes: readonly number[]) {
  const state = { sent: 0, cancelled: false };
  let next = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const size = sizes[next++ % sizes.length] ?? 1;
        const chunk = bytes.slice(state.sent, state.sent + size);
        state.sent += chunk.length;
        if (chunk.length > 0) controller.enqueue(chunk);
        else controller.close();
      },
      cancel() {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, state };
}
