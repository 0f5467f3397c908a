import { createExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { createPushRequest, type PushStyle } from "../../tools/simulator/push-request.ts";
import * as known from "../support/accounts.ts";
import { ask, bytesOf, jsonOf, said, storedKeys, textOf, wechat } from "../support/gateway.ts";
import { asBackend, type readJob } from "../support/jobs.ts";
import { authorize } from "../support/platform.ts";
import { fetchApp } from "../support/worker.ts";
import { letPass, world } from "../support/world.ts";

/** The header of an AMR file (RFC 4867 §5) and frames of silence. */
const AMR = new TextEncoder().encode(`#!AMR\n${"<".repeat(32 * 50)}`);
/** More than a JavaScript number holds: its last digits matter. */
const MSG_ID = 7250021412600020993n;
const FIELDS = {
  ToUserName: "gh_97417a04a28d",
  FromUserName: "o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
  CreateTime: 1714112445,
  MsgType: "voice",
  MediaId: "voice-8k",
  Format: "amr",
  MsgId: MSG_ID,
  MediaId16K: "voice-16k",
};
const SAFE: PushStyle = { mode: "safe", format: "xml" };
const OTHER = known.OTHER_APP_ID;

type Fields = Readonly<Record<string, string | number | bigint>>;
type JobView = Awaited<ReturnType<typeof readJob>>;

/** WeChat's delivery of a message to the account; what the Worker answered. */
async function deliver(fields: Fields = FIELDS, style = SAFE, appId = OTHER, from = appId): Promise<string> {
  const push = { [OTHER]: known.SAFE_PUSH, [known.MERCHANT_APP_ID]: known.PLATFORM_PUSH }[appId];
  const target = { encodingAesKey: "", ...known.PLAIN_PUSH, ...push };
  const url = `https://hdvoice.test/wechat/push/${appId}`;
  const request = await createPushRequest({ ...target, url }, from, fields, world.nowMs(), style);
  const response = await exports.default.fetch(request);
  return `${response.status} ${await textOf(response)}`;
}

async function jobIds(appId = OTHER): Promise<string[]> {
  const { jobs } = await jsonOf<{ jobs: { jobId: string }[] }>(await asBackend(`/v1/apps/${appId}/fetches`));
  return jobs.map(({ jobId }) => jobId);
}

/** The only job there is, at its end. */
function untilFetched(appId = OTHER): Promise<JobView> {
  return vi.waitFor(async () => {
    const [jobId, ...more] = await jobIds(appId);
    expect(more).toEqual([]);
    const job = await jsonOf<JobView>(await asBackend(`/v1/apps/${appId}/fetches/${jobId}`));
    expect(job.state).toBe("done");
    return job;
  });
}

describe("a voice message that WeChat pushes", () => {
  it.each<PushStyle>([
    { mode: "safe", format: "xml" },
    { mode: "safe", format: "json" },
    { mode: "compatible", format: "xml" },
    { mode: "compatible", format: "json" },
  ])("is fetched as a job, %o", async (style) => {
    wechat.addRecording(OTHER, "voice-16k", AMR, { endpoint: "media" });
    expect(await deliver(FIELDS, style)).toBe("200 success");

    const { items } = await untilFetched();
    expect(items).toMatchObject([{ mediaId: "voice-16k", state: "ready", attempts: 1 }]);
    expect(await storedKeys("voice/")).toEqual([`voice/v1/${OTHER}/voice-16k/chat/source`]);
    const response = await ask(`/v1/apps/${OTHER}/voices/voice-16k.speex`);
    expect(response.headers.get("content-type")).toBe("audio/amr");
    expect(await bytesOf(response)).toEqual(AMR);
  });

  it.each<PushStyle["format"]>(["xml", "json"])("in plain mode is fetched too, as %s", async (format) => {
    const appId = known.PUSHED_APP_ID;
    expect(await deliver(FIELDS, { mode: "plain", format }, appId)).toBe("200 success");
    // No token was pushed: WeChat can't be asked, and the job says so.
    expect((await untilFetched(appId)).items).toMatchObject([
      { mediaId: "voice-16k", state: "failed", code: "wechat-credential" },
    ]);
  });

  it("is fetched also when getHDVoice has just said that it has no such voice", async () => {
    wechat.addRecording(OTHER, "voice-16k", AMR, { endpoint: "media" });
    expect((await ask(`/v1/apps/${OTHER}/voices/voice-16k.speex`)).status).toBe(404);
    await deliver();
    expect((await untilFetched()).items).toMatchObject([{ state: "ready" }]);
    expect((await ask(`/v1/apps/${OTHER}/voices/voice-16k.speex`)).status).toBe(200);
  });

  it("is one job, however often WeChat delivers it", async () => {
    wechat.addRecording(OTHER, "voice-16k", AMR, { endpoint: "media" });
    const answers = [...(await Promise.all([deliver(), deliver()])), await deliver()];
    expect(answers).toEqual(["200 success", "200 success", "200 success"]);
    await untilFetched();
    expect(wechat.calls({ path: "/cgi-bin/media/get" }).length).toBe(1);
  });

  it("is another job than one whose MsgId differs in its last digit", async () => {
    await deliver();
    await deliver({ ...FIELDS, MsgId: MSG_ID + 1n });
    expect((await jobIds()).length).toBe(2);
  });

  it("to an account that has authorised a platform comes with the platform's key", async () => {
    const appId = known.MERCHANT_APP_ID;
    await authorize(appId);
    wechat.addRecording(appId, "voice-16k", AMR, { endpoint: "media" });
    expect(await deliver(FIELDS, SAFE, appId, known.PLATFORM_ID)).toBe("200 success");
    expect((await untilFetched(appId)).items).toMatchObject([{ mediaId: "voice-16k", state: "ready" }]);
    // The account's own name inside would be another platform's business.
    expect(await deliver(FIELDS, SAFE, appId, appId)).toMatch(/^403 /);
  });

  it("is in the queue before WeChat hears of success, and is sent again when it can't be", async () => {
    vi.spyOn(Object.getPrototypeOf(env.JOBS), "sendBatch").mockRejectedValueOnce(new Error("away"));
    expect(await deliver()).toMatch(/^503 /);

    wechat.addRecording(OTHER, "voice-16k", AMR, { endpoint: "media" });
    vi.spyOn(world, "sleep").mockImplementation(async (ms) => letPass(ms));
    const beganMs = world.nowMs();
    expect(await deliver()).toBe("200 success");
    // Of the world's time, in which only waiting counts.
    expect(world.nowMs() - beganMs).toBeLessThan(5_000);
    expect((await untilFetched()).items).toMatchObject([{ state: "ready" }]);
  });

  it.each<[string, Fields]>([
    ["a text", { ...FIELDS, MsgType: "text", Content: "hello" }],
    ["a voice without an id", { ...FIELDS, MediaId: "", MediaId16K: "" }],
    ["a voice whose id is none", { ...FIELDS, MediaId: "../etc", MediaId16K: "" }],
    ["a voice without a MsgId", { ...FIELDS, MsgId: "" }],
  ])("is something else than %s, which is only noted", async (_, fields) => {
    expect(await deliver(fields)).toBe("200 success");
    expect(await jobIds()).toEqual([]);
    expect(said.join("\n")).toContain('"event":"push-ignored"');
  });

  it("is only noted where sources aren't kept", async () => {
    const target = { ...known.SAFE_PUSH, url: `https://hdvoice.test/wechat/push/${OTHER}` };
    const request = await createPushRequest(target, OTHER, FIELDS, world.nowMs(), SAFE);
    const response = await fetchApp(request, { ...env, STORE_FORMATS: "wav" }, createExecutionContext());
    expect([response.status, await textOf(response)]).toEqual([200, "success"]);
    expect(await jobIds()).toEqual([]);
  });

  it("has nothing of the follower in the log", async () => {
    await deliver();
    expect(said.join("\n")).toContain('"event":"push-voice"');
    expect(said.join("\n")).not.toContain(FIELDS.FromUserName);
  });

  it("begins nothing when it is forged", async () => {
    expect(await deliver(FIELDS, SAFE, OTHER, known.APP_ID)).toMatch(/^403 /);
    expect(await jobIds()).toEqual([]);
  });
});
