import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SOUND_KINDS, type SoundKindName } from "../../../tools/simulator/sounds/kinds.ts";
import { tag } from "../../../tools/simulator/tags.ts";
import { run, withTools } from "../../e2e/local.ts";
import {
  APP_ID,
  askOf,
  createClock,
  createTestSimulator,
  getMedia,
  stableToken,
  tokenIn,
} from "./support.ts";

const KINDS = Object.keys(SOUND_KINDS) as SoundKindName[];
const ascii = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
const u16 = (bytes: Uint8Array, at: number) =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint16(at, true);
const u32 = (bytes: Uint8Array, at: number) =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);

describe("a sound made in code", () => {
  it.each<[SoundKindName, string]>([
    ["amr", "#!AMR\n"],
    ["amr-modes", "#!AMR\n"],
    ["amr-wb", "#!AMR-WB\n"],
    ["amr-wb-modes", "#!AMR-WB\n"],
    ["silk", "#!SILK_V3"],
    ["silk-wechat", "\u0002#!SILK_V3"],
    ["mp3", "\xff\xf3"],
    ["mp3-id3", "ID3"],
    ["opus", "OggS"],
    ["wav", "RIFF"],
    ["riff-speex", "RIFF"],
    ["ogg-speex-11025", "OggS"],
  ])("of the kind %s begins with %j", (kind, magic) => {
    expect(ascii(SOUND_KINDS[kind].make(0.5)).startsWith(magic)).toBe(true);
  });

  it("has WeChat's frames where it is a bare voice", () => {
    const voice = SOUND_KINDS.speex.make(1);
    expect(voice.length).toBe(3_000);
    for (let at = 0; at < voice.length; at += 60) {
      const [first = 0, middle = 0, last = 0] = [voice[at], voice[at + 45], voice[at + 59]];
      expect([first & 0xf8, middle & 0x0f, last & 0x0f]).toEqual([0x30, 0x0a, 0x07]);
    }
  });

  it("has one frame for each 20 ms where it is AMR, whatever their modes", () => {
    const lengths = [12, 13, 15, 17, 19, 20, 26, 31, 5, 0, 0, 0, 0, 0, 0, 0];
    const modes = new Set<number>();
    const bytes = SOUND_KINDS["amr-modes"].make(1);
    let frames = 0;
    for (let at = 6; at < bytes.length; frames++) {
      const mode = ((bytes[at] ?? 0) >> 3) & 15;
      modes.add(mode);
      at += 1 + (lengths[mode] ?? 0);
    }
    expect(frames).toBe(50);
    expect(modes.size).toBe(10);
  });

  it("has blocks behind their lengths where it is SILK, and an end mark only from the SDK", () => {
    for (const [kind, start, end] of [
      ["silk", 9, 2],
      ["silk-wechat", 10, 0],
    ] as const) {
      const bytes = SOUND_KINDS[kind].make(1);
      let blocks = 0;
      let at = start;
      for (; at < bytes.length - end; blocks++) at += 2 + u16(bytes, at);
      expect([blocks, at]).toEqual([50, bytes.length - end]);
      if (end > 0) expect(u16(bytes, at)).toBe(0xffff);
    }
  });

  it("has format 0xA109 and a Speex header where it is Speex in RIFF", () => {
    const bytes = SOUND_KINDS["riff-speex"].make(1);
    expect(u32(bytes, 4)).toBe(bytes.length - 8);
    expect([u16(bytes, 20), u16(bytes, 36), ascii(bytes.subarray(38, 46))]).toEqual([0xa109, 80, "Speex   "]);
  });

  it.each<[SoundKindName, string]>([
    ["ogg-speex-8000", "speexenc-8000"],
    ["ogg-speex-11025", "speexenc-11025"],
    ["ogg-speex-22050", "speexenc-22050"],
    ["ogg-speex-44100", "speexenc-44100"],
    ["ogg-speex-48000", "speexenc-48000"],
  ])("of the kind %s has the header that %s has", (kind, fixture) => {
    const [made, encoded] = [SOUND_KINDS[kind].make(0.4), readFileSync(`test/fixtures/ogg/${fixture}.ogg`)];
    // Behind the page's header and its one lace: name, then behind the version's text all numbers but the bit rate.
    const numbers = (ogg: Uint8Array) =>
      [28, ...Array.from({ length: 13 }, (_, field) => 56 + 4 * field)].map((at) => u32(ogg, at));
    const [bitRate, frameSamples] = [7, 8];
    expect(numbers(made).toSpliced(bitRate, 1)).toEqual(numbers(encoded).toSpliced(bitRate, 1));
    expect(numbers(made)[frameSamples]).toBe(
      kind === "ogg-speex-8000" || kind === "ogg-speex-11025" ? 160 : 320,
    );
  });

  it("can be had by id from either download, under its type", async () => {
    const simulator = createTestSimulator(createClock());
    const ask = askOf(simulator);
    const token = await tokenIn(stableToken(ask));
    for (const kind of KINDS) {
      simulator.addSound(APP_ID, kind, kind, { seconds: 0.2, endpoint: "media" });
      const response = await ask(`/cgi-bin/media/get?access_token=${token}&media_id=${kind}`);
      expect(response.headers.get("content-type")).toBe(SOUND_KINDS[kind].contentType);
      expect(await response.bytes()).toEqual(SOUND_KINDS[kind].make(0.2));
    }
    simulator.addSound(APP_ID, "m1", "amr", { contentType: null });
    const untyped = await getMedia(ask, token, "m1");
    expect(untyped.headers.get("content-type")).toBeNull();
    await untyped.bytes();
  });
});

