import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPacketSplitter, FramingError } from "../../src/audio/framing.ts";
import { kindOf, type SoundKind } from "../../src/audio/kind.ts";
import { BEGINS_STREAM } from "../../src/audio/ogg/page.ts";
import { oggFile, voice } from "../support/fixtures.ts";
import { holds } from "../support/holds.ts";
import { concat, page } from "../support/ogg-pages.ts";
import { aac, amr, amrWb, flac, mp3, mp4, noise, opus, text, vorbis, wav } from "../support/sound-files.ts";
import { framesOf, madeUpFrame, withHeaderBytes } from "../support/speex-frames.ts";
import { anyChunkSizes, chunks } from "../support/split.ts";

/** What is found of the bytes, as whoever stores them notes it. */
function inspect(bytes: Uint8Array, sizes: readonly number[] = [bytes.length]) {
  const splitter = createPacketSplitter();
  try {
    for (const chunk of chunks(bytes, sizes)) splitter.write(chunk);
    splitter.end();
    return { framing: splitter.framing, looksLike: null };
  } catch (error) {
    if (error instanceof FramingError) return { framing: null, looksLike: error.looksLike };
    throw error;
  }
}

const speex = voice("short-half-second");
const TAG = concat([text("ID3\x04\x00\x00\x00\x00\x02\x10"), noise(272)]);
const SKELETON = page({ serial: 5, flags: BEGINS_STREAM, packets: [text("fishead\0")] });

const FILES: [string, Uint8Array, string, string][] = [
  ["Speex in bare frames", speex, "voice/speex", "speex"],
  [
    "Speex with length bytes",
    withHeaderBytes(framesOf(speex)),
    "audio/x-speex-with-header-byte; rate=16000",
    "speex",
  ],
  ["Speex in Ogg", oggFile("speexenc-3-frames"), "audio/ogg; codecs=speex", "spx"],
  ["AMR", amr(7, 7, 8, 15), "audio/amr", "amr"],
  ["AMR-WB", amrWb(2, 2, 9), "audio/amr-wb", "awb"],
  ["SILK", concat([text("#!SILK_V3"), noise(90)]), "audio/silk", "silk"],
  ["SILK as WeChat keeps it", concat([text("\x02#!SILK_V3"), noise(90)]), "audio/silk", "silk"],
  ["MP3", mp3(12), "audio/mpeg", "mp3"],
  ["MP3 behind a tag", concat([TAG, mp3(12)]), "audio/mpeg", "mp3"],
  ["AAC", aac(100, 90, 110), "audio/aac", "aac"],
  ["AAC behind a tag", concat([TAG, aac(100, 90, 110)]), "audio/aac", "aac"],
  ["FLAC", flac(16_000, 100), "audio/flac", "flac"],
  ["WAV", wav(700), "audio/wav", "wav"],
  ["WAV with Speex in it", wav(600, 600, 0xa109), "audio/vnd.wave; codec=A109", "wav"],
  ["MP4", mp4(700), "audio/mp4", "m4a"],
  ["3GP", mp4(700, "3gp5"), "audio/3gpp", "3gp"],
  ["Opus", opus(9_000, 18_000), "audio/ogg; codecs=opus", "opus"],
  ["Opus with a skeleton", concat([SKELETON, opus(9_000)]), "audio/ogg; codecs=opus", "opus"],
  ["Vorbis", vorbis(9_000, 18_000), "audio/ogg; codecs=vorbis", "ogg"],
  ["another Ogg", concat([SKELETON, page({ packets: [noise(40)] })]), "application/ogg", "ogx"],
  ["WebM", concat([text("\x1a\x45\xdf\xa3"), noise(300)]), "audio/webm", "webm"],
  [
    "WMA, which begins as Speex does",
    concat([text("\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c"), noise(900)]),
    "audio/x-ms-wma",
    "wma",
  ],
  ["JSON", text('{"errcode":40007}'), "text/plain; charset=utf-8", "txt"],
  ["a page", text("<!doctype html><script>alert(1)</script>"), "text/plain; charset=utf-8", "txt"],
  ["nothing known", noise(900), "application/octet-stream", "bin"],
  ["nothing", new Uint8Array(0), "application/octet-stream", "bin"],
];

it.each(FILES)("%s is called so, however it comes", (_, file, mediaType, suffix) => {
  const expected: Omit<SoundKind, "name"> = { mediaType, suffix };
  expect(kindOf(inspect(file))).toMatchObject(expected);
  holds(
    fc.property(anyChunkSizes, (sizes) => {
      expect(kindOf(inspect(file, sizes))).toMatchObject(expected);
    }),
    { numRuns: 15 },
  );
});

it("what another version has noted is nothing known, unless this one knows it too", () => {
  for (const looksLike of [null, "", "a-later-word", "constructor", "__proto__"]) {
    expect(kindOf({ framing: null, looksLike })).toMatchObject({ suffix: "bin" });
  }
  expect(kindOf({ framing: null, looksLike: "amr" })).toMatchObject({ suffix: "amr" });
});

describe("Speex is called Speex", () => {
  const anyBeginning = fc.oneof(
    fc
      .constantFrom(
        "\xff\xfb\x90\x00",
        "\xff\xf1\x50\x80",
        "\xff\xe3",
        "RIFF....WAVEfmt ",
        "fLaC",
        "....ftyp",
      )
      .map(text),
    fc.constantFrom("#!AMR\n", "#!AMR-WB\n", "#!SILK_V3", "\x02#!SILK_V3", "\x1a\x45\xdf\xa3").map(text),
    fc.uint8Array({ minLength: 2, maxLength: 60 }),
  );

  it("whatever is in its frames, and whatever the first of them was overwritten with", () => {
    const anyFrames = fc.array(fc.nat(), { minLength: 8, maxLength: 40 });
    holds(
      fc.property(anyFrames, anyBeginning, anyChunkSizes, (seeds, beginning, sizes) => {
        const frames = concat(seeds.map((seed) => madeUpFrame(6, 2, seed)));
        expect(inspect(frames, sizes)).toEqual({ framing: "bare", looksLike: null });
        frames.set(beginning);
        expect(inspect(frames, sizes)).toEqual({ framing: "bare", looksLike: null });
      }),
      { numRuns: 200 },
    );
  });
});

it("bytes that are no Speex are hardly ever called so", () => {
  let voices = 0;
  let state = 1;
  for (let round = 0; round < 1_000; round++) {
    const bytes = new Uint8Array(2_000);
    for (let i = 0; i < bytes.length; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      bytes[i] = state >>> 24;
    }
    if (inspect(bytes).framing !== null) voices++;
  }
  expect(voices).toBeLessThanOrEqual(1);
});
