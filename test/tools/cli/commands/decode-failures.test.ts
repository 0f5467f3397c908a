import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withHeaderBytes } from "../../../support/speex-frames.ts";
import { decoded, files, folder, get, hdvoice, put, VOICE, VOICE_FRAMES, wav } from "../support.ts";

const VOICE_PCM = decoded(VOICE_FRAMES);

describe("what is no voice", () => {
  it.each([
    ["an MP3", Buffer.from("ID3\x04\0\0\0\0\0\x23TSSE"), "looks like MP3", "ffmpeg -i"],
    ["an AMR file", Buffer.from("#!AMR\n\x3c\x91\x17"), "looks like AMR", "ffmpeg -i"],
    ["a SILK file", Buffer.from("\x02#!SILK_V3\x0c\0"), "looks like SILK", "SILK v3 decoder"],
    ["WeChat's error message", Buffer.from('{"errcode":40007}'), "looks like JSON", "errcode says"],
    ["an empty file", Buffer.alloc(0), "it is empty", "get the voice again"],
    ["less than one frame", Buffer.from(VOICE.subarray(0, 59)), "before its first whole frame", "cut off"],
  ])("says what %s is and what to do, and leaves nothing behind", async (_, bytes, looks, advice) => {
    put("voice.speex", bytes);
    const { status, stderr } = await hdvoice(["decode", "voice.speex", "sound.wav"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^hdvoice: voice\.speex: /);
    expect(stderr).toContain(looks);
    expect(stderr).toContain(advice);
    expect(files()).toEqual(["voice.speex"]);
  });

  it("leaves nothing behind when the damage comes late", async () => {
    put("voice.speex", Buffer.concat([withHeaderBytes(VOICE_FRAMES), Buffer.alloc(600, 0xff)]));
    const { status, stderr } = await hdvoice(["decode", "voice.speex", "sound.wav"]);
    expect(status).toBe(1);
    expect(stderr).toContain("a length byte is followed by something that is not Speex");
    expect(files()).toEqual(["voice.speex"]);
  });
});

describe("what is there already", () => {
  it("keeps a file that exists", async () => {
    put("voice.speex", VOICE);
    put("sound.wav", "precious");
    const { status, stderr } = await hdvoice(["decode", "voice.speex", "sound.wav"]);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: "hdvoice: sound.wav: the file exists already, and is kept; --force replaces it\n",
    });
    expect(get("sound.wav").toString()).toBe("precious");
  });

  it("replaces it when told to", async () => {
    put("voice.speex", VOICE);
    put("sound.wav", "precious");
    expect(await hdvoice(["decode", "--force", "voice.speex", "sound.wav"])).toMatchObject({ status: 0 });
    expect(get("sound.wav")).toEqual(wav(VOICE_PCM));
    expect(files()).toEqual(["sound.wav", "voice.speex"]);
  });

  it("keeps it even then if the voice can't be decoded", async () => {
    put("voice.speex", Buffer.concat([withHeaderBytes(VOICE_FRAMES), Buffer.alloc(600, 0xff)]));
    put("sound.wav", "precious");
    expect(await hdvoice(["decode", "--force", "voice.speex", "sound.wav"])).toMatchObject({ status: 1 });
    expect(get("sound.wav").toString()).toBe("precious");
    expect(files()).toEqual(["sound.wav", "voice.speex"]);
  });
});

describe("what can't be read or written", () => {
  it.each([
    ["a voice that isn't there", ["nowhere.speex"], "nowhere.speex: there is no such file or folder"],
    ["a folder in the place of a voice", ["."], ".: it is a folder; name the files in it"],
    [
      "an output in a folder that isn't there",
      ["voice.speex", "nowhere/sound.wav"],
      "nowhere/sound.wav: cannot be written: there is no such file or folder",
    ],
    [
      "a folder for outputs that is a file",
      ["voice.speex", "--out", "voice.speex"],
      "voice.speex: cannot be written: there is a file of that name",
    ],
    ["a folder in the place of the output", ["voice.speex", "folder.wav"], "folder.wav: it is a folder"],
  ])("names %s", async (_, args, message) => {
    put("voice.speex", VOICE);
    mkdirSync(join(folder, "folder.wav"));
    const { status, stderr } = await hdvoice(["decode", ...args]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: `hdvoice: ${message}\n` });
    expect(files()).toEqual(["folder.wav", "voice.speex"]);
  });

  // Linux lets nobody make files there, not even root.
  it.skipIf(!existsSync("/sys/kernel"))(
    "names an output in a folder that must not be written to",
    async () => {
      put("voice.speex", VOICE);
      const { status, stderr } = await hdvoice(["decode", "voice.speex", "--out", "/sys"]);
      expect(status).toBe(1);
      expect(stderr).toMatch(
        /^hdvoice: \/sys\/voice\.wav: cannot be written: (permission denied|the disk is read-only)\n$/,
      );
    },
  );
});
