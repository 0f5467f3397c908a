import { expect, it } from "vitest";
import { SOUND_KINDS } from "../../../../tools/simulator/sounds/kinds.ts";
import { withHeaderBytes } from "../../../support/speex-frames.ts";
import { hdvoice, put, SPEEXENC_OGG, VOICE, VOICE_FRAMES } from "../support.ts";

/** Half a second of voice with two frames in no known mode and part of one more. */
function damagedVoice(): Uint8Array {
  const voice = VOICE.slice(0, 20 * 60 + 11);
  voice[5 * 60] = 0x48;
  voice[6 * 60] = 0x48;
  return voice;
}

it("tells people what is in each file", async () => {
  put("a.speex", VOICE);
  put("b.speex", damagedVoice());
  put("c.ogg", SPEEXENC_OGG);
  const { status, stdout, stderr } = await hdvoice(["info", "a.speex", "b.speex", "c.ogg"]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout.toString()).toBe(`a.speex
  framing   bare frames of 60 bytes, as WeChat sends them
  type      voice/speex
  sound     wideband, 16000 Hz, mono
  length    0.50 s, 25 frames of 20 ms
  modes     25 × speech at 18.2 kbit/s, above 4 kHz at 5.6 kbit/s (sub-mode 6 + 2)
  corrupt   none
  trailing  none
b.speex
  framing   bare frames of 60 bytes, as WeChat sends them
  type      voice/speex
  sound     wideband, 16000 Hz, mono
  length    0.40 s, 20 frames of 20 ms
  modes     18 × speech at 18.2 kbit/s, above 4 kHz at 5.6 kbit/s (sub-mode 6 + 2)
  corrupt   2 frames in no known mode
  trailing  11 bytes of an incomplete frame
c.ogg
  framing   Ogg, 3 frames a packet
  type      audio/ogg; codecs=speex
  sound     wideband, 16000 Hz, mono
  length    0.54 s, 27 frames of 20 ms
  modes     16 × speech at 18.2 kbit/s, above 4 kHz at 5.6 kbit/s (sub-mode 6 + 2)
             6 × speech at 18.2 kbit/s, above 4 kHz at 9.6 kbit/s (sub-mode 6 + 3)
             3 × speech at 5.95 kbit/s, above 4 kHz at 1.8 kbit/s (sub-mode 2 + 1)
             1 × speech at 8 kbit/s, above 4 kHz at 1.8 kbit/s (sub-mode 3 + 1)
  corrupt   none
  absent    1 frame that their packets don't hold
  trailing  none
`);
});

it("writes a line of JSON for each file, also for one that failed", async () => {
  put("a.speex", damagedVoice());
  put("bad.speex", "{}");
  const { status, stdout, stderr } = await hdvoice(["info", "--json", "a.speex", "bad.speex", "none", "-"], {
    stdin: [withHeaderBytes(VOICE_FRAMES)],
  });
  expect(status).toBe(1);
  expect(stderr).toContain("hdvoice: bad.speex: unrecognised framing: the data looks like JSON\n");
  const lines = stdout.toString().trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      file: "a.speex",
      framing: "bare",
      mode: "wideband",
      rateHz: 16_000,
      framesPerPacket: 1,
      frames: 20,
      seconds: 0.4,
      modes: [{ narrowband: 6, highBand: 2, frames: 18 }],
      corruptFrames: 2,
      absentFrames: 0,
      trailingBytes: 11,
      kind: "Speex in bare frames",
      mediaType: "voice/speex",
    },
    {
      file: "bad.speex",
      error: "unrecognised framing: the data looks like JSON",
      looksLike: "json",
      kind: "JSON",
      mediaType: "text/plain; charset=utf-8",
      seconds: null,
    },
    { file: "none", error: "there is no such file or folder", looksLike: null },
    {
      file: "stdin",
      framing: "header-byte",
      mode: "wideband",
      rateHz: 16_000,
      framesPerPacket: 1,
      frames: 25,
      seconds: 0.5,
      modes: [{ narrowband: 6, highBand: 2, frames: 25 }],
      corruptFrames: 0,
      absentFrames: 0,
      trailingBytes: 0,
      kind: "Speex with length bytes",
      mediaType: "audio/x-speex-with-header-byte; rate=16000",
    },
  ]);
});

