import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FramingError } from "../../src/audio/framing.ts";
import { BEGINS_STREAM, CONTINUED } from "../../src/audio/ogg/page.ts";
import { writeSpeexComment, writeSpeexHeader } from "../../src/audio/ogg/speex-header.ts";
import { holds } from "../support/holds.ts";
import { concat, page, paginate, SERIAL } from "../support/ogg-pages.ts";
import { anyChunkSizes, find, split } from "../support/split.ts";

const WIDEBAND = { mode: "wideband", rateHz: 16_000, framesPerPacket: 1 } as const;
const HEADER = writeSpeexHeader(WIDEBAND);
const COMMENT = writeSpeexComment();
const PACKETS = [60, 0, 1, 254, 255, 256, 510, 700, 60].map((length, i) =>
  new Uint8Array(length).fill(i + 1),
);

function header(field: number, value: number): Uint8Array {
  const packet = HEADER.slice();
  new DataView(packet.buffer).setUint32(field, value, true);
  return packet;
}

function ultraWideband(rateHz: number): Uint8Array {
  const packet = header(36, rateHz);
  new DataView(packet.buffer).setUint32(40, 2, true);
  return packet;
}

function looksLike(input: Uint8Array): string {
  try {
    split(input);
  } catch (error) {
    if (error instanceof FramingError) return error.looksLike;
    throw error;
  }
  return "a voice";
}

describe("Ogg", () => {
  it("gives the same packets for any pages and any chunking", () => {
    const anyPages = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 });
    holds(
      fc.property(anyPages, anyChunkSizes, (segmentsPerPage, sizes) => {
        const input = concat(paginate([HEADER, COMMENT, ...PACKETS], segmentsPerPage));
        const result = { framing: "ogg", info: WIDEBAND, packets: PACKETS, trailingBytes: 0 };
        expect(split(input, sizes)).toEqual(result);
      }),
    );
  });

  it("passes over a comment of any size and the extra headers", () => {
    const packets = [header(68, 2), new Uint8Array(90_000).fill(7), COMMENT, COMMENT, ...PACKETS];
    expect(split(concat(paginate(packets, [255]))).packets).toEqual(PACKETS);
  });

  it("reads the first Speex stream and passes over the others", () => {
    const [first, ...rest] = paginate([HEADER, COMMENT, ...PACKETS], [3]);
    const other = { serial: 7, packets: [new Uint8Array(300)] };
    const pages = [
      page({ ...other, flags: BEGINS_STREAM }),
      first ?? new Uint8Array(0),
      page({ flags: BEGINS_STREAM, serial: 8, packets: [header(40, 0)] }),
      ...rest.flatMap((own, i) => [own, page({ ...other, sequence: i + 1 })]),
    ];
    expect(split(concat(pages))).toMatchObject({ info: WIDEBAND, packets: PACKETS });
  });

  it("reports how much of a last page or packet is missing its end", () => {
    const pages = paginate([HEADER, COMMENT, ...PACKETS], [4]);
    const whole = split(concat(pages.slice(0, -1)));
    const last = pages.at(-1) ?? new Uint8Array(0);
    for (let length = 0; length < last.length; length++) {
      const cut = split(concat([...pages.slice(0, -1), last.subarray(0, length)]));
      expect(cut.trailingBytes).toBe(whole.trailingBytes + length);
      expect(cut.packets).toEqual(whole.packets);
    }
  });

  it.each([
    ["narrowband", header(40, 0), { mode: "narrowband", rateHz: 16_000, framesPerPacket: 1 }],
    ["an odd rate", header(36, 22_050), { mode: "wideband", rateHz: 22_050, framesPerPacket: 1 }],
    ["several frames a packet", header(64, 3), { mode: "wideband", rateHz: 16_000, framesPerPacket: 3 }],
    ["no frames a packet, which means one", header(64, 0), WIDEBAND],
    ["stereo as mono", header(48, 2), WIDEBAND],
    ["ultra-wideband as wideband at half its rate", ultraWideband(32_000), WIDEBAND],
    [
      "ultra-wideband at half an odd rate",
      ultraWideband(11_025),
      { mode: "wideband", rateHz: 5_513, framesPerPacket: 1 },
    ],
  ])("knows %s", (_, ident, info) => {
    expect(split(concat(paginate([ident, COMMENT, ...PACKETS], [9]))).info).toEqual(info);
  });

  it.each([
    ["an unknown mode", header(40, 3)],
    ["an unknown bitstream", header(44, 3)],
    ["a rate that is none", header(36, 1)],
    ["more frames a packet than the decoder takes", header(64, 51)],
    ["a header cut short", HEADER.subarray(0, 79)],
  ])("refuses %s", (_, ident) => {
    expect(looksLike(concat(paginate([ident, COMMENT, ...PACKETS], [9])))).toBe("speex-unsupported");
  });

  it("refuses Ogg without Speex", () => {
    const theora = new TextEncoder().encode("\x80theora\x03\x02\x01");
    const opus = new TextEncoder().encode("OpusHead\x01\x01\x00\x00\x80\xbb\x00\x00\x00\x00\x00");
    expect(looksLike(concat(paginate([theora, COMMENT, ...PACKETS], [9])))).toBe("ogg-other");
    expect(looksLike(concat(paginate([theora], [9])))).toBe("ogg-other");
    expect(looksLike(concat(paginate([opus, COMMENT, ...PACKETS], [9])))).toBe("opus");
    expect(looksLike(concat(paginate([opus], [9])))).toBe("opus");
  });

  it("refuses several recordings in a row", () => {
    const one = concat(paginate([HEADER, COMMENT, ...PACKETS], [9]));
    expect(looksLike(concat([one, one]))).toBe("ogg-chained");
  });

  it("refuses a page that is missing, repeated, damaged or not continued", () => {
    const pages = paginate([HEADER, COMMENT, ...PACKETS], [3]);
    const [first, second, third] = pages as [Uint8Array, Uint8Array, Uint8Array];
    const flipped = third.slice();
    flipped[40] = (flipped[40] ?? 0) ^ 1;
    const uncontinued = page({ serial: SERIAL, flags: CONTINUED, sequence: 2, packets: [COMMENT] });
    for (const damaged of [
      [first, third],
      [first, second, second],
      [first, second, flipped],
      [first, second.subarray(0, -1), third],
      [first, page({ sequence: 1, packets: [COMMENT] }), uncontinued],
      [first, second, new Uint8Array(40).fill(1)],
      [first, second, new Uint8Array(40), Uint8Array.of(1)],
      [first, second, new Uint8Array(40), third],
    ]) {
      expect(looksLike(concat(damaged))).toBe("ogg-damaged");
    }
  });

  it("refuses a packet without an end instead of keeping it all", () => {
    const page64k = (sequence: number) =>
      page({
        sequence,
        flags: sequence > 2 ? CONTINUED : 0,
        lacing: new Uint8Array(255).fill(255),
        body: new Uint8Array(255 * 255),
      });
    const start = [
      page({ flags: BEGINS_STREAM, packets: [HEADER] }),
      page({ sequence: 1, packets: [COMMENT] }),
    ];
    expect(looksLike(concat([...start, page64k(2), page64k(3)]))).toBe("ogg-damaged");
  });
});

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
/** Of `size` bytes behind the ten of its header. */
const id3 = (size: number, flags = 0) =>
  concat([
    bytes("ID3\x04\x00"),
    Uint8Array.of(flags, 0, size >> 14, (size >> 7) & 127, size & 127),
    noise(size),
  ]);
