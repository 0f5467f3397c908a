import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { takeIn } from "../../src/jobs/intake.ts";
import { JobStore } from "../../src/jobs/job-store.ts";
import type { JobMessage } from "../../src/jobs/message.ts";
import { APP_ID, WEBHOOK_SECRETS } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { jsonOf, storedKeys, wechat } from "../support/gateway.ts";
import { asBackend, post, postJob, signedHeaders, untilDone } from "../support/jobs.ts";

const SPEEX = voice("short-half-second");
const BODY = { mediaIds: ["voice-1"], formats: ["speex"] };
const FIVE_MINUTES_MS = 300_000;

const mediaCalls = () => wechat.calls({ path: "/cgi-bin/media/get/jssdk" }).length;
const jobCount = async () => (await storedKeys()).filter((key) => key.endsWith("/job.json")).length;

describe("a signed webhook", () => {
  it("is a job without an API key", async () => {
    wechat.addRecording(APP_ID, "voice-1", SPEEX);
    const response = await post(BODY, signedHeaders("msg_1", BODY));
    expect(response.status).toBe(202);
    const { jobId } = await jsonOf<{ jobId: string }>(response);
    expect((await untilDone(jobId)).counts.ready).toBe(1);
  });

  it("may be signed with either secret", async () => {
    const headers = signedHeaders("msg_1", BODY, { secret: WEBHOOK_SECRETS[1] });
    const response = await post(BODY, headers);
    expect(response.status).toBe(202);
    await untilDone((await jsonOf<{ jobId: string }>(response)).jobId);
  });

  it("is one job, 50 times at once", async () => {
    wechat.addRecording(APP_ID, "voice-1", SPEEX);
    const headers = signedHeaders("msg_1", BODY);
    const responses = await Promise.all(Array.from({ length: 50 }, () => post(BODY, headers)));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([202]));
    const answers = await Promise.all(responses.map((response) => jsonOf<{ jobId: string }>(response)));
    const jobIds = new Set(answers.map(({ jobId }) => jobId));
    expect(jobIds.size).toBe(1);

    await untilDone([...jobIds][0] ?? "");
    expect(await jobCount()).toBe(1);
    expect(mediaCalls()).toBe(1);
    const { jobs } = await jsonOf<{ jobs: unknown[] }>(await asBackend("/v1/fetches"));
    expect(jobs.length).toBe(1);
  });

  it("is refused with another body under its id, however well it is signed", async () => {
    await untilDone((await jsonOf<{ jobId: string }>(await post(BODY, signedHeaders("msg_1", BODY)))).jobId);
    const other = { ...BODY, mediaIds: ["voice-2"] };
    const response = await post(other, signedHeaders("msg_1", other));
    expect(response.status).toBe(409);
    expect(await jsonOf(response)).toEqual({
      type: "https://hdvoice.test/problems/delivery-id-reused",
      title: "Delivery id used before",
      status: 409,
      detail: "Another request has come in under this id before.",
      code: "delivery-id-reused",
      requestId: expect.any(String),
    });
    expect(await jobCount()).toBe(1);
  });

  const FORGED = "The webhook signature fits none of the secrets.";
  const STALE = "webhook-timestamp is more than five minutes away from now.";
  it.each<[string, string, () => Record<string, string>]>([
    [
      "an unknown secret",
      FORGED,
      () => signedHeaders("msg_1", BODY, { secret: `whsec_${btoa("x".repeat(24))}` }),
    ],
    ["the signature of another body", FORGED, () => signedHeaders("msg_1", { mediaIds: ["voice-2"] })],
    [
      "the signature of another id",
      FORGED,
      () => ({ ...signedHeaders("msg_1", BODY), "webhook-id": "msg_2" }),
    ],
    ["no id", FORGED, () => ({ ...signedHeaders("msg_1", BODY), "webhook-id": "" })],
    ["a time that is none", FORGED, () => ({ ...signedHeaders("msg_1", BODY), "webhook-timestamp": "soon" })],
    [
      "another time",
      FORGED,
      () => ({
        ...signedHeaders("msg_1", BODY),
        "webhook-timestamp": `${Math.floor(Date.now() / 1000) - 1}`,
      }),
    ],
    [
      "a signature of no known version",
      FORGED,
      () => ({ ...signedHeaders("msg_1", BODY), "webhook-signature": "v2,x" }),
    ],
    ["an empty signature", FORGED, () => ({ ...signedHeaders("msg_1", BODY), "webhook-signature": "v1," })],
    ["a time six minutes ago", STALE, () => signedHeaders("msg_1", BODY, { atMs: Date.now() - 360_000 })],
    ["a time six minutes ahead", STALE, () => signedHeaders("msg_1", BODY, { atMs: Date.now() + 360_000 })],
  ])("is refused with %s", async (_, detail, headers) => {
    const response = await post(BODY, headers());
    expect(response.status).toBe(401);
    expect(await jsonOf(response)).toMatchObject({ code: "unauthorized", detail });
    expect(await storedKeys()).toEqual([]);
  });

  it("is taken with a clock that goes five minutes wrong", async () => {
    const headers = signedHeaders("msg_1", BODY, { atMs: Date.now() - FIVE_MINUTES_MS + 5_000 });
    const response = await post(BODY, headers);
    expect(response.status).toBe(202);
    await untilDone((await jsonOf<{ jobId: string }>(response)).jobId);
  });

  it("reads no job and no voice", async () => {
    for (const path of ["/v1/fetches", "/v1/voices/voice-1.wav"]) {
      const response = await post(
        BODY,
        { ...signedHeaders("msg_1", BODY) },
        path.replace("/fetches", "/fetches/x"),
      );
      expect([403, 405]).toContain(response.status);
      await jsonOf(response);
    }
  });
});

