import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { APP_ID, DELETER_KEY, OTHER_APP_ID, READER_KEY } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { ask, bytesOf, jsonOf, storedKeys, wechat } from "../support/gateway.ts";
import { postJob, untilDone } from "../support/jobs.ts";

const SPEEX = voice("low-3s");
const MEDIA_PATH = "/cgi-bin/media/get/jssdk";

function remove(path: string, key = DELETER_KEY): Promise<Response> {
  return ask(path, { method: "DELETE", headers: { authorization: `Bearer ${key}` } });
}

describe("DELETE of a voice", () => {
  it("removes every form, of this account's voice only, however often it is sent", async () => {
    for (const appId of [APP_ID, OTHER_APP_ID]) {
      wechat.addRecording(appId, "voice-1", SPEEX);
      // A WAV is stored when it is made from a stored source.
      for (const form of ["speex", "wav"])
        await bytesOf(await ask(`/v1/apps/${appId}/voices/voice-1.${form}`));
    }
    expect(await storedKeys()).toHaveLength(4);

    for (let i = 0; i < 2; i++) {
      const response = await remove("/v1/voices/voice-1");
      expect(response.status).toBe(204);
      expect(response.body).toBeNull();
      expect(await storedKeys()).toEqual([
        `voice/v1/${OTHER_APP_ID}/voice-1/source`,
        `voice/v1/${OTHER_APP_ID}/voice-1/wav`,
      ]);
    }
  });

  it("is not undone by a download that was under way, whose reader gets it whole", async () => {
    wechat.addRecording(APP_ID, "voice-1", SPEEX);
    wechat.misbehave({ kind: "drip", path: MEDIA_PATH, chunkBytes: 1_000, intervalMs: 5 });
    const reading = await ask("/v1/voices/voice-1.wav");
    expect((await remove("/v1/voices/voice-1")).status).toBe(204);
    expect((await bytesOf(reading)).length).toBe(44 + 3 * 32_000);
    expect(await storedKeys()).toEqual([]);
  });

  it("is not undone by what WeChat says afterwards: the next request asks anew", async () => {
    wechat.misbehave({ kind: "delay", delayMs: 100, path: MEDIA_PATH, times: 1 });
    const waiting = ask("/v1/voices/voice-1.speex");
    await expect.poll(() => wechat.calls({ path: MEDIA_PATH }).length).toBe(1);
    expect((await remove("/v1/voices/voice-1")).status).toBe(204);
    expect(await jsonOf(await waiting)).toMatchObject({ code: "voice-not-found" });

    wechat.addRecording(APP_ID, "voice-1", SPEEX);
    expect(await bytesOf(await ask("/v1/voices/voice-1.speex"))).toEqual(SPEEX);
  });

  it("ends a job that is fetching the voice, for good: nothing of it stays but that it was deleted", async () => {
    wechat.addRecording(APP_ID, "voice-1", SPEEX);
    wechat.misbehave({ kind: "delay", delayMs: 100, path: MEDIA_PATH, times: 1 });
    const jobId = await postJob({ mediaIds: ["voice-1"], formats: ["wav"] });
    await expect.poll(() => wechat.calls({ path: MEDIA_PATH }).length).toBe(1);
    expect((await remove("/v1/voices/voice-1")).status).toBe(204);

    const { items } = await untilDone(jobId);
    expect(items).toMatchObject([
      { mediaId: "voice-1", state: "failed", code: "voice-not-found", attempts: 1 },
    ]);
    expect(await storedKeys("voice/")).toEqual([]);
    const record = await (await env.VOICES.get(`job/v1/${jobId}/item/voice-1.json`))?.json();
    expect(record).toMatchObject({ state: "failed", voice: null });
    expect(JSON.stringify(record)).not.toContain("sha256");
    expect(wechat.calls({ path: MEDIA_PATH })).toHaveLength(1);
  });

  it("lets the next request fetch and store it anew", async () => {
    wechat.addRecording(APP_ID, "voice-1", SPEEX);
    await bytesOf(await ask("/v1/voices/voice-1.speex"));
    await storedKeys();
    await remove("/v1/voices/voice-1");
    const response = await ask("/v1/voices/voice-1.speex");
    expect(response.headers.get("cache-status")).toBe("hdvoice; fwd=uri-miss; stored");
    expect(await bytesOf(response)).toEqual(SPEEX);
    expect(await storedKeys()).toEqual([`voice/v1/${APP_ID}/voice-1/source`]);
  });

  it.each([
    ["without its scope", "/v1/voices/voice-1", READER_KEY, 403, "forbidden"],
    ["of one form", "/v1/voices/voice-1.wav", DELETER_KEY, 400, "request-invalid"],
    ["of a malformed media id", "/v1/voices/a%20b", DELETER_KEY, 400, "media-id-malformed"],
  ])("%s is refused, and removes nothing", async (_, path, key, status, code) => {
    await env.VOICES.put(`voice/v1/${APP_ID}/voice-1/wav`, "anything");
    const response = await remove(path, key);
    expect(response.status).toBe(status);
    expect(await jsonOf(response)).toMatchObject({ code });
    expect(await storedKeys()).toHaveLength(1);
  });
});
