import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { JobStore } from "../../src/jobs/job-store.ts";
import { handleQueue } from "../../src/queue.ts";
import { beijingDay } from "../../src/wechat/beijing.ts";
import type { KeeperState } from "../../src/wechat/token/keeper-state.ts";
import { APP_ID, OTHER_APP_ID } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { said, storedKeys, wechat } from "../support/gateway.ts";
import { consume, createBatch, createContext, fetchMessage, JOB_ID } from "../support/job-queue.ts";
import { CALLBACK_URL } from "../support/jobs.ts";
import { bend, isolate, letPass, withoutBackoff } from "../support/world.ts";

const SPEEX = voice("short-half-second");
const ACK = { verdict: "ack", delaySeconds: 0 };
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** 20:00 in Beijing. */
const EVENING_MS = Date.UTC(2027, 0, 15, 12);
const MIDNIGHT_MS = EVENING_MS + 4 * HOUR_MS;

const store = new JobStore(env.VOICES);
const mediaCalls = (mediaId?: string) =>
  wechat.calls({ path: "/cgi-bin/media/get/jssdk", ...(mediaId === undefined ? {} : { mediaId }) }).length;
const item = async (mediaId: string) => (await store.readItem(JOB_ID, mediaId))?.value ?? null;

beforeEach(() => {
  // WeChat's own repetitions needn't be waited for.
  withoutBackoff();
  for (const mediaId of ["voice-1", "voice-2", "voice-3"]) wechat.addRecording(APP_ID, mediaId, SPEEX);
});

describe("a batch", () => {
  it("is decided message by message: a poisoned one holds nobody up", async () => {
    const context = createContext();
    const poison = [null, "text", 7, {}, { v: 1, kind: "fetch" }, fetchMessage("../voice-1")];
    const decided = await consume(
      [...poison, fetchMessage("voice-1"), fetchMessage("gone-1"), fetchMessage("voice-2")],
      context,
    );
    expect(decided).toEqual(Array(9).fill(ACK));
    expect((await item("voice-1"))?.state).toBe("ready");
    expect((await item("gone-1"))?.state).toBe("failed");
    expect((await item("voice-2"))?.state).toBe("ready");

    const buried = await storedKeys("job/v1/dead-letter/");
    expect(buried.length).toBe(poison.length);
    const letter = await (await env.VOICES.get("job/v1/dead-letter/message-1.json"))?.json();
    expect(letter).toEqual({
      queue: "hdvoice-jobs",
      attempts: 1,
      recordedAtMs: expect.any(Number),
      reason: "not a message of this Worker",
      body: "text",
    });
  });

  it("puts back, alone, the message on which the store failed", async () => {
    const failing = new JobStore(env.VOICES);
    vi.spyOn(failing, "readItem").mockImplementation(async (jobId, mediaId) => {
      if (mediaId === "voice-2") throw new Error("R2 is away");
      return store.readItem(jobId, mediaId);
    });
    const bodies = ["voice-1", "voice-2", "voice-3"].map((mediaId) => fetchMessage(mediaId));
    const decided = await consume(bodies, createContext({ store: failing }));
    expect(decided).toEqual([ACK, { verdict: "retry", delaySeconds: 10 }, ACK]);
    expect(said.join("\n")).toContain("job-message-failed");
  });

  it("understands a message from before there was a choice of downloads", async () => {
    const { via, ...older } = fetchMessage("voice-1");
    expect(via).toBe("jssdk");
    expect(await consume([older], createContext())).toEqual([ACK]);
    expect((await item("voice-1"))?.state).toBe("ready");
  });

  it("keeps a message of a later version for the Worker that understands it", async () => {
    const decided = await consume([{ ...fetchMessage("voice-1"), v: 3, kind: "anything" }], createContext());
    expect(decided).toEqual([{ verdict: "retry", delaySeconds: 600 }]);
    expect(mediaCalls()).toBe(0);
  });

  it("is put back whole while the settings are faulty", async () => {
    const { batch, decided } = createBatch([fetchMessage("voice-1"), fetchMessage("voice-2")]);
    await handleQueue(isolate, batch, { ...env, API_KEYS: "[" });
    expect(decided).toEqual(Array(2).fill({ verdict: "retry", delaySeconds: 600 }));
  });
});

