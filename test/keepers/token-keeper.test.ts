import {
  abortAllDurableObjects,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { APP_ID, APP_SECRET } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { ask, bytesOf, wechat } from "../support/gateway.ts";
import { createIsolates } from "../support/isolates.ts";

const TOKEN_PATH = "/cgi-bin/stable_token";
const tokenCalls = (appId = APP_ID) => wechat.calls({ path: TOKEN_PATH, appId });
const keeperOf = (appId: string) => env.TOKEN_KEEPER.getByName(appId);
const ref = (appId: string) => ({ appId, componentAppId: null });

async function alarmAtMs(appId: string): Promise<number | null> {
  return runInDurableObject(keeperOf(appId), (_, { storage }) => storage.getAlarm());
}

describe("the keeper", () => {
  it("publishes the token to KV and nowhere else", async () => {
    wechat.addRecording(APP_ID, "m1", voice("short-half-second"));
    await bytesOf(await ask("/v1/voices/m1.speex"));
    const key = `token:v1:${APP_ID}:stable`;
    const stored = await vi.waitFor(async () => {
      const token = await env.TOKENS.get(key, "json");
      expect(token).not.toBeNull();
      return token;
    });
    expect(stored).toEqual({
      value: expect.stringMatching(/^\d\d_/),
      expiresAtMs: expect.any(Number),
    });
    expect((await env.TOKENS.list()).keys.map(({ name }) => name)).toEqual([key]);
  });

  it("sets its alarm inside the token's last five minutes", async () => {
    const [isolate] = createIsolates(APP_ID, 1);
    const token = await isolate?.get();
    expect(await alarmAtMs(APP_ID)).toBe((token?.expiresAtMs ?? 0) - 270_000);
  });

  it("renews by alarm, and lets an account sleep that nobody has used for an hour", async () => {
    const keeper = keeperOf(APP_ID);
    const first = await keeper.current(ref(APP_ID));
    wechat.expireTokens(APP_ID);
    await makeDue(APP_ID, { usedAtMs: Date.now() });
    await runDurableObjectAlarm(keeper);
    expect(tokenCalls()).toHaveLength(2);
    const second = await keeper.current(ref(APP_ID));
    expect(second).not.toEqual(first);

    await makeDue(APP_ID, { usedAtMs: Date.now() - 3_700_000 });
    await runDurableObjectAlarm(keeper);
    expect(tokenCalls()).toHaveLength(2);
    expect(await alarmAtMs(APP_ID)).toBeNull();
  });

  it("remembers token, failures and forced refreshes over a restart", async () => {
    wechat.addRecording(APP_ID, "m1", SHORT);
    wechat.addRecording(APP_ID, "m2", SHORT);
    await bytesOf(await ask("/v1/voices/m1.speex"));
    wechat.revokeTokens(APP_ID, "only-force-renews");
    await bytesOf(await ask("/v1/voices/m2.speex"));
    const before = await keeperOf(APP_ID).status(ref(APP_ID));

    await evictDurableObject(keeperOf(APP_ID));
    expect(await keeperOf(APP_ID).status(ref(APP_ID))).toEqual(before);
    expect(before).toMatchObject({ value: { state: "fresh", forcedToday: 1 } });
    await keeperOf(APP_ID).current(ref(APP_ID));
    expect(tokenCalls()).toHaveLength(3);
  });

  it("asks again at once when the account's settings have changed", async () => {
    wechat.misbehave({ kind: "errcode", errcode: 40125, path: TOKEN_PATH });
    await keeperOf(APP_ID).current(ref(APP_ID));
    wechat.behave();
    expect(await keeperOf(APP_ID).current(ref(APP_ID))).toMatchObject({ ok: false });

    // As after a deployment with another secret.
    await runInDurableObject(keeperOf(APP_ID), (_, { storage }) =>
      storage.kv.put("settings/v1", { source: "stable", digest: "of other settings" }),
    );
    await evictDurableObject(keeperOf(APP_ID));
    expect(await keeperOf(APP_ID).current(ref(APP_ID))).toMatchObject({ ok: true });
  });

  it("is asked again by those whom it has left in the middle of an answer", async () => {
    for (let index = 0; index < 20; index++) wechat.addRecording(APP_ID, `m${index}`, SHORT);
    wechat.misbehave({ kind: "delay", delayMs: 200, path: TOKEN_PATH });
    const answers = Array.from({ length: 20 }, async (_, index) => {
      const response = await ask(`/v1/voices/m${index}.speex`);
      await response.arrayBuffer();
      return response.status;
    });
    await vi.waitFor(() => expect(tokenCalls()).toHaveLength(1));
    await abortAllDurableObjects();

    expect(new Set(await Promise.all(answers))).toEqual(new Set([200]));
    expect(tokenCalls()).toHaveLength(2);
  });

  it("never lets the AppSecret into its storage", async () => {
    await keeperOf(APP_ID).current(ref(APP_ID));
    const stored = await runInDurableObject(keeperOf(APP_ID), (_, { storage }) =>
      JSON.stringify([...storage.kv.list()]),
    );
    expect(stored).toContain("state/v1");
    expect(stored).not.toContain(APP_SECRET);
  });
});

const SHORT = new Uint8Array(60).fill(0x36);

/** Makes the stored token due for renewal now, as if time had passed. */
async function makeDue(appId: string, changes: object): Promise<void> {
  await runInDurableObject(keeperOf(appId), (_, { storage }) => {
    const state = storage.kv.get<{ token: { value: string } }>("state/v1");
    const token = { value: state?.token.value, expiresAtMs: Date.now() + 60_000 };
    storage.kv.put("state/v1", { ...state, token, obtainedAtMs: Date.now() - 7_140_000, ...changes });
    return storage.setAlarm(Date.now() + 3_600_000);
  });
  await evictDurableObject(keeperOf(appId));
}
