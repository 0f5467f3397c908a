import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { beforeEach, describe, expect, it } from "vitest";
import type { JobContext } from "../../src/jobs/context.ts";
import { JobStore } from "../../src/jobs/job-store.ts";
import { APP_ID, CALLBACK_SECRETS } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { jsonOf, otherHosts, said, wechat } from "../support/gateway.ts";
import { consume, createContext, fetchMessage, JOB_ID } from "../support/job-queue.ts";
import {
  CALLBACK_HOST,
  CALLBACK_URL,
  listen,
  ok,
  post,
  postJob,
  readJob,
  signedHeaders,
  untilDone,
} from "../support/jobs.ts";

const ACK = { verdict: "ack", delaySeconds: 0 };
const CALLBACK = fetchMessage("voice-1", { kind: "callback", callbackUrl: CALLBACK_URL });
const store = new JobStore(env.VOICES);

const call = async () => (await store.readCall(JOB_ID, "voice-1"))?.value ?? null;
const answering = (status: number, headers: Record<string, string> = {}) =>
  new Response(null, { status, headers });

beforeEach(() => wechat.addRecording(APP_ID, "voice-1", voice("short-half-second")));

/** Has the voice fetched and its callback tried once. */
async function tryCallback(changes: Partial<JobContext> = {}) {
  const context = createContext({ backoffSeconds: 10, ...changes });
  await consume([fetchMessage("voice-1", { callbackUrl: CALLBACK_URL })], context);
  return consume([CALLBACK], context);
}

describe("a receiver", () => {
  it("that answers 500 four times, then 200, gets one delivery of one id in the end", async () => {
    const deliveries = listen((_, count) => answering(count <= 4 ? 500 : 200));
    const job = await untilDone(await postJob({ mediaIds: ["voice-1"], callbackUrl: CALLBACK_URL }));
    expect(job.items[0]?.callback).toEqual({
      state: "delivered",
      attempts: 5,
      changedAt: expect.any(String),
      status: 200,
    });
    expect(deliveries.length).toBe(5);
    expect(new Set(deliveries.map(({ id }) => id))).toEqual(new Set([`${job.jobId}-voice-1`]));
    expect(new Set(deliveries.map(({ event }) => event.timestamp)).size).toBe(1);
  });

  it("that redirects to loopback is not followed", async () => {
    const reached: string[] = [];
    otherHosts.set("127.0.0.1:8080", async (request) => {
      reached.push(request.url);
      return ok();
    });
    const asked: Request[] = [];
    otherHosts.set(CALLBACK_HOST, async (request) => {
      asked.push(request);
      return answering(307, { location: "http://127.0.0.1:8080/admin" });
    });
    const [decided] = await tryCallback();
    expect(decided).toEqual({ verdict: "retry", delaySeconds: 10 });
    expect(asked.map(({ redirect }) => redirect)).toEqual(["manual"]);
    expect(reached).toEqual([]);
    expect(await call()).toMatchObject({
      state: "retrying",
      attempts: 1,
      status: 307,
      reason: "redirects are not followed",
    });
  });

  it("that never answers is given up after its time, and tried again", async () => {
    otherHosts.set(
      CALLBACK_HOST,
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted")))),
    );
    const startedAtMs = Date.now();
    const [decided] = await tryCallback({ callbackTimeoutMs: 200 });
    expect(Date.now() - startedAtMs).toBeGreaterThanOrEqual(200);
    expect(decided).toEqual({ verdict: "retry", delaySeconds: 10 });
    expect(await call()).toMatchObject({ state: "retrying", status: null, reason: "no answer within 0.2 s" });
  });

  it("that can't be reached is tried again, and nothing is said of its URL", async () => {
    otherHosts.set(CALLBACK_HOST, async (request) => {
      throw new TypeError(`cannot connect to ${request.url}`);
    });
    expect((await tryCallback())[0]?.verdict).toBe("retry");
    expect(await call()).toMatchObject({ state: "retrying", reason: "could not be reached" });
    expect(said.join("\n")).not.toContain(CALLBACK_URL);
  });

  it("is left alone after eight attempts", async () => {
    const deliveries = listen(() => answering(503));
    const context = createContext({ backoffSeconds: 0 });
    await consume([fetchMessage("voice-1", { callbackUrl: CALLBACK_URL })], context);
    for (let attempt = 1; attempt < 8; attempt++) {
      expect((await consume([CALLBACK], context))[0]?.verdict).toBe("retry");
    }
    expect(await consume([CALLBACK], context)).toEqual([ACK]);
    expect(await call()).toMatchObject({ state: "failed", attempts: 8, status: 503, reason: "status 503" });
    expect(await consume([CALLBACK], context)).toEqual([ACK]);
    expect(deliveries.length).toBe(8);
  });

  it("that answers 410 is left alone at once", async () => {
    listen(() => answering(410));
    expect(await tryCallback()).toEqual([ACK]);
    expect(await call()).toMatchObject({ state: "failed", attempts: 1, status: 410 });
  });

  it("that was taken off the list meanwhile is not called", async () => {
    const deliveries = listen(ok);
    expect(await tryCallback({ callbackOrigins: new Set() })).toEqual([ACK]);
    expect(await call()).toMatchObject({
      state: "failed",
      reason: "the host is not in CALLBACK_HOSTS any more",
    });
    expect(deliveries).toEqual([]);
  });

  it("that has had its delivery gets no second one", async () => {
    const deliveries = listen(ok);
    expect(await tryCallback()).toEqual([ACK]);
    expect(await consume([CALLBACK], createContext())).toEqual([ACK]);
    expect(deliveries.length).toBe(1);
  });
});

