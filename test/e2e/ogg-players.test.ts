/**
 * What players make of our Ogg, and what we make of speexenc's. Needs Debian's speex, ffmpeg, sox and vorbis-tools;
 * a test whose tool is missing is skipped and says so.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createPacketSplitter } from "../../src/audio/framing.ts";
import { createOggWriter } from "../../src/audio/ogg.ts";
import { wavHeader } from "../../src/audio/wav.ts";

const VOICES = new URL("../fixtures/voices/", import.meta.url);
const names = readdirSync(VOICES).map((file) => file.replace(".speex", ""));
const folder = mkdtempSync(join(tmpdir(), "hdvoice-ogg-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DEBIAN_PACKAGE = {
  speexdec: "speex",
  speexenc: "speex",
  ogginfo: "vorbis-tools",
  ffprobe: "ffmpeg",
  sox: "sox",
} as const;
type Tool = keyof typeof DEBIAN_PACKAGE;

function isMissing(tool: Tool): boolean {
  return spawnSync(tool, [tool.startsWith("ff") ? "-version" : "--version"]).error !== undefined;
}

/** For a test that needs these tools: its name says why, where it is skipped. */
function withTools(name: string, ...tools: Tool[]): { name: string; skip: boolean } {
  const missing = tools.filter(isMissing);
  const packages = missing.map((tool) => DEBIAN_PACKAGE[tool]).join(" ");
  return {
    name: missing.length > 0 ? `${name} (skipped: apt-get install ${packages})` : name,
    skip: missing.length > 0,
  };
}

function run(tool: Tool, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(tool, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${tool} ${args.join(" ")} ended with ${status}: ${stderr}`);
  return stdout + stderr;
}

/** The file put into Ogg by our writer, and what was in it. */
function remux(source: string | URL, name: string) {
  const splitter = createPacketSplitter();
  const packets = splitter.write(readFileSync(source));
  const { trailingBytes } = splitter.end();
  if (splitter.info === null) throw new Error("no stream");
  const writer = createOggWriter({ serial: 1, info: splitter.info });
  const file = join(folder, `${name}.ogg`);
  writeFileSync(file, Buffer.concat([writer.write(packets), writer.end()]));
  return { file, info: splitter.info, packetCount: packets.lengths.length, trailingBytes };
}

/** 16-bit samples. A file not called `.wav` is written without a header. */
function speexdec(file: string, ...options: string[]): Int16Array {
  const pcm = join(folder, "decoded.raw");
  run("speexdec", ...options, file, pcm);
  const bytes = readFileSync(pcm);
  return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}

const decodes = withTools("has exactly 320 samples a frame for speexdec, none dropped", "speexdec");
describe.skipIf(decodes.skip)(decodes.name, () => {
  it.each(names)("%s", (name) => {
    const { file, packetCount } = remux(new URL(`${name}.speex`, VOICES), name);
    expect(speexdec(file)).toHaveLength(packetCount * 320);
  });
});

const lasts = withTools("lasts exactly 20 ms a frame for ffprobe", "ffprobe");
describe.skipIf(lasts.skip)(lasts.name, () => {
  const probe = (file: string) =>
    run(
      "ffprobe",
      "-v",
      "error",
      "-of",
      "csv=p=0",
      "-show_entries",
      "stream=codec_name,sample_rate,channels,start_time,duration",
      file,
    );

  it.each(names)("%s", (name) => {
    const { file, packetCount } = remux(new URL(`${name}.speex`, VOICES), name);
    expect(probe(file).trim()).toBe(`speex,16000,1,0.000000,${(packetCount / 50).toFixed(6)}`);
  });

  it("as a WAV of the same voice does", () => {
    const file = join(folder, "silence.wav");
    writeFileSync(file, Buffer.concat([wavHeader(25 * 320, 16_000), new Uint8Array(25 * 640)]));
    expect(probe(file)).toContain("pcm_s16le,16000,1,N/A,0.500000");
  });
});

const clean = withTools("is a sound stream for ogginfo", "ogginfo");
describe.skipIf(clean.skip)(clean.name, () => {
  it.each(names)("%s", (name) => {
    const report = run("ogginfo", "-v", remux(new URL(`${name}.speex`, VOICES), name).file);
    expect(report).toContain("Mode: 1 (wideband)");
    expect(report).toContain("Vendor: hdvoice");
    expect(report).not.toMatch(/warning|error|hole|negative/i);
  });
});

const reads = withTools("keeps what speexenc wrote, of any kind", "speexenc", "speexdec", "sox");
describe.skipIf(reads.skip)(reads.name, () => {
  it.each([
    ["wideband", 16_000, 223, [], []],
    ["variable bit rate with silence left out", 16_000, 223, ["--vbr", "--dtx"], []],
    ["ten frames a packet", 16_000, 223, ["--nframes", "10", "--quality", "10"], []],
    ["a skeleton stream beside it", 16_000, 223, ["--skeleton"], []],
    ["narrowband", 8_000, 80, ["--narrowband"], []],
    // Decoded without its third layer, which is what our reader promises.
    ["ultra-wideband", 32_000, 254, ["--ultra-wideband"], ["--force-wb"]],
  ])("%s", (_, rateHz, lookAhead, encode, decode) => {
    const wav = join(folder, "source.wav");
    const source = join(folder, "source.spx");
    const sweep = ["synth", "3", "sine", "200-900", "gain", "-9"];
    run("sox", "-R", "-D", "-n", "-r", String(rateHz), "-b", "16", wav, ...sweep);
    run("speexenc", ...encode, wav, source);

    const { file, info, trailingBytes } = remux(source, "remuxed");
    expect({ rateHz: info.rateHz, trailingBytes }).toEqual({
      rateHz: Math.min(rateHz, 16_000),
      trailingBytes: 0,
    });

    // speexenc's file says how far its encoder looked ahead, and speexdec drops that; ours keeps every sample.
    const some = speexdec(source, ...decode).subarray(1_000, 9_000);
    expect(findIn(speexdec(file), some)).toBe(1_000 + lookAhead);
  });
});

function findIn(samples: Int16Array, part: Int16Array): number {
  for (let start = 0; start + part.length <= samples.length; start++) {
    let i = 0;
    while (i < part.length && samples[start + i] === part[i]) i++;
    if (i === part.length) return start;
  }
  return -1;
}
