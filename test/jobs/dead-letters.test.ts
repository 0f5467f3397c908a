import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { consumeDeadLetters } from "../../src/jobs/consumer.ts";
import { JobStore } from "../../src/jobs/job-store.ts";
import { APP_ID } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { wechat } from "../support/gateway.ts";
import { consume, createBatch, createContext, fetchMessage, JOB_ID } from "../support/job-queue.ts";
import { CALLBACK_URL } from "../support/jobs.ts";

const ACK = { verdict: "ack", delaySeconds: 0 };
const store = new JobStore(env.VOICES);
const item = async (mediaId: string) => (await store.readItem(JOB_ID, mediaId))?.value ?? null;

beforeEach(() => wechat.addRecording(APP_ID, "voice-1", voice("short-half-second")));

describe("a message that the queue has given up", () => {
  const dead = (bodies: unknown[]) => {
    const { batch, decided } = createBatch(bodies, 20);
    return { batch: { ...batch, queue: "hdvoice-jobs-dead" }, decided };
  };

  it("fails its item, has that announced, and is kept as evidence", async () => {
    const context = createContext();
    const message = fetchMessage("voice-1", { callbackUrl: CALLBACK_URL });
    const { batch, decided } = dead([message, { v: 9 }, "text"]);
    await consumeDeadLetters(batch, context);
    expect(decided).toEqual([ACK, ACK, ACK]);
    expect(await item("voice-1")).toMatchObject({
      state: "failed",
      failure: {
        code: "internal",
        detail: "The queue delivered this voice's message too often without success.",
      },
    });
    expect(context.sent).toEqual([{ body: { ...message, kind: "callback" }, delaySeconds: 0 }]);
    const letter = await (await env.VOICES.get("job/v1/dead-letter/message-0.json"))?.json();
    expect(letter).toMatchObject({ queue: "hdvoice-jobs-dead", attempts: 20, body: message });
  });

  it("leaves a voice that is there as it is", async () => {
    await consume([fetchMessage("voice-1")], createContext());
    await consumeDeadLetters(dead([fetchMessage("voice-1")]).batch, createContext());
    expect(await item("voice-1")).toMatchObject({ state: "ready" });
  });

  it("ends a callback that was never made", async () => {
    const message = fetchMessage("voice-1", { callbackUrl: CALLBACK_URL, kind: "callback" });
    await consumeDeadLetters(dead([message]).batch, createContext());
    expect((await store.readCall(JOB_ID, "voice-1"))?.value).toMatchObject({
      state: "failed",
      reason: "the queue delivered it too often without success",
    });
  });
});
