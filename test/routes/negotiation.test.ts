import { describe, expect, it } from "vitest";
import { APP_ID } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { ask, bytesOf, jsonOf, wechat } from "../support/gateway.ts";

const FIREFOX_MEDIA =
  "audio/webm,audio/ogg,audio/wav,audio/*;q=0.9,application/ogg;q=0.7,video/*;q=0.6,*/*;q=0.5";
const CHROME_PAGE =
  "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7";

describe("a voice without a suffix is negotiated:", () => {
  it.each([
    ["no Accept header", undefined, "voice/speex"],
    ["an Accept header that nobody can read", "audio", "voice/speex"],
    ["*/*", "*/*", "voice/speex"],
    ["a browser's address bar", CHROME_PAGE, "audio/wav"],
    ["WAV by a name that Windows uses", "audio/x-wav", "audio/wav"],
    ["WAV by a name of old", "audio/wave, */*;q=0.1", "audio/wav"],
    ["WAV by its registered name", "audio/vnd.wave", "audio/wav"],
    ["Ogg by its old name", "application/ogg", "audio/ogg; codecs=speex"],
    ["Speex by its registered name", "audio/speex", "voice/speex"],
    ["Speex by an old name", "audio/x-speex;q=0.9", "voice/speex"],
    ["AMR, of what came as AMR", "audio/amr", "voice/speex"],
    ["audio/*", "audio/*", "audio/wav"],
    ["audio/* before anything else", "*/*, audio/*", "audio/wav"],
    ["Firefox's audio element, which lists Ogg first", FIREFOX_MEDIA, "audio/wav"],
    ["Ogg alone", "audio/ogg", "audio/ogg; codecs=speex"],
    ["Ogg with its codec, quoted", 'AUDIO/OGG; Codecs="Speex"', "audio/ogg; codecs=speex"],
    ["Ogg weighed above WAV", "audio/wav;q=0.4, audio/ogg;q=0.5", "audio/ogg; codecs=speex"],
    ["Ogg named, anything else as good", "audio/ogg, */*", "audio/ogg; codecs=speex"],
    ["Ogg with a codec that we don't have", "audio/ogg; codecs=opus, audio/wav;q=0.1", "audio/wav"],
    ["the metadata", "application/json", "application/json"],
    ["the metadata weighed below sound", "application/json;q=0.5, audio/*", "audio/wav"],
    ["everything but WAV", "audio/wav;q=0, audio/*", "audio/ogg; codecs=speex"],
    ["PCM", "audio/pcm", "audio/pcm;rate=16000;encoding=signed-int;bits=16"],
  ])("%s", async (_, accept, mediaType) => {
    wechat.addRecording(APP_ID, "voice-1", voice("short-half-second"));
    const response = await ask("/v1/voices/voice-1", accept === undefined ? {} : { headers: { accept } });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(mediaType);
    expect(response.headers.get("vary")).toBe("Accept, Sec-Fetch-Dest");
    expect((await bytesOf(response)).length).toBe(Number(response.headers.get("content-length")));
  });

  it.each(["audio", "video", "document", "iframe"])("a browser's %s plays WAV", async (destination) => {
    wechat.addRecording(APP_ID, "voice-1", voice("short-half-second"));
    const headers = { accept: "*/*", "sec-fetch-dest": destination };
    const response = await ask("/v1/voices/voice-1", { headers });
    expect(response.headers.get("content-type")).toBe("audio/wav");
    await bytesOf(response);
  });

  it("a script in a page gets what any program gets", async () => {
    wechat.addRecording(APP_ID, "voice-1", voice("short-half-second"));
    const headers = { accept: "*/*", "sec-fetch-dest": "empty" };
    const response = await ask("/v1/voices/voice-1", { headers });
    expect(response.headers.get("content-type")).toBe("voice/speex");
    await bytesOf(response);
  });

  it.each(["image/png", "audio/mpeg, audio/ogg;codecs=opus", "*/*;q=0"])(
    "nothing fits %s",
    async (accept) => {
      const response = await ask("/v1/voices/voice-1", { headers: { accept } });
      expect(response.status).toBe(406);
      expect(response.headers.get("vary")).toBe("Accept, Sec-Fetch-Dest");
      expect(await jsonOf(response)).toMatchObject({ code: "not-acceptable" });
      expect(wechat.calls()).toEqual([]);
    },
  );

  it("a suffix wins over Accept, and nothing varies", async () => {
    wechat.addRecording(APP_ID, "voice-1", voice("short-half-second"));
    const response = await ask("/v1/voices/voice-1.ogg", { headers: { accept: "image/png" } });
    expect(response.headers.get("content-type")).toBe("audio/ogg; codecs=speex");
    expect(response.headers.has("vary")).toBe(false);
    await bytesOf(response);
  });
});
