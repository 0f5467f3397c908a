import { describe, expect, it } from "vitest";
import { APP_ID } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { ask, bytesOf, storedKeys, wechat } from "../support/gateway.ts";

describe("GET /v1/voices/{mediaId}.speex", () => {
  it("fetches a voice from WeChat on the first request and serves it from the store on the second", async () => {
    const speex = voice("english-8s");
    wechat.addRecording(APP_ID, "voice-1", speex);

    const first = await ask("/v1/voices/voice-1.speex");
    expect(first.status).toBe(200);
    expect(await bytesOf(first)).toEqual(speex);
    expect(Object.fromEntries(first.headers)).toMatchObject({
      "content-type": "voice/speex",
      "content-length": String(speex.length),
      "cache-status": "hdvoice; fwd=uri-miss; stored",
    });
    expect(await storedKeys()).toEqual([`voice/v1/${APP_ID}/voice-1/source`]);

    const second = await ask("/v1/voices/voice-1.speex");
    expect(await bytesOf(second)).toEqual(speex);
    expect(second.headers.get("cache-status")).toBe("hdvoice; hit");
    expect(wechat.calls({ path: "/cgi-bin/media/get/jssdk" })).toHaveLength(1);
  });
});
