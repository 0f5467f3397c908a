/**
 * Sound in files that others have written: what they are called, and how long they last, as the programs that wrote them say.
 * Needs Debian's ffmpeg, sox with libsox-fmt-all, and speex; what is missing is skipped, and says so.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { durationOf } from "../../src/audio/duration.ts";
import { durationSeconds, sampleCount } from "../../src/audio/frames.ts";
import { createPacketSplitter, FramingError, type LooksLike } from "../../src/audio/framing.ts";
import { kindOf } from "../../src/audio/kind.ts";

const folder = mkdtempSync(join(tmpdir(), "hdvoice-foreign-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SECONDS = 2.5;

function has(program: string, ...args: string[]): boolean {
  return spawnSync(program, args).error === undefined;
}

function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", cwd: folder });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}

const hasFfmpeg = has("ffmpeg", "-version");
const hasSox = has("sox", "--version");
const hasSpeex = has("speexenc", "--version");

function bytesOf(file: string): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, file)));
}

/** A tone of two and a half seconds, encoded by ffmpeg with these options. */
function ffmpeg(file: string, rateHz: number, ...options: string[]): Uint8Array {
  const tone = [
    "-f",
    "lavfi",
    "-i",
    `sine=frequency=440:duration=${SECONDS}`,
    "-ar",
    String(rateHz),
    "-ac",
    "1",
  ];
  run("ffmpeg", "-v", "error", "-y", ...tone, ...options, file);
  return bytesOf(file);
}

function refusal(bytes: Uint8Array): LooksLike {
  const splitter = createPacketSplitter();
  try {
    splitter.write(bytes);
    splitter.end();
  } catch (error) {
    if (error instanceof FramingError) return error.looksLike;
    throw error;
  }
  throw new Error("it is a voice");
}

describe.skipIf(!hasFfmpeg)(
  `what ffmpeg writes${hasFfmpeg ? "" : " (skipped: apt-get install ffmpeg)"}`,
  () => {
    it.each([
      ["a.mp3", 44_100, ["-b:a", "128k"], "audio/mpeg"],
      ["tagged.mp3", 16_000, ["-q:a", "7", "-metadata", "title=x", "-write_id3v1", "1"], "audio/mpeg"],
      ["untagged.mp3", 8_000, ["-id3v2_version", "0", "-write_xing", "0"], "audio/mpeg"],
      ["a.aac", 16_000, [], "audio/aac"],
      ["a.m4a", 16_000, [], "audio/mp4"],
      ["a.3gp", 16_000, ["-c:a", "aac"], "audio/3gpp"],
      ["a.flac", 16_000, [], "audio/flac"],
      ["a.opus", 16_000, [], "audio/ogg; codecs=opus"],
      ["a.ogg", 16_000, ["-c:a", "libvorbis"], "audio/ogg; codecs=vorbis"],
      ["a.wav", 16_000, [], "audio/wav"],
      ["ulaw.wav", 8_000, ["-c:a", "pcm_mulaw"], "audio/wav"],
    ])("%s", (file, rateHz, options, mediaType) => {
      const bytes = ffmpeg(file, rateHz, ...options);
      const looksLike = refusal(bytes);
      expect(kindOf({ framing: null, looksLike })).toMatchObject({ mediaType });
      const told = Number(
        run("ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", file),
      );
      expect(durationOf(looksLike, bytes)).toBeCloseTo(told, 1);
      expect(Math.abs(told - SECONDS)).toBeLessThan(0.2);
    });

    it.each([
      ["a.webm", [], "audio/webm"],
      ["a.wma", [], "audio/x-ms-wma"],
      ["speex.wav", ["-c:a", "libspeex"], "audio/vnd.wave; codec=A109"],
      ["flac.ogg", ["-c:a", "flac"], "application/ogg"],
    ])("%s, whose length is not told", (file, options, mediaType) => {
      const bytes = ffmpeg(file, 16_000, ...options);
      const looksLike = refusal(bytes);
      expect(kindOf({ framing: null, looksLike })).toMatchObject({ mediaType });
      expect(durationOf(looksLike, bytes)).toBeNull();
    });
  },
);

describe.skipIf(!hasSox)(
  `what SoX writes${hasSox ? "" : " (skipped: apt-get install sox libsox-fmt-all)"}`,
  () => {
    it("AMR in each of its modes", () => {
      for (const mode of [0, 1, 2, 3, 4, 5, 6, 7]) {
        const file = `mode-${mode}.amr-nb`;
        run(
          "sox",
          "-n",
          "-r",
          "8000",
          "-c",
          "1",
          "-C",
          String(mode),
          file,
          "synth",
          String(SECONDS),
          "pinknoise",
        );
        const bytes = bytesOf(file);
        expect(refusal(bytes)).toBe("amr");
        expect(durationOf("amr", bytes)).toBe(SECONDS);
      }
    });
  },
);

const hasBoth = hasSpeex && hasSox;
describe.skipIf(!hasBoth)(
  `what speexenc writes${hasBoth ? "" : " (skipped: apt-get install sox speex)"}`,
  () => {
    it.each([
      [8_000, [], "narrowband"],
      [11_025, [], "narrowband"],
      [11_025, ["-w"], "wideband"],
      [16_000, ["--nframes", "4"], "wideband"],
      [22_050, [], "wideband"],
      [22_050, ["-n"], "narrowband"],
      [32_000, [], "wideband"],
      [44_100, [], "wideband"],
      [44_100, ["--nframes", "3"], "wideband"],
      [48_000, [], "wideband"],
    ])("at %i Hz lasts as long as speexdec says (%j)", (rateHz, options, mode) => {
      run(
        "sox",
        "-n",
        "-r",
        String(rateHz),
        "-c",
        "1",
        "-b",
        "16",
        "in.wav",
        "synth",
        String(SECONDS),
        "sine",
        "440",
      );
      run("speexenc", ...options, "in.wav", "out.spx");
      run("speexdec", "out.spx", "out.wav");
      const bytes = bytesOf("out.spx");
      const splitter = createPacketSplitter();
      const { lengths } = splitter.write(bytes);
      splitter.end();
      const { info } = splitter;
      if (info === null) throw new Error("no stream");
      expect(info.mode).toBe(mode);

      const theirs = new DataView(bytesOf("out.wav").buffer);
      const theirRateHz = theirs.getUint32(24, true);
      const theirSamples = (theirs.byteLength - 44) / 2;
      // Of ultra-wideband only the lower half is decoded, with half as many samples.
      const share = theirRateHz / info.rateHz;
      expect([1, 2]).toContain(share);
      const frameCount = lengths.length * info.framesPerPacket;
      // speexdec drops what the encoder has put in front and behind: less than two packets.
      const droppedSamples = sampleCount(info, frameCount) * share - theirSamples;
      expect(droppedSamples).toBeGreaterThanOrEqual(0);
      expect(droppedSamples).toBeLessThan(2 * sampleCount(info, info.framesPerPacket) * share);
      expect(durationSeconds(info, frameCount)).toBeCloseTo((theirSamples + droppedSamples) / theirRateHz, 6);
    });
  },
);
