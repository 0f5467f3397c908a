import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { settleFraming } from "../../src/audio/framing/detect.ts";
import { createPacketSplitter, FramingError } from "../../src/audio/framing.ts";
import { voice, voiceNames } from "../support/fixtures.ts";
import { holds } from "../support/holds.ts";
import { concat } from "../support/ogg-pages.ts";
import { framesOf, madeUpFrame, withHeaderBytes } from "../support/speex-frames.ts";
import { anyChunkSizes, split } from "../support/split.ts";

const english = voice("english-8s");
const WECHAT = { mode: "wideband", rateHz: 16_000, framesPerPacket: 1 };

function refusal(input: Uint8Array): FramingError {
  try {
    split(input);
  } catch (error) {
    if (error instanceof FramingError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("bare frames", () => {
  it.each(voiceNames)("cuts %s into frames of 60 bytes", (name) => {
    const bytes = voice(name);
    expect(split(bytes)).toEqual({
      framing: "bare",
      info: WECHAT,
      packets: framesOf(bytes),
      trailingBytes: 0,
    });
  });

  it("hands on the written chunk itself when it starts with a frame", () => {
    const splitter = createPacketSplitter();
    const first = splitter.write(english.subarray(0, 600));
    const second = splitter.write(english.subarray(600, 1250));
    expect(first.bytes.buffer).toBe(english.buffer);
    expect(second.bytes.buffer).toBe(english.buffer);
    expect(second.lengths).toHaveLength(10);
  });

  it("gives the same packets for any chunking", () => {
    const input = english.subarray(0, 2_431);
    const whole = split(input);
    holds(fc.property(anyChunkSizes, (sizes) => void expect(split(input, sizes)).toEqual(whole)));
  });

  it("reports the bytes of a last partial frame and leaves them out", () => {
    for (let length = 60; length < 400; length++) {
      const { framing, packets, trailingBytes } = split(english.subarray(0, length));
      expect([framing, packets.length, trailingBytes]).toEqual([
        "bare",
        Math.floor(length / 60),
        length % 60,
      ]);
    }
  });

  it("knows the framing after 256 bytes and not before", () => {
    const splitter = createPacketSplitter();
    splitter.write(english.subarray(0, 255));
    expect([splitter.framing, splitter.info]).toEqual([null, null]);
    expect(splitter.write(english.subarray(255, 256)).lengths).toHaveLength(4);
    expect([splitter.framing, splitter.info]).toEqual(["bare", WECHAT]);
  });
});

const noise = (lengthBytes: number, seed: number) =>
  Uint8Array.from({ length: lengthBytes }, (_, i) => (Math.imul(i + seed, 2_654_435_761) >>> 13) & 0xff);

describe.each([
  ["all zeros", () => new Uint8Array(60)],
  ["all ones", () => new Uint8Array(60).fill(0xff)],
  ["in the reserved sub-mode 9", (seed: number) => noise(60, seed).fill(0x4f, 0, 1)],
  ["noise", (seed: number) => noise(60, seed)],
])("frames that are %s", (_, damaged) => {
  const frames = framesOf(english);
  const withDamage = (isDamaged: (i: number) => boolean) =>
    frames.map((frame, i) => (isDamaged(i) ? damaged(i) : frame));

  it.each([
    ["the first one", (i: number) => i === 0],
    ["the first two", (i: number) => i < 2],
    ["the first three", (i: number) => i < 3],
    ["the first four", (i: number) => i < 4],
    ["the first fifty", (i: number) => i < 50],
    ["the second to the fifth", (i: number) => i > 0 && i < 5],
    ["every other one", (i: number) => i % 2 === 0],
    ["three in four", (i: number) => i % 4 !== 3],
    ["the last fifty", (i: number) => i >= frames.length - 50],
  ])("are left to the decoder: %s", (_, isDamaged) => {
    const some = withDamage(isDamaged);
    const expected = { framing: "bare", info: WECHAT, packets: some, trailingBytes: 0 };
    expect(split(concat(some), [257])).toEqual(expected);
    expect(split(withHeaderBytes(some), [257])).toEqual({ ...expected, framing: "header-byte" });
  });

  it("cost no more than themselves, wherever they are among the first", () => {
    const anyPlaces = fc.uniqueArray(fc.nat(39), { maxLength: 25 });
    holds(
      fc.property(anyPlaces, fc.integer({ min: 40, max: 60 }), anyChunkSizes, (places, count, sizes) => {
        const some = withDamage((i) => places.includes(i)).slice(0, count);
        expect(split(concat(some), sizes)).toMatchObject({ framing: "bare", packets: some });
      }),
      { numRuns: 50 },
    );
  });

  it("are no voice when there is nothing else", () => {
    expect(refusal(concat(frames.map((_, i) => damaged(i))))).toMatchObject({ looksLike: "unknown" });
  });
});

describe("header-byte blocks", () => {
  it.each([
    ["WeChat's quality", 6, 2],
    ["50-byte frames, which look like bare ones", 6, 1],
    ["52-byte frames, which look like bare ones", 5, 2],
    ["54-byte frames, which look like bare ones", 8, 4],
    ["the largest frames", 7, 4],
    ["the smallest frames", 0, 0],
  ])("takes the length bytes off: %s", (_, nbMode, hbMode) => {
    for (const count of [1, 2, 3, 10, 200]) {
      const frames = Array.from({ length: count }, (_, seed) => madeUpFrame(nbMode, hbMode, seed));
      const result = split(withHeaderBytes(frames));
      expect(result).toEqual({ framing: "header-byte", info: WECHAT, packets: frames, trailingBytes: 0 });
    }
  });

  const mixed = Array.from({ length: 60 }, (_, i) => madeUpFrame([6, 0, 5, 8, 2][i % 5] ?? 0, i % 4, i));

  it("gives the same packets for any chunking, of mixed sizes and cut off", () => {
    const input = withHeaderBytes(mixed).subarray(0, -7);
    const whole = split(input);
    expect([whole.packets.length, whole.framing]).toEqual([59, "header-byte"]);
    expect(whole.trailingBytes).toBe(mixed[59] ? mixed[59].length + 1 - 7 : -1);
    holds(fc.property(anyChunkSizes, (sizes) => void expect(split(input, sizes)).toEqual(whole)));
  });

  it("passes over a hole, whatever it does to the length bytes", () => {
    const frames = framesOf(english);
    const holed = withHeaderBytes(frames);
    holed.fill(0, 0, 61 * 3);
    holed.fill(0, 61 * 90, 61 * 95);
    const left = frames.filter((_, i) => i >= 95 || (i >= 3 && i < 90));
    expect(split(holed)).toMatchObject({ framing: "header-byte", packets: left });
  });

  it("refuses blocks that stop being Speex halfway", () => {
    const damaged = Uint8Array.from([...withHeaderBytes(mixed), 59, ...new Uint8Array(59).fill(0xff)]);
    expect(refusal(damaged)).toMatchObject({ looksLike: "speex-damaged" });
  });

  it("refuses blocks after a wrong length, because nothing behind it is where it seems to be", () => {
    const blocks = withHeaderBytes(framesOf(english));
    for (let at = 61 * 20; at < 61 * 60; at += 61) {
      const damaged = concat([blocks.subarray(0, at), blocks.subarray(at + 1)]);
      expect(refusal(damaged)).toMatchObject({ looksLike: "speex-damaged" });
    }
  });
});

it("never takes a bare voice for header-byte blocks or the other way round, wherever it starts", () => {
  for (const name of voiceNames) {
    const frames = framesOf(voice(name));
    for (let i = 0; i < frames.length; i++) {
      const some = frames.slice(i, i + 5);
      const bare = Uint8Array.from(some.flatMap((frame) => [...frame]));
      for (const lengthBytes of [60, 120, 256]) {
        if (bare.length < lengthBytes) continue;
        expect(settleFraming(bare.subarray(0, lengthBytes))).toBe("bare");
        expect(settleFraming(withHeaderBytes(some).subarray(0, lengthBytes + 1))).toBe("header-byte");
      }
    }
  }
});

it("never takes speech at a wrong offset for a framing", () => {
  for (let offset = 1; offset < 60; offset++) {
    expect(refusal(english.subarray(offset))).toMatchObject({ looksLike: "unknown" });
  }
});

describe("what is not a voice", () => {
  const text = (characters: string) => Uint8Array.from(characters, (character) => character.charCodeAt(0));
  const utf8 = (characters: string) => new TextEncoder().encode(characters);
  const rest = Uint8Array.from({ length: 400 }, (_, i) => (i * 151 + 77) & 0xff);
  const behind = (magic: string) => Uint8Array.from([...text(magic), ...rest]);

  it.each([
    ["empty", new Uint8Array(0)],
    ["too-short", english.subarray(0, 59)],
    ["too-short", withHeaderBytes([madeUpFrame(6, 2, 1)]).subarray(0, 40)],
    ["amr", behind("#!AMR\n")],
    ["amr-wb", behind("#!AMR-WB\n")],
    ["silk", behind("#!SILK_V3")],
    ["silk", behind("\x02#!SILK_V3")],
    ["mp3", behind("ID3\x04")],
    ["mp3", behind("\xff\xfb\x90\x00")],
    ["aac", behind("\xff\xf1\x50\x80")],
    ["mp4", behind("\x00\x00\x00\x18ftypM4A ")],
    ["wav", behind("RIFF\x24\x00\x00\x00WAVE")],
    ["flac", behind("fLaC")],
    ["webm", behind("\x1a\x45\xdf\xa3")],
    ["json", utf8('{"errcode":40007,"errmsg":"invalid media_id"}')],
    ["json", utf8('\ufeff \n{"errmsg":"无效的媒体文件"}'.padEnd(300))],
    ["html", utf8("<!DOCTYPE html><title>502</title>")],
    ["html", utf8("<xml><return_code>FAIL</return_code></xml>")],
    ["text", utf8(`Error 502: ${"the upstream did not answer. ".repeat(20)}`)],
    ["ogg-other", text("OggS")],
    ["unknown", rest],
    ["unknown", new Uint8Array(600)],
    ["unknown", new Uint8Array(600).fill(0x81)],
  ])("is refused as %s", (looksLike, input) => {
    expect(refusal(input)).toMatchObject({ name: "FramingError", looksLike });
  });

  it("is named in plain English", () => {
    expect(refusal(behind("#!AMR\n")).message).toBe("unrecognised framing: the data looks like AMR");
    expect(refusal(new Uint8Array(0)).message).toBe(
      "unrecognised framing: the data looks like nothing: it is empty",
    );
  });
});
