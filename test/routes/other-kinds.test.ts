/** Sound that isn't Speex, under a page's media id: named by what it is, with its length, and as it came. */
import { describe, expect, it } from "vitest";
import { APP_ID } from "../support/accounts.ts";
import { ask, bytesOf, jsonOf, storedKeys, wechat } from "../support/gateway.ts";

const SECONDS = 2;

/** What `.speex` calls it, and how long `.json` says it is; null: not known without decoding it. */
const KINDS = [
  ["amr", "audio/amr", "amr", SECONDS],
  ["amr-wb", "audio/amr-wb", "awb", SECONDS],
  ["silk", "audio/silk", "silk", null],
  ["silk-wechat", "audio/silk", "silk", null],
  ["mp3", "audio/mpeg", "mp3", SECONDS],
  ["mp3-id3", "audio/mpeg", "mp3", SECONDS],
  ["amr-modes", "audio/amr", "amr", SECONDS],
  ["opus", "audio/ogg; codecs=opus", "opus", SECONDS],
  ["wav", "audio/wav", "wav", SECONDS],
  ["riff-speex", "audio/vnd.wave; codec=A109", "wav", null],
] as const;

describe.each(KINDS)("%s", (kind, mediaType, suffix, seconds) => {
  it("comes as it is, under its own name, new and stored", async () => {
    wechat.addSound(APP_ID, "voice-1", kind, { seconds: SECONDS });
    for (const status of ["hdvoice; fwd=uri-miss; stored", "hdvoice; hit"]) {
      const response = await ask("/v1/voices/voice-1.speex");
      expect(response.headers.get("content-type")).toBe(mediaType);
      expect(response.headers.get("content-disposition")).toBe(`inline; filename="voice-1.${suffix}"`);
      expect(response.headers.get("cache-status")).toBe(status);
      expect((await bytesOf(response)).length).toBe(Number(response.headers.get("content-length")));
      await storedKeys();
    }
  });

  it("tells its length where its file does, new and stored", async () => {
    wechat.addSound(APP_ID, "voice-1", kind, { seconds: SECONDS });
    for (let round = 0; round < 2; round++) {
      const { durationSeconds, frames } = await jsonOf(await ask("/v1/voices/voice-1.json"));
      expect(frames).toBe(0);
      if (seconds === null) expect(durationSeconds).toBeNull();
      else expect(durationSeconds).toBeCloseTo(seconds, 0);
      await storedKeys();
    }
  });

  it("is no WAV that could be made", async () => {
    wechat.addSound(APP_ID, "voice-1", kind, { seconds: SECONDS });
    const response = await ask("/v1/voices/voice-1.wav");
    expect(response.status).toBe(422);
    expect(await jsonOf(response)).toMatchObject({ code: "voice-undecodable" });
  });
});