it("tells people what is in files of other kinds", async () => {
  put("a.amr", SOUND_KINDS.amr.make(2));
  put("b", SOUND_KINDS["silk-wechat"].make(2));
  const { status, stdout, stderr } = await hdvoice(["info", "a.amr", "b"]);
  expect(status).toBe(1);
  expect(stdout.toString()).toBe(`a.amr
  kind      AMR
  type      audio/amr
  length    2.00 s
b
  kind      SILK
  type      audio/silk
  length    not known without decoding it
`);
  expect(stderr).toContain("hdvoice: a.amr: unrecognised framing: the data looks like AMR\n");
});

const SPEEX_IN_OGG = ["Speex in Ogg", "audio/ogg; codecs=speex"];
const hundredths = (seconds: unknown) => (seconds === null ? null : Number(Number(seconds).toFixed(2)));

it("tells it of every kind of sound that the simulator has, from a file and from stdin", async () => {
  const kinds = Object.entries(SOUND_KINDS);
  for (const [name, kind] of kinds) put(name, kind.make(3));
  const fromFiles = await hdvoice(["info", "--json", ...kinds.map(([name]) => name)]);
  const lines = fromFiles.stdout.toString().trimEnd().split("\n");
  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(
    told.map(({ file, kind, mediaType, seconds }) => [file, kind, mediaType, hundredths(seconds)]),
  ).toEqual([
    ["speex", "Speex in bare frames", "voice/speex", 3],
    ["amr", "AMR", "audio/amr", 3],
    ["amr-modes", "AMR", "audio/amr", 3],
    ["amr-wb", "AMR-WB", "audio/amr-wb", 3],
    ["amr-wb-modes", "AMR-WB", "audio/amr-wb", 3],
    ["silk", "SILK", "audio/silk", null],
    ["silk-wechat", "SILK", "audio/silk", null],
    ["mp3", "MP3", "audio/mpeg", 3.02],
    ["mp3-id3", "MP3", "audio/mpeg", 3.02],
    ["opus", "Opus in Ogg", "audio/ogg; codecs=opus", 3.01],
    ["wav", "WAV", "audio/wav", 3],
    ["riff-speex", "WAV with Speex in it", "audio/vnd.wave; codec=A109", null],
    ["ogg-speex-8000", ...SPEEX_IN_OGG, 3],
    ["ogg-speex-11025", ...SPEEX_IN_OGG, 3],
    ["ogg-speex-16000", ...SPEEX_IN_OGG, 3],
    ["ogg-speex-22050", ...SPEEX_IN_OGG, 3],
    ["ogg-speex-32000", ...SPEEX_IN_OGG, 3],
    ["ogg-speex-44100", ...SPEEX_IN_OGG, 3],
    ["ogg-speex-48000", ...SPEEX_IN_OGG, 3],
    ["ogg-speex-3-a-packet", ...SPEEX_IN_OGG, 3],
    ["ogg-speex-8000-4-a-packet", ...SPEEX_IN_OGG, 3.04],
  ]);
  for (const name of ["amr-modes", "mp3-id3", "opus", "ogg-speex-22050"] as const) {
    const bytes = SOUND_KINDS[name].make(3);
    const stdin = [bytes.subarray(0, 100), bytes.subarray(100)];
    const { stdout } = await hdvoice(["info", "--json", "-"], { stdin });
    expect(JSON.parse(stdout.toString())).toEqual({
      ...told.find(({ file }) => file === name),
      file: "stdin",
    });
  }
});

it("tells how long the frames are at an odd rate", async () => {
  put("a.ogg", SOUND_KINDS["ogg-speex-22050"].make(2));
  const { stdout } = await hdvoice(["info", "a.ogg"]);
  expect(stdout.toString()).toContain("  length    2.00 s, 138 frames of 14.5 ms\n");
});
