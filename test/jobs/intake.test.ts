import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { takeIn } from "../../src/jobs/intake.ts";
import { JobStore } from "../../src/jobs/job-store.ts";
import type { JobMessage } from "../../src/jobs/message.ts";
import { APP_ID, CALLBACK_SECRETS, OTHER_APP_ID, WEBHOOK_SECRETS } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { ask, jsonOf, storedKeys, wechat } from "../support/gateway.ts";
import { asBackend, post, postJob, signedHeaders, untilDone } from "../support/jobs.ts";
import { fetchApp } from "../support/worker.ts";

const SPEEX = voice("short-half-second");
const BODY = { mediaIds: ["voice-1"], formats: ["speex"], appId: APP_ID };
const FIVE_MINUTES_MS = 300_000;

const withoutAuthorization = ({ authorization: _, ...headers }: Record<string, string>) => headers;
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
      detail: "Another request was already received under this id.",
      code: "delivery-id-reused",
      requestId: expect.any(String),
    });
    expect(await jobCount()).toBe(1);
  });

  const FORGED =
    "The webhook signature fits none of the secrets in WEBHOOK_SECRETS, with this webhook-id, webhook-timestamp and body.";
  const STALE = "webhook-timestamp is more than five minutes away from now.";
  const CHANGED =
    "The body was changed after it was signed: the signature fits the body with other line breaks. Sign exactly the bytes that are sent.";
  const MALFORMED = "webhook-signature must be 'v1,' and 32 bytes in base64; blanks separate several.";
  const signedAs = (headers: Record<string, string>) => ({ ...signedHeaders("msg_1", BODY), ...headers });
  it.each<[string, string, () => Record<string, string>]>([
    [
      "an unknown secret",
      FORGED,
      () => signedHeaders("msg_1", BODY, { secret: `whsec_${btoa("x".repeat(24))}` }),
    ],
    ["the secret of callbacks", FORGED, () => signedHeaders("msg_1", BODY, { secret: CALLBACK_SECRETS[0] })],
    ["the signature of another body", FORGED, () => signedHeaders("msg_1", { mediaIds: ["voice-2"] })],
    ["the signature of another id", FORGED, () => signedAs({ "webhook-id": "msg_2" })],
    ["another time", FORGED, () => signedAs({ "webhook-timestamp": `${Math.floor(Date.now() / 1000) - 1}` })],
    [
      "no id",
      "webhook-id is missing: it names the delivery, and is part of what is signed.",
      () => signedAs({ "webhook-id": "" }),
    ],
    [
      "an id with a full stop",
      "webhook-id must not have a full stop: full stops separate the parts of what is signed.",
      () => signedHeaders("msg.1", BODY),
    ],
    [
      "a time that is none",
      "webhook-timestamp must be a time in seconds since 1970, in digits.",
      () => signedAs({ "webhook-timestamp": "soon" }),
    ],
    [
      "a time in milliseconds",
      "webhook-timestamp is in milliseconds: it must be in seconds since 1970.",
      () => signedAs({ "webhook-timestamp": String(Date.now()) }),
    ],
    ["a signature of no known version", MALFORMED, () => signedAs({ "webhook-signature": "v2,x" })],
    ["an empty signature", MALFORMED, () => signedAs({ "webhook-signature": "v1," })],
    ["a time six minutes ago", STALE, () => signedHeaders("msg_1", BODY, { atMs: Date.now() - 360_000 })],
    ["a time six minutes ahead", STALE, () => signedHeaders("msg_1", BODY, { atMs: Date.now() + 360_000 })],
  ])("is refused with %s", async (_, detail, headers) => {
    const response = await post(BODY, headers());
    expect(response.status).toBe(401);
    expect(await jsonOf(response)).toMatchObject({ code: "unauthorized", detail });
    expect(await storedKeys()).toEqual([]);
  });

  it("is told that its body was changed, where only line breaks differ", async () => {
    const headers = signedHeaders("msg_1", BODY);
    const body = `${JSON.stringify(BODY)}\n`;
    const response = await ask("/v1/fetches", { method: "POST", headers, body });
    expect(response.status).toBe(401);
    expect(await jsonOf(response)).toMatchObject({ code: "unauthorized", detail: CHANGED });
  });

  it("counts on no other path: nothing is computed there for a stranger", async () => {
    const response = await post(BODY, signedHeaders("msg_1", BODY), "/v1/token/rotate");
    expect(response.status).toBe(401);
    expect(await jsonOf(response)).toMatchObject({
      detail: "Send a valid API key as 'Authorization: Bearer <key>'.",
    });
  });

  it("names its account in what is signed, where there is more than one", async () => {
    const { appId: _, ...nameless } = BODY;
    const response = await post(nameless, signedHeaders("msg_1", nameless));
    expect(response.status).toBe(400);
    expect(await jsonOf(response)).toMatchObject({
      code: "request-invalid",
      detail: expect.stringContaining("The body: appId is missing."),
    });
  });

  it("is worth nothing on another account's path", async () => {
    const path = `/v1/apps/${OTHER_APP_ID}/fetches`;
    const response = await post(BODY, signedHeaders("msg_1", BODY), path);
    expect(response.status).toBe(400);
    expect(await jsonOf(response)).toMatchObject({
      detail: "The body: appId must be that of the account in the path.",
    });
    expect(await storedKeys()).toEqual([]);
  });

  it("with a secret that is bound to accounts posts for these alone", async () => {
    const bound = [{ secret: WEBHOOK_SECRETS[0], apps: [OTHER_APP_ID] }];
    const settings = { ...env, WEBHOOK_SECRETS: JSON.stringify(bound) };
    const send = (path: string, body: unknown) =>
      fetchApp(
        new Request(`https://hdvoice.test${path}`, {
          method: "POST",
          headers: withoutAuthorization(signedHeaders("msg_1", body)),
          body: JSON.stringify(body),
        }),
        settings,
        createExecutionContext(),
      );
    expect((await send("/v1/fetches", BODY)).status).toBe(403);
    // Bound to one account, it need not name it.
    const { appId: _, ...nameless } = BODY;
    const taken = await send(`/v1/apps/${OTHER_APP_ID}/fetches`, nameless);
    expect(taken.status).toBe(202);
    await untilDone((await jsonOf<{ jobId: string }>(taken)).jobId, OTHER_APP_ID);
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
      expect(response.status).toBe(401);
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
    withLinks: false,
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
    await expect(takeIn(REQUEST, options)).rejects.toMatchObject({ code: "jobs-unavailable" });
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

describe("a job that the queue did not take", () => {
  const unnamed = {
    appId: APP_ID,
    mediaIds: Array.from({ length: 250 }, (_, index) => `voice-${index}`),
    formats: ["wav"],
    origin: "https://hdvoice.test",
    callbackUrl: null,
    withLinks: false,
    via: "jssdk",
    delivery: null,
  } as const;

  it("and that nobody can repeat is withdrawn: there is no record of it, and nothing of it is begun", async () => {
    const store = new JobStore(env.VOICES);
    let jobId = "";
    let calls = 0;
    const queue = {
      async sendBatch(messages: Iterable<MessageSendRequest<JobMessage>>) {
        jobId = [...messages][0]?.body.jobId ?? "";
        if (++calls === 2) throw new Error("the queue is away");
        return { metadata: { metrics: { backlogBytes: 0, backlogCount: 0 } } };
      },
    };
    const options = { store, queue, nowMs: () => 1_800_000_000_000, sleep: async () => {} };
    await expect(takeIn(unnamed, options)).rejects.toMatchObject({ code: "jobs-unavailable" });
    expect(await store.readJob(jobId)).toBeNull();
    expect(await store.isCancelled(jobId)).toBe(true);
  });
});
