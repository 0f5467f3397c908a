import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { JobContext } from "../../src/jobs/context.ts";
import { JobStore } from "../../src/jobs/job-store.ts";
import { APP_ID } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { otherHosts, said, wechat } from "../support/gateway.ts";
import { consume, createContext, fetchMessage, JOB_ID } from "../support/job-queue.ts";
import { CALLBACK_HOST, CALLBACK_URL, listen, ok, postJob, untilDone } from "../support/jobs.ts";

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
