import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { APP_ID, OTHER_APP_ID } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { ask, bytesOf, jsonOf, storedKeys, wechat } from "../support/gateway.ts";
import { asBackend, CALLBACK_URL, listen, ok, post, postJob, readJob, untilDone } from "../support/jobs.ts";
import { bend } from "../support/world.ts";

const SPEEX = voice("short-half-second");
const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

const voiceKeys = async () => await storedKeys("voice/");

describe("a job", () => {
  it("fetches its voices in the background, keeps them, and calls back with links that work", async () => {
    const deliveries = listen(ok);
    wechat.addRecording(APP_ID, "voice-1", SPEEX);
    const jobId = await postJob({ mediaIds: ["voice-1", "gone-1"], callbackUrl: CALLBACK_URL });
    const job = await untilDone(jobId);

    expect(job).toEqual({
      jobId,
      appId: APP_ID,
      state: "done",
      createdAt: ISO,
      formats: ["wav"],
      callbackUrl: CALLBACK_URL,
      counts: { queued: 0, waiting: 0, ready: 1, failed: 1, cancelled: 0 },
      items: [
        {
          mediaId: "voice-1",
          state: "ready",
          attempts: 1,
          changedAt: ISO,
          durationSeconds: 0.5,
          bytes: SPEEX.length,
          callback: { state: "delivered", attempts: 1, changedAt: ISO, status: 204 },
        },
        {
          mediaId: "gone-1",
          state: "failed",
          attempts: 1,
          changedAt: ISO,
          code: "voice-not-found",
          detail: expect.stringContaining("WeChat answered 40007"),
          wechat: {
            errcode: 40007,
            errmsg: expect.stringMatching(/^invalid media_id hint: /),
            rid: expect.any(String),
          },
          callback: { state: "delivered", attempts: 1, changedAt: ISO, status: 204 },
        },
      ],
    });
    expect(await voiceKeys()).toEqual([
      `voice/v1/${APP_ID}/voice-1/source`,
      `voice/v1/${APP_ID}/voice-1/wav`,
    ]);

    const byVoice = new Map(deliveries.map((delivery) => [delivery.event.data.mediaId, delivery]));
    expect(byVoice.get("gone-1")).toMatchObject({
      id: `${jobId}-gone-1`,
      event: {
        type: "voice.failed",
        timestamp: ISO,
        data: { jobId, appId: APP_ID, code: "voice-not-found" },
      },
    });
    const ready = byVoice.get("voice-1");
    expect(ready).toMatchObject({
      id: `${jobId}-voice-1`,
      event: {
        type: "voice.ready",
        timestamp: ISO,
        data: {
          voice: {
            mediaId: "voice-1",
            durationSeconds: 0.5,
            frames: 25,
            bytes: SPEEX.length,
            framing: "bare",
            contentType: "voice/speex",
            sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
            fetchedAt: ISO,
          },
          links: { wav: { url: expect.stringContaining(".wav?expires="), expiresAt: ISO } },
        },
      },
    });
    expect(Object.keys(ready?.event.data.voice ?? {})).not.toContain("stored");
    const link = new URL(ready?.event.data.links?.wav?.url ?? "");
    expect(link.origin).toBe("https://hdvoice.test");
    const response = await ask(link.pathname + link.search, { headers: { authorization: "none" } });
    expect(response.headers.get("cache-status")).toBe("hdvoice; hit");
    expect((await bytesOf(response)).length).toBe(44 + 0.5 * 32_000);
  });

  it("asks WeChat nothing for what is stored already", async () => {
    wechat.addRecording(APP_ID, "voice-1", SPEEX);
    await bytesOf(await ask("/v1/voices/voice-1.wav"));
    await storedKeys();
    const asked = wechat.calls().length;
    const job = await untilDone(await postJob({ mediaIds: ["voice-1"] }));
    expect(job.counts.ready).toBe(1);
    expect(wechat.calls().length).toBe(asked);
  });

  it("fetches an id that is named twice once", async () => {
    wechat.addRecording(APP_ID, "voice-1", SPEEX);
    const job = await untilDone(await postJob({ mediaIds: ["voice-1", "voice-1"], formats: ["speex"] }));
    expect(job.items.map(({ mediaId }) => mediaId)).toEqual(["voice-1"]);
    expect(wechat.calls({ path: "/cgi-bin/media/get/jssdk" }).length).toBe(1);
    expect(await voiceKeys()).toEqual([`voice/v1/${APP_ID}/voice-1/source`]);
  });

  it("keeps what is not Speex, and says that no WAV can be made of it", async () => {
    const amr = new TextEncoder().encode(`#!AMR\n${"<".repeat(400)}`);
    wechat.addRecording(APP_ID, "voice-1", amr);
    const job = await untilDone(await postJob({ mediaIds: ["voice-1"] }));
    expect(job.items[0]).toMatchObject({ state: "failed", code: "voice-undecodable", attempts: 1 });
    expect(await voiceKeys()).toEqual([`voice/v1/${APP_ID}/voice-1/source`]);
  });

  it("fetches for another account under its path", async () => {
    wechat.addRecording(OTHER_APP_ID, "voice-1", SPEEX);
    const path = `/v1/apps/${OTHER_APP_ID}/fetches`;
    const response = await post({ mediaIds: ["voice-1"] }, undefined, path);
    const { jobId } = await jsonOf<{ jobId: string }>(response);
    expect(response.headers.get("location")).toBe(`${path}/${jobId}`);
    await vi.waitFor(async () => {
      const job = await jsonOf(await asBackend(`${path}/${jobId}`));
      expect(job.state).toBe("done");
    });
    expect((await voiceKeys())[0]).toBe(`voice/v1/${OTHER_APP_ID}/voice-1/source`);

    const elsewhere = await asBackend(`/v1/fetches/${jobId}`);
    expect(elsewhere.status).toBe(404);
    expect(await jsonOf(elsewhere)).toEqual({
      type: "https://hdvoice.test/problems/job-not-found",
      title: "No such job",
      status: 404,
      detail: "This account has no job of this id.",
      code: "job-not-found",
      requestId: expect.any(String),
    });
  });

  it("is listed, newest first, page by page", async () => {
    const jobIds: string[] = [];
    for (let count = 1; count <= 3; count++) {
      bend({ stoppedAtMs: 1_800_000_000_000 + count });
      jobIds.push(await postJob({ mediaIds: Array.from({ length: count }, (_, index) => `gone-${index}`) }));
    }
    const first = await jsonOf<{ jobs: { jobId: string }[]; next: string }>(
      await asBackend("/v1/fetches?limit=2"),
    );
    expect(first.jobs).toEqual([
      { jobId: jobIds[2], createdAt: "2027-01-15T08:00:00.003Z", items: 3 },
      { jobId: jobIds[1], createdAt: "2027-01-15T08:00:00.002Z", items: 2 },
    ]);
    const second = await jsonOf(await asBackend(`/v1/fetches?limit=2&after=${first.next}`));
    expect(second).toEqual({ jobs: [{ jobId: jobIds[0], createdAt: "2027-01-15T08:00:00.001Z", items: 1 }] });
    for (const jobId of jobIds) await untilDone(jobId);
  });

  it("that is cancelled begins nothing more, and keeps what it has", async () => {
    wechat.addRecording(APP_ID, "voice-1", SPEEX);
    wechat.addRecording(APP_ID, "voice-2", SPEEX);
    // The account's quota is used up: items wait.
    wechat.misbehave({ kind: "errcode", errcode: 45009, mediaId: "voice-2" });
    const first = await untilDone(await postJob({ mediaIds: ["voice-1"] }));
    const jobId = await postJob({ mediaIds: ["voice-2", "voice-1"] });
    await vi.waitFor(async () => {
      expect(await env.VOICES.head(`job/v1/pause/${APP_ID}.json`)).not.toBeNull();
    });

    const response = await asBackend(`/v1/fetches/${jobId}`, { method: "DELETE" });
    expect(response.status).toBe(200);
    const cancelled = await jsonOf(response);
    expect(cancelled).toMatchObject({
      state: "cancelled",
      items: [{ mediaId: "voice-2", state: "cancelled" }, { mediaId: "voice-1" }],
    });
    expect(await readJob(jobId)).toEqual(cancelled);
    expect((await jsonOf(await asBackend(`/v1/fetches/${jobId}`, { method: "DELETE" }))).state).toBe(
      "cancelled",
    );
    expect((await readJob(first.jobId)).state).toBe("done");
  });
});
