/** Jobs that want to know what was said. A transcript that fails does not undo the voice. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { takeInVoiceMessage } from "../../src/jobs/voice-message.ts";
import { createIntake } from "../../src/services/jobs.ts";
import type { TranscriberRule } from "../../tools/simulator/transcriber/misbehaviour.ts";
import { APP_ID, DICTATION_KEY } from "../support/accounts.ts";
import { otherFile, voice } from "../support/fixtures.ts";
import { jsonOf, storedKeys, wechat } from "../support/gateway.ts";
import { consume, createContext, fetchMessage, JOB_ID } from "../support/job-queue.ts";
import { CALLBACK_URL, listen, ok, post, postJob, readJob, untilDone } from "../support/jobs.ts";
import { watchQueue } from "../support/queue-watch.ts";
import { isolate } from "../support/world.ts";

const OKAY = voice("short-half-second");
const KEY = { authorization: `Bearer ${DICTATION_KEY}` };
const SAID = ["txt", "transcript.json"] as const;

describe("a job with transcripts", () => {
  it("calls back with the text, and keeps voice and transcript", async () => {
    const deliveries = listen(ok);
    wechat.addRecording(APP_ID, "voice-1", OKAY);
    const formats = ["wav", ...SAID];
    const job = await untilDone(
      await postJob({ mediaIds: ["voice-1"], formats, callbackUrl: CALLBACK_URL }, KEY),
    );
    expect(job.items[0]).toMatchObject({ state: "ready", attempts: 1 });
    expect(JSON.stringify(job)).not.toContain("Okay.");
    const [delivery] = deliveries;
    expect(delivery?.event).toMatchObject({
      type: "voice.ready",
      data: { mediaId: "voice-1", text: "Okay." },
    });
    expect(delivery?.event.data).not.toHaveProperty("missing");
    expect(await storedKeys("voice/")).toEqual(
      ["source", "transcript", "wav"].map((form) => `voice/v1/${APP_ID}/voice-1/${form}`),
    );
  });

  it("says that nobody spoke with an empty text", async () => {
    const deliveries = listen(ok);
    wechat.addRecording(APP_ID, "voice-1", voice("digital-silence-1s"));
    await untilDone(
      await postJob({ mediaIds: ["voice-1"], formats: ["txt"], callbackUrl: CALLBACK_URL }, KEY),
    );
    expect(deliveries[0]?.event.data).toMatchObject({ text: "" });
  });

  it.each<[string, TranscriberRule, string]>([
    ["refuses it", { kind: "status", status: 400, message: "No." }, "transcriber-refused"],
    ["fails each time", { kind: "status", status: 500 }, "transcriber-unavailable"],
  ])("whose transcriber %s has the voice all the same, and says what it lacks", async (_, rule, code) => {
    const deliveries = listen(ok);
    wechat.addRecording(APP_ID, "voice-1", OKAY);
    wechat.transcriber.misbehave(rule);
    const formats = ["speex", ...SAID];
    const job = await untilDone(
      await postJob({ mediaIds: ["voice-1"], formats, callbackUrl: CALLBACK_URL }, KEY),
    );
    const missing = { formats: SAID, code, detail: expect.stringContaining("The transcriber answered with") };
    expect(job.items[0]).toMatchObject({ state: "ready", missing });
    expect(deliveries[0]?.event).toMatchObject({ type: "voice.ready", data: { missing } });
    expect(deliveries[0]?.event.data).not.toHaveProperty("text");
    expect(await storedKeys("voice/")).toEqual([`voice/v1/${APP_ID}/voice-1/source`]);
    expect(wechat.transcriber.calls()).toHaveLength(code === "transcriber-refused" ? 1 : 4);
    expect(wechat.calls({ path: "/cgi-bin/media/get/jssdk" })).toHaveLength(1);
  });

  it("gets over a transcriber that was busy, after the pause that it named", async () => {
    wechat.addRecording(APP_ID, "voice-1", OKAY);
    wechat.transcriber.misbehave({ kind: "status", status: 429, retryAfter: "90", times: 1 });
    const context = createContext({ backoffSeconds: 10 });
    const message = fetchMessage("voice-1", { v: 2, formats: ["txt"] });
    expect(await consume([message], context)).toEqual([{ verdict: "retry", delaySeconds: 90 }]);
    expect((await context.store.readItem(JOB_ID, "voice-1"))?.value).toMatchObject({
      state: "waiting",
      failure: { code: "transcriber-unavailable" },
      transcriptAttempts: 1,
    });
    expect(await consume([message], context)).toEqual([{ verdict: "ack", delaySeconds: 0 }]);
    expect((await context.store.readItem(JOB_ID, "voice-1"))?.value).toMatchObject({
      state: "ready",
      text: "Okay.",
    });
  });

  it("is refused to whoever may not have voices transcribed", async () => {
    const response = await post({ mediaIds: ["voice-1"], formats: ["wav", "txt"] });
    expect(response.status).toBe(403);
    expect(await jsonOf(response)).toMatchObject({ code: "forbidden" });
  });

  it("has messages that an older Worker lets wait, and other jobs have not", async () => {
    const { sent } = await takeInWith(["txt"]);
    expect(sent.map(({ v }) => v)).toEqual([2]);
    expect((await takeInWith(["speex"])).sent.map(({ v }) => v)).toEqual([1]);
  });
});

describe("a follower's voice message, where it is to be transcribed", () => {
  const message = {
    appId: APP_ID,
    signerAppId: APP_ID,
    from: "f",
    msgId: "1",
    mediaId16K: null,
    mediaId: "chat-1",
  };
  const takeIn = () =>
    takeInVoiceMessage(
      message,
      "https://hdvoice.test",
      ["speex", "txt"],
      createIntake(watchQueue(env), isolate),
    );

  it("is", async () => {
    wechat.addRecording(APP_ID, "chat-1", OKAY, { endpoint: "media" });
    const { jobId } = await takeIn();
    expect((await untilDone(jobId)).items[0]).toMatchObject({ state: "ready" });
    expect(await storedKeys("voice/")).toContain(`voice/v1/${APP_ID}/chat-1/chat/transcript`);
  });

  it("says so where its AMR is none that the transcriber takes", async () => {
    wechat.addRecording(APP_ID, "chat-1", otherFile("voice.amr"), { endpoint: "media" });
    const { jobId } = await takeIn();
    await untilDone(jobId);
    expect((await readJob(jobId)).items[0]).toMatchObject({
      state: "ready",
      missing: {
        formats: ["txt"],
        code: "transcriber-refused",
        detail: expect.stringContaining(
          "The voice is audio/amr, which is not decoded here; it was sent as it came.",
        ),
      },
    });
  });
});

/** What a job of these formats would put into the queue. */
async function takeInWith(formats: readonly ("txt" | "speex")[]) {
  const sent: { v: number }[] = [];
  const { takeIn } = await import("../../src/jobs/intake.ts");
  const queue = {
    async sendBatch(messages: Iterable<MessageSendRequest<{ v: number }>>) {
      for (const { body } of messages) sent.push(body);
      return { metadata: { metrics: { backlogBytes: 0, backlogCount: 0 } } };
    },
  };
  const request = { appId: APP_ID, mediaIds: ["voice-1"], formats, origin: "https://hdvoice.test" };
  await takeIn(
    { ...request, callbackUrl: null, withLinks: false, via: "jssdk", delivery: null },
    { ...createIntake(watchQueue(env), isolate), queue: queue as never },
  );
  return { sent };
}