describe("a delivery", () => {
  it("is signed with every secret, so that a receiver may have either", async () => {
    let signatures = "";
    otherHosts.set(CALLBACK_HOST, async (request) => {
      const body = await request.text();
      signatures = request.headers.get("webhook-signature") ?? "";
      const headers = Object.fromEntries(request.headers);
      for (const secret of CALLBACK_SECRETS) new Webhook(secret).verify(body, headers);
      return ok();
    });
    await tryCallback();
    expect(await call()).toMatchObject({ state: "delivered" });
    expect(signatures.split(" ")).toHaveLength(CALLBACK_SECRETS.length);
  });

  it("carries links only where its poster may read voices", async () => {
    const deliveries = listen(ok);
    const context = createContext();
    for (const withLinks of [false, true]) {
      const jobId = withLinks ? JOB_ID : `${JOB_ID.slice(0, -1)}2`;
      const message = fetchMessage("voice-1", { jobId, callbackUrl: CALLBACK_URL, withLinks });
      await consume([message], context);
      await consume([{ ...message, kind: "callback" }], context);
    }
    expect(deliveries.map(({ event }) => Object.keys(event.data.links ?? {}))).toEqual([[], ["speex"]]);
    expect(deliveries.map(({ event }) => event.data.voice?.mediaId)).toEqual(["voice-1", "voice-1"]);
  });

  it("of a job that a webhook posted carries links only where its secret says so", async () => {
    const deliveries = listen(ok);
    const body = { mediaIds: ["voice-1"], formats: ["speex"], appId: APP_ID, callbackUrl: CALLBACK_URL };
    const response = await post(body, signedHeaders("msg_1", body));
    await untilDone((await jsonOf<{ jobId: string }>(response)).jobId);
    expect(deliveries.map(({ event }) => event.data.links)).toEqual([undefined]);
  });
});

describe("a callback URL", () => {
  it("is counted in bytes as it is sent, and a hundred voices with the longest fit into the queue", async () => {
    const mediaIds = Array.from({ length: 100 }, (_, index) => `gone-${index}-${"x".repeat(240)}`);
    const longest = `${CALLBACK_URL}?${"x".repeat(1_000 - CALLBACK_URL.length - 1)}`;
    const jobId = await postJob({ mediaIds, callbackUrl: longest });
    expect((await readJob(jobId)).counts).toBeDefined();
    expect(await store.isEnqueued(jobId)).toBe(true);
    await store.cancel(jobId, 0);

    const response = await post({ mediaIds, callbackUrl: `${CALLBACK_URL}?${"语".repeat(120)}` });
    expect(response.status).toBe(400);
    expect(await jsonOf(response)).toMatchObject({
      detail: "The body: callbackUrl must have at most 1000 bytes, percent-encoded as it is sent.",
    });
  });
});
