import { expect, it } from "vitest";
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
  sound     wideband, 16000 Hz, mono
  length    0.50 s, 25 frames of 20 ms
  modes     25 × speech at 18.2 kbit/s, above 4 kHz at 5.6 kbit/s (sub-mode 6 + 2)
  corrupt   none
  trailing  none
b.speex
  framing   bare frames of 60 bytes, as WeChat sends them
  sound     wideband, 16000 Hz, mono
  length    0.40 s, 20 frames of 20 ms
  modes     18 × speech at 18.2 kbit/s, above 4 kHz at 5.6 kbit/s (sub-mode 6 + 2)
  corrupt   2 frames in no known mode
  trailing  11 bytes of an incomplete frame
c.ogg
  framing   Ogg, 3 frames a packet
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
    },
    { file: "bad.speex", error: "unrecognised framing: the data looks like JSON", looksLike: "json" },
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
    },
  ]);
});