const noise = (lengthBytes: number) =>
  Uint8Array.from({ length: lengthBytes }, (_, i) => (i * 151 + 77) & 0xff);
const id3v1 = concat([bytes("TAG"), noise(125)]);

describe("what others put around Ogg", () => {
  const file = concat(paginate([HEADER, COMMENT, ...PACKETS], [5]));
  const expected = { framing: "ogg", info: WIDEBAND, packets: PACKETS, trailingBytes: 0 };

  it.each([
    ["an empty ID3 tag in front", concat([id3(0), file])],
    ["an ID3 tag in front", concat([id3(3_000), file])],
    ["an ID3 tag with a footer in front", concat([id3(300, 0x10), bytes("3DI456789 "), file])],
    ["an ID3v1 tag behind", concat([file, id3v1])],
    ["128 zeros behind", concat([file, new Uint8Array(128)])],
    ["a line's end behind", concat([file, bytes("\r\n")])],
    ["other tags behind", concat([file, bytes("APETAGEX"), noise(900), id3v1])],
    ["tags in front and behind", concat([id3(500), file, new Uint8Array(2_000), id3v1])],
  ])("is passed over: %s", (_, input) => {
    expect(split(input)).toEqual(expected);
    holds(
      fc.property(anyChunkSizes, (sizes) => {
        expect(split(input, sizes)).toEqual(expected);
        expect(find(input, sizes)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it("is passed over behind any number of zeros", () => {
    for (let count = 0; count < 300; count += 13) {
      expect(split(concat([file, new Uint8Array(count)]))).toEqual(expected);
    }
  });

  describe("a stream that does not say that it ends", () => {
    const pages = paginate([HEADER, COMMENT, ...PACKETS], [5]);
    const open = concat(pages.slice(0, -1));
    const cut = split(open);

    it.each([
      ["zeros", new Uint8Array(500)],
      ["few zeros", new Uint8Array(5)],
      ["an ID3v1 tag", id3v1],
      ["an ID3v1 tag and zeros", concat([id3v1, new Uint8Array(50)])],
    ])("may have %s behind it", (_, trailer) => {
      expect(split(concat([open, trailer]))).toEqual(cut);
    });

    it.each([
      ["more than an ID3v1 tag", concat([id3v1, bytes("x")])],
      ["other tags", concat([bytes("APETAGEX"), noise(900)])],
      ["zeros and then something", concat([new Uint8Array(700), noise(2)])],
      ["a page behind zeros", concat([new Uint8Array(700), pages.at(-1) ?? noise(1)])],
    ])("is damaged where it has %s behind it", (_, trailer) => {
      expect(looksLike(concat([open, trailer]))).toBe("ogg-damaged");
    });
  });

  it("does not hide a second recording", () => {
    for (const between of [id3v1, new Uint8Array(40), noise(40), bytes("OggOgOOOO")]) {
      const input = concat([file, between, file]);
      expect(looksLike(input)).toBe("ogg-chained");
      holds(
        fc.property(anyChunkSizes, (sizes) => {
          expect(() => split(input, sizes)).toThrow(FramingError);
        }),
        { numRuns: 30 },
      );
    }
  });

  it.each([
    ["mp3", bytes("\xff\xfb\x90\x00")],
    ["mp3", noise(400)],
    ["mp3", new Uint8Array(0)],
    ["aac", bytes("\xff\xf1\x50\x80")],
    ["flac", bytes("fLaC")],
    ["mp3", new Uint8Array(600).fill(0x30)],
  ])("an ID3 tag in front of anything else is %s", (kind, rest) => {
    expect(looksLike(concat([id3(700), rest]))).toBe(kind);
    expect(looksLike(concat([id3(700), rest]).subarray(0, 90))).toBe("mp3");
  });
});