const { name, skip } = withTools("what other people's tools make of a sound", "ffprobe", "sox", "speexdec");
describe.skipIf(skip)(name, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "hdvoice-sounds-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function write(kind: SoundKindName, bytes: Uint8Array = SOUND_KINDS[kind].make(1)): string {
    const file = join(folder, kind);
    writeFileSync(file, bytes);
    return file;
  }

  it.each<[SoundKindName, string]>([
    ["amr", "amr_nb,8000"],
    ["amr-wb", "amr_wb,16000"],
    ["mp3", "mp3,16000"],
    ["mp3-id3", "mp3,16000"],
    ["opus", "opus,48000"],
    ["wav", "pcm_s16le,16000"],
    ["riff-speex", "speex,16000"],
    ["ogg-speex-8000", "speex,8000"],
    ["ogg-speex-44100", "speex,44100"],
  ])("%s: ffprobe calls it %s", async (kind, codec) => {
    const what = ["-show_entries", "stream=codec_name,sample_rate", "-of", "csv=p=0"];
    const { stdout } = await run("ffprobe", ["-v", "error", ...what, write(kind)]);
    expect(stdout.toString().trim()).toBe(codec);
  });

  it.each<[SoundKindName, string, number]>([
    ["amr", "amr-nb", 8_000],
    ["amr-modes", "amr-nb", 8_000],
    ["amr-wb", "amr-wb", 16_000],
    ["amr-wb-modes", "amr-wb", 16_000],
  ])("%s: sox decodes a whole second of %s", async (kind, type, samples) => {
    const { stderr } = await run("sox", ["-t", type, write(kind), "-n", "stat"]);
    expect(stderr).toMatch(new RegExp(`Samples read: +${samples}\\n`));
  });

  it.each<[SoundKindName, number]>([
    ["ogg-speex-8000", 160 * 50],
    ["ogg-speex-11025", 160 * 69],
    ["ogg-speex-16000", 320 * 50],
    ["ogg-speex-22050", 320 * 69],
    ["ogg-speex-32000", 320 * 100],
    ["ogg-speex-44100", 320 * 138],
    ["ogg-speex-48000", 320 * 150],
    ["ogg-speex-3-a-packet", 320 * 50],
    ["ogg-speex-8000-4-a-packet", 160 * 50],
  ])("%s: speexdec decodes %i samples without a complaint", async (kind, samples) => {
    const wav = join(folder, "decoded.wav");
    const { status, stderr } = await run("speexdec", [write(kind), wav]);
    expect(status).toBe(0);
    expect(stderr).not.toMatch(/warning|corrupt|error/i);
    const { stdout } = await run("sox", ["--i", "-s", wav]);
    expect(Number(stdout.toString())).toBe(samples);
  });

  it("is the same sound with an ID3 tag or zeros behind it", async () => {
    for (const behind of ["id3v1", "zeros"] as const) {
      const file = write("ogg-speex-16000", tag(SOUND_KINDS["ogg-speex-16000"].make(1), behind));
      const { status } = await run("speexdec", [file, join(folder, "decoded.wav")]);
      expect(status).toBe(0);
    }
  });
});
