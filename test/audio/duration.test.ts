import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDurationMeter, durationOf } from "../../src/audio/duration.ts";
import type { LooksLike } from "../../src/audio/framing.ts";
import { holds } from "../support/holds.ts";
import { concat } from "../support/ogg-pages.ts";
import {
  aac,
  amr,
  amrWb,
  flac,
  mp3,
  mp3Directory,
  mp4,
  noise,
  opus,
  text,
  vorbis,
  wav,
} from "../support/sound-files.ts";
import { anyChunkSizes, chunks } from "../support/split.ts";

const ID3 = concat([text("ID3\x04\x00\x00\x00\x00\x02\x10"), noise(272)]);
const ID3V1 = concat([text("TAG"), noise(125)]);
const ALL_MODES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 15];

const FILES: [string, LooksLike, Uint8Array, number | null][] = [
  ["AMR in every mode", "amr", amr(...ALL_MODES, 9, 10, 11), 0.26],
  ["AMR without frames", "amr", amr(), 0],
  ["AMR that ends within a frame", "amr", amr(7, 7, 7).subarray(0, -1), 0.04],
  ["AMR in a mode that does not exist", "amr", amr(7, 12, 7), null],
  ["AMR with a frame that can't begin so", "amr", concat([amr(7), Uint8Array.of(0x83)]), null],
  ["AMR-WB in every mode", "amr-wb", amrWb(...ALL_MODES, 9, 14), 0.24],
  ["AMR-WB in a mode that does not exist", "amr-wb", amrWb(8, 10), null],
  ["WAV", "wav", wav(8_000), 0.5],
  ["WAV that was cut off", "wav", wav(8_000).subarray(0, -800), 0.45],
  ["WAV out of a pipe", "wav", wav(8_000, 0xffff_ffff), 0.5],
  ["WAV without sound", "wav", wav(0).subarray(0, -8), null],
  ["FLAC", "flac", flac(44_100, 22_050), 0.5],
  ["FLAC of a day", "flac", flac(192_000, 192_000 * 86_400), 86_400],
  ["FLAC that does not know its length", "flac", flac(44_100, 0), null],
  ["FLAC that was cut off", "flac", flac(44_100, 1).subarray(0, 25), null],
  ["MP3", "mp3", mp3(50), 1.8],
  ["MP3 with tags", "mp3", concat([ID3, mp3Directory(), mp3(50), ID3V1]), 1.8],
  ["MP3 that was cut off", "mp3", mp3(50).subarray(0, -1), 1.764],
  ["MP3 with something else behind", "mp3", concat([mp3(50), noise(40)]), null],
  ["a tag without MP3", "mp3", ID3, null],
  ["AAC", "aac", aac(7, 8, 300, 2_000, 8_191), 0.32],
  ["AAC with tags", "aac", concat([ID3, aac(100, 100), ID3V1]), 0.128],
  ["AAC with an impossible frame", "aac", concat([aac(100), aac(9).fill(0, 3)]), null],
  ["Opus", "opus", opus(24_312, 48_312), 1],
  ["Opus that was cut off", "opus", opus(24_312, 48_312).subarray(0, -1), 0.5],
  ["Vorbis", "vorbis", vorbis(8_000, -1, 24_000), 1.5],
  ["MP4", "mp4", mp4(1_500), 1.5],
  ["MP4 whose description was cut off", "mp4", mp4(1_500).subarray(0, -80), null],
  ["3GP", "3gp", mp4(500, "3gp4"), 0.5],
];

const rounded = (seconds: number | null) => (seconds === null ? null : Number(seconds.toFixed(6)));

describe.each(FILES)("%s", (_, looksLike, file, seconds) => {
  it("lasts as long as its frames or its header say", () => {
    expect(rounded(durationOf(looksLike, file))).toBe(seconds);
  });

  it("lasts as long however it comes", () => {
    holds(
      fc.property(anyChunkSizes, (sizes) => {
        const meter = createDurationMeter(looksLike);
        for (const chunk of chunks(file, sizes)) meter?.write(chunk);
        expect(rounded(meter?.end() ?? null)).toBe(seconds);
      }),
      { numRuns: 20 },
    );
  });
});

it("ends in a duration or in none for any damage, the same for any chunking", () => {
  const anyFile = fc.constantFrom(...FILES.map(([, looksLike, file]) => ({ looksLike, file })));
  const anyEdits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 });
  holds(
    fc.property(anyFile, anyEdits, fc.nat(), anyChunkSizes, ({ looksLike, file }, edits, cut, sizes) => {
      const damaged = file.slice(0, file.length - (cut % 3 === 0 ? cut % file.length : 0));
      for (const [at, value] of edits) if (damaged.length > 0) damaged[at % damaged.length] = value;
      const whole = durationOf(looksLike, damaged);
      expect(whole === null || (Number.isFinite(whole) && whole >= 0)).toBe(true);
      const meter = createDurationMeter(looksLike);
      for (const chunk of chunks(damaged, sizes)) meter?.write(chunk);
      expect(meter?.end()).toBe(whole);
    }),
    { numRuns: 500 },
  );
});

it("gives up on files that are all headers", () => {
  const boxes = concat(Array.from({ length: 12_000 }, () => text("\0\0\0\x08free")));
  expect(durationOf("mp4", concat([boxes, mp4(1_500)]))).toBeNull();
});

it.each<LooksLike>(["silk", "webm", "wma", "ogg-other", "speex-wav", "unknown", "json"])(
  "%s files don't tell",
  (looksLike) => {
    expect(createDurationMeter(looksLike)).toBeNull();
    expect(durationOf(looksLike, noise(900))).toBeNull();
  },
);
