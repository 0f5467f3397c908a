import { expect, it } from "vitest";
import { bareFrameCount, bareSampleCount, bareTrailingBytes } from "../../src/audio/frames.ts";
import { wavHeader, wavLengthBytes } from "../../src/audio/wav.ts";

it("writes the header of 16-bit mono PCM", () => {
  expect(Array.from(wavHeader(960_000, 16_000))).toEqual([
    ...[0x52, 0x49, 0x46, 0x46, 0x24, 0x4c, 0x1d, 0x00, 0x57, 0x41, 0x56, 0x45],
    ...[0x66, 0x6d, 0x74, 0x20, 0x10, 0, 0, 0, 0x01, 0, 0x01, 0],
    ...[0x80, 0x3e, 0, 0, 0x00, 0x7d, 0, 0, 0x02, 0, 0x10, 0],
    ...[0x64, 0x61, 0x74, 0x61, 0x00, 0x4c, 0x1d, 0x00],
  ]);
});

it("knows the length of the WAV from the length of the voice", () => {
  expect(wavLengthBytes(bareSampleCount(180_000))).toBe(44 + 1_920_000);
  expect(wavLengthBytes(0)).toBe(44);
});

it("leaves a last partial frame out of the count", () => {
  expect([bareFrameCount(119), bareTrailingBytes(119), bareSampleCount(119)]).toEqual([1, 59, 320]);
});

it("refuses what does not fit into 4 GiB", () => {
  const most = 2_147_483_629;
  expect(wavLengthBytes(most)).toBe(4_294_967_302);
  expect(new DataView(wavHeader(most, 16_000).buffer).getUint32(4, true)).toBe(0xffff_fffe);
  for (const count of [most + 1, -1, 0.5, Number.NaN]) {
    expect(() => wavHeader(count, 16_000)).toThrow(RangeError);
    expect(() => wavLengthBytes(count)).toThrow(RangeError);
  }
});
