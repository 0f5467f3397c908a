import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ByteRange, parseRange, rangeLength, readRange, resolveRange } from "../../src/http/range.ts";
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

it("a range's length counts both of its ends", () => {
  const range: ByteRange = { first: 3, last: 3 };
  expect(rangeLength(range)).toBe(1);
});

it("a header means the same whether the length is known at first or only later", () => {
  const header = fc.oneof(
    fc.tuple(fc.nat(120), fc.nat(120)).map(([first, last]) => `bytes=${first}-${last}`),
    fc.nat(120).map((first) => `bytes=${first}-`),
    fc.nat(120).map((length) => `Bytes=-${length}`),
    fc.constantFrom("bytes=", "bytes=-", "bytes=1-2,4-5", "lines=1-2", "bytes=a-b"),
  );
  holds(
    fc.property(header, fc.nat(100), (value, length) => {
      const wish = parseRange(value);
      expect(wish && resolveRange(wish, length)).toEqual(readRange(value, length));
      // It travels as JSON.
      expect(JSON.parse(JSON.stringify(wish))).toEqual(wish);
    }),
  );
});