describe("a voice that can't be had now", () => {
  it("is waited for, longer each time, and given up after eight attempts", async () => {
    wechat.misbehave({ kind: "errcode", errcode: -1, mediaId: "voice-1" });
    const context = createContext({ backoffSeconds: 10 });
    const message = fetchMessage("voice-1", { callbackUrl: CALLBACK_URL });
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 7; attempt++) {
      const [decided] = await consume([message], context);
      expect(await item("voice-1")).toMatchObject({
        state: "waiting",
        attempts: attempt,
        failure: { code: "wechat-unavailable" },
      });
      delays.push(
        decided?.verdict === "retry" ? decided.delaySeconds : (context.sent.pop()?.delaySeconds ?? -1),
      );
    }
    expect(delays).toEqual([10, 40, 160, 640, 2_560, 10_240, 21_600]);

    expect(await consume([message], context)).toEqual([ACK]);
    expect(await item("voice-1")).toMatchObject({ state: "failed", attempts: 8 });
    expect(context.sent).toEqual([{ body: { ...message, kind: "callback" }, delaySeconds: 0 }]);
  });

  it("is waited for in a new message when the wait is long, or the old one has come often", async () => {
    wechat.misbehave({ kind: "errcode", errcode: -1 });
    const often = createContext({ backoffSeconds: 10 });
    expect(await consume([fetchMessage("voice-1")], often, 11)).toEqual([ACK]);
    expect(often.sent).toEqual([{ body: fetchMessage("voice-1"), delaySeconds: 10 }]);

    const long = createContext({ backoffSeconds: 601 });
    expect(await consume([fetchMessage("voice-2")], long)).toEqual([ACK]);
    expect(long.sent).toEqual([{ body: fetchMessage("voice-2"), delaySeconds: 601 }]);
  });

  it.each<[string, number, string]>([
    ["the account lacks the permission", 48001, "wechat-permission"],
    ["the id is unknown", 40007, "voice-not-found"],
  ])("is not asked for again when %s", async (_, errcode, code) => {
    wechat.misbehave({ kind: "errcode", errcode, mediaId: "voice-1" });
    expect(await consume([fetchMessage("voice-1")], createContext())).toEqual([ACK]);
    expect(await item("voice-1")).toMatchObject({ state: "failed", attempts: 1, failure: { code } });
    expect(await consume([fetchMessage("voice-1")], createContext())).toEqual([ACK]);
    expect(mediaCalls("voice-1")).toBe(1);
  });

  it("is asked for again when WeChat refused this server's address, of which there are many", async () => {
    wechat.misbehave({ kind: "errcode", errcode: 40164, times: 1, mediaId: "voice-1" });
    expect((await consume([fetchMessage("voice-1")], createContext()))[0]?.verdict).toBe("retry");
    expect(await consume([fetchMessage("voice-1")], createContext())).toEqual([ACK]);
    expect(await item("voice-1")).toMatchObject({ state: "ready", attempts: 2, failure: null });
  });

  it("of an account that is not configured any more has failed", async () => {
    const message = fetchMessage("voice-1", { appId: "wx0000000000000000" });
    expect(await consume([message], createContext())).toEqual([ACK]);
    expect(await item("voice-1")).toMatchObject({ state: "failed", failure: { code: "account-unknown" } });
  });
});

