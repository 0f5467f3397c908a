import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withHeaderBytes } from "../../../support/speex-frames.ts";
import {
  decoded,
  files,
  folder,
  get,
  hdvoice,
  packetsOf,
  put,
  SPEEXENC_OGG,
  VOICE,
  VOICE_FRAMES,
  wav,
} from "../support.ts";

const VOICE_PCM = decoded(VOICE_FRAMES);

describe("what it reads", () => {
  it.each([
    ["bare frames", VOICE, VOICE_PCM],
    ["frames with a length byte in front", withHeaderBytes(VOICE_FRAMES), VOICE_PCM],
    ["an Ogg file by speexenc", SPEEXENC_OGG, decoded(packetsOf(SPEEXENC_OGG), 3)],
  ])("decodes %s to just what the decoder gives", async (_, voice, pcm) => {
    put("voice", voice);
    const { status, stderr } = await hdvoice(["decode", "voice", "sound.wav"]);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: `voice → sound.wav  ${(pcm.length / 32_000).toFixed(2)} s\n`,
    });
    expect(get("sound.wav")).toEqual(wav(pcm));
  });

  const hasSpeexenc = spawnSync("speexenc", ["--version"]).error === undefined;
  it.skipIf(!hasSpeexenc)("decodes what speexenc writes now", async () => {
    put("source.wav", wav(VOICE_PCM));
    spawnSync("speexenc", ["--wideband", "source.wav", "voice.spx"], { cwd: folder });
    expect(await hdvoice(["decode", "voice.spx"])).toMatchObject({ status: 0 });
    expect(get("voice.wav")).toEqual(wav(decoded(packetsOf(get("voice.spx")))));
  });

  it("decodes the one frame of a file of 60 bytes", async () => {
    put("voice.speex", VOICE.subarray(0, 60));
    expect(await hdvoice(["decode", "voice.speex", "sound.wav"])).toMatchObject({ status: 0 });
    expect(get("sound.wav")).toEqual(wav(decoded(VOICE_FRAMES.slice(0, 1))));
  });

  it("leaves out part of a frame at the end, and says so", async () => {
    put("voice.speex", VOICE.subarray(0, 637));
    const { status, stderr } = await hdvoice(["decode", "voice.speex"]);
    expect(status).toBe(0);
    expect(stderr).toContain("hdvoice: voice.speex: ends with 37 bytes of an incomplete frame, left out\n");
    expect(get("voice.wav")).toEqual(wav(decoded(VOICE_FRAMES.slice(0, 10))));
  });

  it("leaves out an Ogg page that is cut off, and says so", async () => {
    put("voice.ogg", SPEEXENC_OGG.subarray(0, -1));
    const { status, stderr } = await hdvoice(["decode", "voice.ogg"]);
    expect(status).toBe(0);
    expect(stderr).toContain(" bytes of an incomplete Ogg page, left out\n");
    expect(get("voice.wav")).toEqual(wav(new Uint8Array(0)));
  });

  it.each(["wav", "ogg"])("counts corrupt frames when it writes %s", async (form) => {
    const voice = VOICE.slice();
    voice[10 * 60] = 0x48;
    voice[20 * 60] = 0x48;
    put("voice.speex", voice);
    const { status, stderr } = await hdvoice(["decode", "--to", form, "voice.speex"]);
    expect(status).toBe(0);
    expect(stderr).toContain("voice.speex: 2 of 25 frames are corrupt");
  });
});

describe("what it writes", () => {
  it("writes bare samples to a name in .pcm", async () => {
    put("voice.speex", VOICE);
    expect(await hdvoice(["decode", "voice.speex", "sound.PCM"])).toMatchObject({ status: 0 });
    expect(get("sound.PCM")).toEqual(VOICE_PCM);
  });

  it("puts the frames as they are into a name in .ogg, the same file each time", async () => {
    put("voice.speex", VOICE);
    expect(await hdvoice(["decode", "voice.speex", "a.ogg"])).toMatchObject({ status: 0 });
    expect(await hdvoice(["decode", "-", "b.ogg"], { stdin: [VOICE] })).toMatchObject({ status: 0 });
    expect(packetsOf(get("a.ogg"))).toEqual(VOICE_FRAMES);
    expect(packetsOf(get("b.ogg"))).toEqual(VOICE_FRAMES);
    expect(await hdvoice(["decode", "voice.speex", "a.ogg", "--force"])).toMatchObject({ status: 0 });
    expect(await hdvoice(["decode", "voice.speex", "c.ogg"])).toMatchObject({ status: 0 });
    expect(get("a.ogg")).toEqual(get("c.ogg"));
  });

  it("leaves the enhancement out when told to", async () => {
    put("voice.speex", VOICE);
    expect(await hdvoice(["decode", "--no-enhance", "voice.speex", "a.pcm"])).toMatchObject({ status: 0 });
    expect(get("a.pcm")).toEqual(decoded(VOICE_FRAMES, 1, false));
    expect(get("a.pcm")).not.toEqual(VOICE_PCM);
  });

  it("says nothing about success when told to be quiet", async () => {
    put("voice.speex", VOICE);
    expect(await hdvoice(["decode", "-q", "voice.speex"])).toEqual({
      ...{ status: 0, stderr: "" },
      stdout: Buffer.alloc(0),
    });
  });

  it("tells minutes and hours of long sound on a clock as well", async () => {
    const stdin = Array.from({ length: 1000 }, () => VOICE);
    const { stderr } = await hdvoice(["decode", "-", "long.wav"], { stdin });
    expect(stderr).toBe("stdin → long.wav  500.00 s (8:20)\n");
  });
});

describe("many files", () => {
  it("decodes the good ones next to themselves, and ends with 1 for the bad one", async () => {
    mkdirSync(join(folder, "b"));
    put("a.speex", VOICE);
    put("bad.speex", "<html>");
    put("b/c.speex", VOICE.subarray(0, 60));
    const { status, stderr } = await hdvoice(["decode", "a.speex", "bad.speex", "b/c.speex"]);
    expect(status).toBe(1);
    expect(stderr).toContain("hdvoice: bad.speex: unrecognised framing: the data looks like HTML");
    expect(stderr).toMatch(/\n2 of 3 voices decoded, 1 failed\n$/);
    expect(files()).toEqual(["a.speex", "a.wav", "b", "b/c.speex", "b/c.wav", "bad.speex"]);
    expect(get("a.wav")).toEqual(wav(VOICE_PCM));
  });

  it("puts them into a folder, which it makes", async () => {
    put("a.speex", VOICE);
    put("b.speex", VOICE);
    const args = ["decode", "a.speex", "b.speex", "--out", "new/sound", "--to", "ogg"];
    expect(await hdvoice(args)).toMatchObject({ status: 0 });
    expect(files().filter((name) => name.startsWith("new/sound/"))).toEqual([
      "new/sound/a.ogg",
      "new/sound/b.ogg",
    ]);
  });
});
