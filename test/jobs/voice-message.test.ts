import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { takeInVoiceMessage } from "../../src/jobs/voice-message.ts";
import { createIntake } from "../../src/services/jobs.ts";
import { APP_ID } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { ask, bytesOf, jsonOf, storedKeys, wechat } from "../support/gateway.ts";
import { untilDone } from "../support/jobs.ts";
import { watchQueue } from "../support/queue-watch.ts";
import { isolate } from "../support/world.ts";

/** The header of an AMR file (RFC 4867 §5) and frames of silence. */
const AMR = new TextEncoder().encode(`#!AMR\n${"<".repeat(32 * 50)}`);
const MESSAGE = {
  appId: APP_ID,
  signerAppId: APP_ID,
  from: "follower",
  msgId: "6054768590064713728",
  mediaId16K: "voice-16k",
  mediaId: "voice-8k",
};
const ORIGIN = "https://hdvoice.test";

const takeIn = (message = MESSAGE) =>
  takeInVoiceMessage(message, ORIGIN, ["speex"], createIntake(watchQueue(env), isolate));
const mediaCalls = () => wechat.calls({ path: "/cgi-bin/media/get" }).length;

describe("a follower's voice message", () => {
  it("is fetched at 16 kHz, and kept and served as it came", async () => {
    wechat.addRecording(APP_ID, "voice-16k", AMR, { endpoint: "media" });
    const { jobId } = await takeIn();
    expect((await untilDone(jobId)).items[0]).toMatchObject({ mediaId: "voice-16k", state: "ready" });
    expect(await storedKeys("voice/")).toEqual([`voice/v1/${APP_ID}/voice-16k/chat/source`]);

    const response = await ask("/v1/voices/voice-16k.speex");
    expect(response.headers.get("content-type")).toBe("audio/amr");
    expect(await bytesOf(response)).toEqual(AMR);

    const wav = await ask("/v1/voices/voice-16k.wav");
    expect(wav.status).toBe(422);
    expect(await jsonOf(wav)).toMatchObject({
      code: "voice-undecodable",
      detail:
        "The voice is not Speex as we know it: it looks like AMR. The .speex form gives its bytes unchanged.",
    });
    // A page's voice could have the same id: WeChat is asked for it, once a minute at most.
    expect(wechat.calls({ path: "/cgi-bin/media/get/jssdk" }).map(({ outcome }) => outcome)).toEqual([40007]);
  });

  it("that is Speex can be had as WAV", async () => {
    wechat.addRecording(APP_ID, "voice-16k", voice("short-half-second"), {
      endpoint: "media",
      contentType: "voice/speex",
    });
    await untilDone((await takeIn()).jobId);
    const wav = await ask("/v1/voices/voice-16k.wav");
    expect(wav.headers.get("cache-status")).toBe("hdvoice; hit");
    expect((await bytesOf(wav)).length).toBe(44 + 0.5 * 32_000);
  });

  it("does not spoil a page's voice of the same id", async () => {
    wechat.addRecording(APP_ID, "voice-16k", AMR, { endpoint: "media" });
    wechat.addRecording(APP_ID, "voice-16k", voice("short-half-second"));
    await untilDone((await takeIn()).jobId);
    const wav = await ask("/v1/voices/voice-16k.wav");
    expect(wav.status).toBe(200);
    expect((await bytesOf(wav)).length).toBe(44 + 0.5 * 32_000);
  });

  it("is fetched by its other id where WeChat sent none for 16 kHz", async () => {
    wechat.addRecording(APP_ID, "voice-8k", AMR, { endpoint: "media" });
    const { jobId } = await takeInVoiceMessage(
      { ...MESSAGE, mediaId16K: null },
      ORIGIN,
      ["speex"],
      createIntake(watchQueue(env), isolate),
    );
    expect((await untilDone(jobId)).items[0]).toMatchObject({ mediaId: "voice-8k", state: "ready" });
  });

  it("is one job, however often WeChat delivers it", async () => {
    wechat.addRecording(APP_ID, "voice-16k", AMR, { endpoint: "media" });
    const jobs = [...(await Promise.all([takeIn(), takeIn()])), await takeIn()];
    expect(new Set(jobs.map(({ jobId }) => jobId)).size).toBe(1);
    await untilDone(jobs[0]?.jobId ?? "");
    expect(mediaCalls()).toBe(1);
  });
});
