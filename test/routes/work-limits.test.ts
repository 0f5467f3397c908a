/** WeCom's limits are a minute long where an Official Account's are a day's: for callers, jobs and the keeper alike. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { JobStore } from "../../src/jobs/job-store.ts";
import { APP_ID, CORP_ID } from "../support/accounts.ts";
import { ask, jsonOf, wechat } from "../support/gateway.ts";
import { consume, createContext, fetchMessage } from "../support/job-queue.ts";
import { bend, letPass, withoutBackoff } from "../support/world.ts";

const MEDIA = "/cgi-bin/media/get/jssdk";
const TOKEN = "/cgi-bin/gettoken";
/** 20:00 in Beijing, four hours before midnight. */
const EVENING_MS = Date.UTC(2027, 0, 15, 12);
const MINUTE = 60;
const TILL_MIDNIGHT = 4 * 3_600;

beforeEach(() => {
  withoutBackoff();
  bend({ stoppedAtMs: EVENING_MS });
  for (const appId of [APP_ID, CORP_ID]) wechat.addRecording(appId, "voice-1", new Uint8Array(60).fill(0x36));
});

const LIMITS = [
  [CORP_ID, 45009, MINUTE],
  [CORP_ID, 45033, MINUTE],
  [APP_ID, 45011, MINUTE],
  [APP_ID, 45009, TILL_MIDNIGHT],
] as const;

it.each(LIMITS)("a caller of %s hears after %d to wait %d s", async (appId, errcode, seconds) => {
  wechat.misbehave({ kind: "errcode", errcode, path: MEDIA });
  const response = await ask(`/v1/apps/${appId}/voices/voice-1.speex`);
  expect(response.status).toBe(429);
  expect(response.headers.get("retry-after")).toBe(String(seconds));
  expect(await jsonOf(response)).toMatchObject({ code: "rate-limited", wechat: { errcode } });
  expect(wechat.calls({ path: MEDIA })).toHaveLength(1);
});

it.each(LIMITS)(
  "jobs of %s pause after %d for %d s, and of no other account",
  async (appId, errcode, seconds) => {
    wechat.misbehave({ kind: "errcode", errcode, appId, path: MEDIA });
    const store = new JobStore(env.VOICES);
    const message = fetchMessage("voice-1", { appId });
    const [decided] = await consume([message], createContext());
    expect(decided?.verdict === "retry" || seconds > 600).toBe(true);
    expect(await store.pausedUntilMs(appId)).toBe(EVENING_MS + seconds * 1000);
    expect(await store.pausedUntilMs(appId === APP_ID ? CORP_ID : APP_ID)).toBe(0);

    wechat.behave();
    letPass(seconds * 1000 - 1);
    await consume([message], createContext());
    expect(wechat.calls({ path: MEDIA })).toHaveLength(1);
    letPass(1);
    await consume([message], createContext());
    expect(wechat.calls({ path: MEDIA })).toHaveLength(2);
  },
);

describe("gettoken", () => {
  it.each([45009, 45033])("that answers %d is asked once a minute, whoever comes", async (errcode) => {
    wechat.misbehave({ kind: "errcode", errcode, path: TOKEN });
    for (let count = 0; count < 5; count++) {
      const response = await ask(`/v1/apps/${CORP_ID}/voices/voice-1.speex`);
      expect(response.status).toBe(429);
      await response.body?.cancel();
      letPass(2_000);
    }
    expect(wechat.calls({ path: TOKEN })).toHaveLength(1);
    wechat.behave();
    letPass(50_000);
    expect((await ask(`/v1/apps/${CORP_ID}/voices/voice-1.speex`)).status).toBe(200);
    expect(wechat.calls({ path: TOKEN })).toHaveLength(2);
  });
});