describe("a used-up quota", () => {
  it("of the day stops the whole account until midnight in Beijing, and no other account", async () => {
    wechat.misbehave({ kind: "errcode", errcode: 45009, mediaId: "voice-1", times: 1 });
    bend({ stoppedAtMs: EVENING_MS });
    wechat.addRecording(APP_ID, "voice-1", SPEEX);
    wechat.addRecording(OTHER_APP_ID, "voice-2", SPEEX);
    const context = createContext({ random: () => 0 });

    expect(await consume([fetchMessage("voice-1")], context)).toEqual([ACK]);
    expect(context.sent.pop()).toEqual({ body: fetchMessage("voice-1"), delaySeconds: 4 * 3_600 });
    expect(await store.pausedUntilMs(APP_ID)).toBe(MIDNIGHT_MS);

    letPass(HOUR_MS);
    await consume([fetchMessage("voice-2"), fetchMessage("voice-3")], context);
    expect(context.sent.map(({ delaySeconds }) => delaySeconds)).toEqual([3 * 3_600, 3 * 3_600]);
    expect(mediaCalls()).toBe(1);
    expect(await item("voice-2")).toBeNull();
    await consume(
      [fetchMessage("voice-2", { appId: OTHER_APP_ID, jobId: `${JOB_ID.slice(0, -1)}2` })],
      context,
    );
    expect(mediaCalls()).toBe(2);

    bend({ stoppedAtMs: MIDNIGHT_MS, aheadMs: 0 });
    expect(await consume([fetchMessage("voice-1")], context)).toEqual([ACK]);
    // Waiting is not an attempt.
    expect(await item("voice-1")).toMatchObject({ state: "ready", attempts: 1 });
  });

  it("of the day that lasts longer than Queues delay a message is waited for in two steps", async () => {
    const context = createContext({ nowMs: () => MIDNIGHT_MS, random: () => 0 });
    await store.pause(APP_ID, MIDNIGHT_MS + 20 * HOUR_MS, 45009);
    await consume([fetchMessage("voice-1")], context);
    expect(context.sent).toEqual([{ body: fetchMessage("voice-1"), delaySeconds: 12 * 3_600 }]);
    const after = createContext({ nowMs: () => MIDNIGHT_MS + 12 * HOUR_MS, random: () => 0 });
    await consume([fetchMessage("voice-1")], after);
    expect(after.sent).toEqual([{ body: fetchMessage("voice-1"), delaySeconds: 8 * 3_600 }]);
    expect(mediaCalls()).toBe(0);
  });

  it("of the minute is waited for a minute and some, not all at once", async () => {
    wechat.misbehave({ kind: "errcode", errcode: 45011, mediaId: "voice-1", times: 1 });
    bend({ stoppedAtMs: EVENING_MS });
    const [first] = await consume([fetchMessage("voice-1")], createContext({ random: () => 0 }));
    expect(first).toEqual({ verdict: "retry", delaySeconds: 60 });
    const [second] = await consume([fetchMessage("voice-2")], createContext({ random: () => 0.99 }));
    expect(second).toEqual({ verdict: "retry", delaySeconds: 90 });
    expect(mediaCalls()).toBe(1);
  });

  it("of the minute doesn't end the wait for the day's", async () => {
    await store.pause(APP_ID, MIDNIGHT_MS, 45009);
    await store.pause(APP_ID, EVENING_MS + MINUTE_MS, 45011);
    expect(await store.pausedUntilMs(APP_ID)).toBe(MIDNIGHT_MS);
  });
});

it("forced refreshes that are used up pause no jobs: that limit is ours", async () => {
  bend({ stoppedAtMs: EVENING_MS });
  const keeper = env.TOKEN_KEEPER.getByName(APP_ID);
  await keeper.current({ appId: APP_ID, componentAppId: null });
  await runInDurableObject(keeper, (_, { storage }) => {
    const state = storage.kv.get<KeeperState>("state/v1");
    storage.kv.put("state/v1", { ...state, forced: { day: beijingDay(EVENING_MS), count: 20, atMs: 0 } });
  });
  await evictDurableObject(keeper);
  wechat.revokeTokens(APP_ID, "only-force-renews");

  const [decided] = await consume([fetchMessage("voice-1")], createContext({ backoffSeconds: 10 }));
  expect(decided).toEqual({ verdict: "retry", delaySeconds: 10 });
  expect(await item("voice-1")).toMatchObject({
    state: "waiting",
    failure: {
      code: "wechat-credential",
      detail: expect.stringContaining("today's 20 forced refreshes are used up"),
    },
  });
  expect(await store.pausedUntilMs(APP_ID)).toBe(0);
});

describe("a message that comes twice", () => {
  it("at the same time is one voice, one state, and callbacks of one id", async () => {
    const context = createContext();
    const message = fetchMessage("voice-1", { callbackUrl: CALLBACK_URL });
    const decided = await Promise.all([consume([message], context), consume([message], context)]);
    const again = decided.flat().filter((one) => one?.verdict === "retry");
    for (const _ of again) expect(await consume([message], context)).toEqual([ACK]);
    expect(await item("voice-1")).toMatchObject({ state: "ready", attempts: 1 });
    expect(mediaCalls("voice-1")).toBe(1);
    for (const { body } of context.sent) expect(body).toEqual({ ...message, kind: "callback" });
  });

  it("after its job was cancelled asks for nothing", async () => {
    await store.cancel(JOB_ID, Date.now());
    expect(await consume([fetchMessage("voice-1")], createContext())).toEqual([ACK]);
    expect(mediaCalls()).toBe(0);
  });
});