describe("a caller with a key", () => {
  it("gets a new job each time, unless it names the request", async () => {
    const first = await postJob(BODY);
    const second = await postJob(BODY);
    expect(second).not.toBe(first);
    const named = await postJob(BODY, { "idempotency-key": "order-7" });
    expect(await postJob(BODY, { "idempotency-key": "order-7" })).toBe(named);
    expect(await postJob(BODY, { "webhook-id": "order-7" })).toBe(named);
    for (const jobId of [first, second, named]) await untilDone(jobId);
  });

  it("shares no names with those who sign", async () => {
    const named = await postJob(BODY, { "webhook-id": "msg_1" });
    const signed = await jsonOf<{ jobId: string }>(await post(BODY, signedHeaders("msg_1", BODY)));
    expect(signed.jobId).not.toBe(named);
    for (const jobId of [named, signed.jobId]) await untilDone(jobId);
  });
});

describe("a job whose creator died half-way", () => {
  const REQUEST = {
    appId: APP_ID,
    mediaIds: Array.from({ length: 250 }, (_, index) => `voice-${index}`),
    formats: ["wav"],
    origin: "https://hdvoice.test",
    callbackUrl: null,
    via: "jssdk",
    delivery: { sender: "backend", id: "order-7" },
  } as const;

  it("is put into the queue, whole, by whoever repeats the request", async () => {
    const store = new JobStore(env.VOICES);
    const sent: string[] = [];
    let calls = 0;
    let nowMs = 1_800_000_000_000;
    const options = {
      store,
      queue: {
        async sendBatch(messages: Iterable<MessageSendRequest<JobMessage>>) {
          if (++calls === 2) throw new Error("the queue is away");
          const batch = [...messages];
          expect(batch.length).toBeLessThanOrEqual(100);
          sent.push(...batch.map(({ body }) => body.mediaId));
          return { metadata: { metrics: { backlogBytes: 0, backlogCount: 0 } } };
        },
      },
      nowMs: () => nowMs,
      sleep: vi.fn(async (ms: number) => {
        nowMs += ms;
      }),
    };
    await expect(takeIn(REQUEST, options)).rejects.toThrow("the queue is away");
    expect(sent).toEqual(REQUEST.mediaIds.slice(0, 100));

    sent.length = 0;
    const job = await takeIn(REQUEST, options);
    expect(sent).toEqual(REQUEST.mediaIds);
    expect(await store.isEnqueued(job.jobId)).toBe(true);

    sent.length = 0;
    expect((await takeIn(REQUEST, options)).jobId).toBe(job.jobId);
    expect(sent).toEqual([]);
  });
});
