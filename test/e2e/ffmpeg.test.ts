/** ffprobe and ffmpeg read a cold voice by its URL, and jump about in it. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AUTHORIZATION, type Local, run, startLocal, withTools } from "./local.ts";

const SPEEX = readFileSync("test/fixtures/voices/minute-60s.speex");
const BYTES_PER_SECOND = 32_000;
const HEADERS = ["-headers", `${AUTHORIZATION}\r\n`];
const { name, skip } = withTools("by its URL", "ffmpeg", "ffprobe");

describe.skipIf(skip)(name, () => {
  let local: Local;
  beforeAll(async () => {
    local = await startLocal();
  });
  afterAll(() => local?.stop());

  it.each([
    ["wav", "pcm_s16le"],
    ["ogg", "speex"],
  ])("ffprobe tells the length of a cold .%s", async (form, codec) => {
    local.record(`probed-${form}`, SPEEX);
    const entries = [
      "-v",
      "error",
      "-of",
      "csv=p=0",
      "-show_entries",
      "stream=codec_name,sample_rate:format=duration",
    ];
    const { status, stdout, stderr } = await run("ffprobe", [
      ...entries,
      ...HEADERS,
      local.url(`probed-${form}.${form}`),
    ]);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout.toString().trim().split("\n")).toEqual([`${codec},16000`, "60.000000"]);
    expect(local.mediaCalls(`probed-${form}`)).toBe(1);
  });

  it("ffmpeg jumps to second 40 of a cold WAV and gets exactly those samples", async () => {
    local.record("sought", SPEEX);
    const url = local.url("sought.wav");
    const args = [
      "-v",
      "error",
      ...HEADERS,
      "-seekable",
      "1",
      "-ss",
      "40",
      "-i",
      url,
      "-t",
      "1",
      "-f",
      "s16le",
      "-",
    ];
    const { status, stdout, stderr } = await run("ffmpeg", args);
    expect(stderr).toBe("");
    expect(status).toBe(0);

    const whole = await run("curl", ["-sSf", "-H", AUTHORIZATION, url]);
    const from = 44 + 40 * BYTES_PER_SECOND;
    expect(stdout).toEqual(whole.stdout.subarray(from, from + BYTES_PER_SECOND));
    expect(local.mediaCalls("sought")).toBe(1);
  });
});
