import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { oggCrc, oggSerial } from "../../src/audio/ogg/crc.ts";
import { BEGINS_STREAM, ENDS_STREAM, type OggPage } from "../../src/audio/ogg/page.ts";
import { pageLengthBytes, readPage } from "../../src/audio/ogg/page-reader.ts";
import { bareOggLengthBytes, createOggWriter, oggLengthBytes } from "../../src/audio/ogg.ts";
import { voice, voiceNames } from "../support/fixtures.ts";
import { holds } from "../support/holds.ts";
import { concat } from "../support/ogg-pages.ts";
import { framesOf } from "../support/speex-frames.ts";
import { split } from "../support/split.ts";

const TEN_PER_PACKET = { mode: "narrowband", rateHz: 8_000, framesPerPacket: 10 } as const;

/** Writes the packets in runs of these sizes, the last one over and over. */
function mux(packets: readonly Uint8Array[], runSizes: readonly number[], options = {}): Uint8Array {
  const writer = createOggWriter({ serial: 0x1234_5678, ...options });
  const parts: Uint8Array[] = [];
  let start = 0;
  for (let i = 0; start < packets.length; i++) {
    const size = runSizes[Math.min(i, runSizes.length - 1)] ?? 1;
    const run = packets.slice(start, start + size);
    start += run.length;
    parts.push(writer.write({ bytes: concat(run), lengths: run.map((packet) => packet.length) }));
  }
  return concat([...parts, writer.end()]);
}

function pagesOf(file: Uint8Array): OggPage[] {
  const pages: OggPage[] = [];
  for (let rest = file; rest.length > 0; ) {
    const lengthBytes = pageLengthBytes(rest);
    pages.push(readPage(rest.subarray(0, lengthBytes)));
    rest = rest.subarray(lengthBytes);
  }
  return pages;
}

describe("the Ogg writer", () => {
  it.each(voiceNames)("keeps every frame of %s", (name) => {
    const frames = framesOf(voice(name));
    expect(split(mux(frames, [frames.length]))).toMatchObject({
      framing: "ogg",
      info: { mode: "wideband", rateHz: 16_000, framesPerPacket: 1 },
      packets: frames,
      trailingBytes: 0,
    });
  });

  it("writes the same bytes however the packets arrive", () => {
    const frames = framesOf(voice("child-3s"));
    const whole = mux(frames, [frames.length]);
    const anyRuns = fc.array(fc.integer({ min: 0, max: 130 }), { maxLength: 10 });
    holds(fc.property(anyRuns, (sizes) => void expect(mux(frames, [...sizes, 1])).toEqual(whole)));
  });

  it("writes a page a second, with every sample counted and the last page marked", () => {
    const pages = pagesOf(mux(framesOf(voice("chinese-6s")).slice(0, 260), [7]));
    expect(
      pages.map((page) => [page.flags, page.sequence, page.granulePosition, page.lacing.length]),
    ).toEqual([
      [BEGINS_STREAM, 0, 0n, 1],
      [0, 1, 0n, 1],
      [0, 2, 16_000n, 50],
      [0, 3, 32_000n, 50],
      [0, 4, 48_000n, 50],
      [0, 5, 64_000n, 50],
      [0, 6, 80_000n, 50],
      [ENDS_STREAM, 7, 83_200n, 10],
    ]);
    expect(new Set(pages.map((page) => page.serial))).toEqual(new Set([0x1234_5678]));
  });

  it("ends with a full page rather than an empty one", () => {
    const pages = pagesOf(mux(framesOf(voice("digital-silence-1s")), [50]));
    expect(pages.map((page) => [page.flags, page.granulePosition])).toEqual([
      [BEGINS_STREAM, 0n],
      [0, 0n],
      [ENDS_STREAM, 16_000n],
    ]);
  });

  it("hands pages on as they fill, not at the end", () => {
    const bytes = voice("minute-60s");
    const writer = createOggWriter({ serial: 1 });
    const written = writer.write({ bytes, lengths: new Uint8Array(3_000).fill(60) });
    expect(written.length).toBe(bareOggLengthBytes(3_000) - writer.end().length);
    expect(written.length).toBeGreaterThan(181_000);
  });

  it("writes a whole file for a voice without packets", () => {
    const file = mux([], [1]);
    expect(pagesOf(file).map((page) => page.flags)).toEqual([BEGINS_STREAM, 0, ENDS_STREAM]);
    expect(file.length).toBe(bareOggLengthBytes(0));
  });

  it("states narrowband and several frames a packet", () => {
    const packets = [20, 38, 5].map((length) => new Uint8Array(length).fill(length));
    const file = mux(packets, [3], { info: TEN_PER_PACKET });
    expect(split(file)).toMatchObject({ info: TEN_PER_PACKET, packets });
    expect(pagesOf(file).at(-1)?.granulePosition).toBe(4_800n);
  });

  it("refuses a packet that no page can hold", () => {
    expect(() => mux([new Uint8Array(65_025)], [1])).toThrow(RangeError);
    expect(() => oggLengthBytes([65_025])).toThrow(RangeError);
    expect(split(mux([new Uint8Array(65_024)], [1])).packets).toHaveLength(1);
  });
});

describe("the length of an Ogg file", () => {
  it("is known from the number of WeChat's frames", () => {
    for (const count of [0, 1, 49, 50, 51, 99, 100, 101, 400, 2_999, 3_000]) {
      const frames = Array.from({ length: count }, () => new Uint8Array(60));
      expect(mux(frames, [count]).length).toBe(bareOggLengthBytes(count));
    }
  });

  it("is known from packet lengths of any kind", () => {
    const anyLengths = fc.array(fc.oneof(fc.nat(120), fc.nat(65_024)), { maxLength: 160 });
    holds(
      fc.property(anyLengths, fc.constantFrom(undefined, TEN_PER_PACKET), (lengths, info) => {
        const file = mux(
          lengths.map((length) => new Uint8Array(length)),
          [40],
          info ? { info } : {},
        );
        expect(file.length).toBe(oggLengthBytes(lengths, info));
      }),
      { numRuns: 30 },
    );
  });
});

it("checks pages by CRC-32 with the polynomial 0x04c11db7, not reflected and not inverted", () => {
  expect(oggCrc(new TextEncoder().encode("123456789"))).toBe(0x89a1_897f);
});

it("gives a name the same serial number every time", () => {
  expect(oggSerial("123456789")).toBe(0x89a1_897f);
  expect(oggSerial("wx1/media")).not.toBe(oggSerial("wx2/media"));
});
