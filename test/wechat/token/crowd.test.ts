import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { APP_ID, CLASSIC_APP_ID, CORP_ID, OTHER_APP_ID, REMOTE_APP_ID } from "../../support/accounts.ts";
import { ask, bytesOf, jsonOf, otherHosts, wechat } from "../../support/gateway.ts";
import { createIsolates } from "../../support/isolates.ts";
import { letPass } from "../../support/world.ts";

const TOKEN_PATH = "/cgi-bin/stable_token";
const SHORT = new Uint8Array(60).fill(0x36);
const tokenCalls = (appId = APP_ID) => wechat.calls({ path: TOKEN_PATH, appId });
const keeperOf = (appId: string) => env.TOKEN_KEEPER.getByName(appId);
const ref = (appId: string) => ({ appId, componentAppId: null });

/** Hundreds of requests at once take seconds on a busy machine. */
const HEAVY_MS = 60_000;

describe("a cold start", () => {
  it(
    "asks WeChat once for 1,000 concurrent requests in 20 isolates",
    async () => {
      wechat.misbehave({ kind: "delay", delayMs: 50, path: TOKEN_PATH });
      const isolates = createIsolates(APP_ID, 20);

      const tokens = await Promise.all(
        Array.from({ length: 1000 }, (_, index) => isolates[index % isolates.length]?.get()),
      );

      expect(new Set(tokens.map((token) => token?.value)).size).toBe(1);
      expect(tokenCalls()).toHaveLength(1);
    },
    HEAVY_MS,
  );

  it(
    "asks once per account where five of them start cold",
    async () => {
      otherHosts.set("relay.test", (request) => {
        return wechat.handle(new Request(request.url.replace("relay.test", "api.weixin.qq.com"), request));
      });
      let askedRemote = 0;
      otherHosts.set("tokens.estate.test", () => {
        askedRemote++;
        return Response.json({ data: { token: "of-the-estate" } });
      });
      const accounts = [APP_ID, OTHER_APP_ID, CLASSIC_APP_ID, CORP_ID, REMOTE_APP_ID];
      const isolates = accounts.map((appId) => createIsolates(appId, 10));

      await Promise.all(
        Array.from({ length: 1000 }, (_, index) => isolates[index % 5]?.[Math.floor(index / 5) % 10]?.get()),
      );

      expect(accounts.map((appId) => wechat.calls({ appId }).length)).toEqual([1, 1, 1, 1, 0]);
      expect(askedRemote).toBe(1);
    },
    HEAVY_MS,
  );

  it(
    "asks WeChat once for 1,000 concurrent requests to the Worker",
    async () => {
      wechat.misbehave({ kind: "delay", delayMs: 50, path: TOKEN_PATH });
      for (let index = 0; index < 1000; index++) wechat.addRecording(APP_ID, `m${index}`, SHORT);

      const answers = await Promise.all(
        Array.from({ length: 1000 }, async (_, index) => {
          const response = await ask(`/v1/voices/m${index}.speex`);
          await response.arrayBuffer();
          return response.status;
        }),
      );

      expect(answers.filter((status) => status !== 200)).toEqual([]);
      expect(tokenCalls()).toHaveLength(1);
    },
    HEAVY_MS,
  );
});

describe("a token that WeChat revoked", () => {
  it(
    "is replaced once for 200 concurrent requests, and no client sees an error",
    async () => {
      for (let index = 0; index < 201; index++) wechat.addRecording(APP_ID, `m${index}`, SHORT);
      await bytesOf(await ask("/v1/voices/m200.speex"));
      wechat.revokeTokens(APP_ID);

      const answers = await Promise.all(
        Array.from({ length: 200 }, async (_, index) => {
          const response = await ask(`/v1/voices/m${index}.speex`);
          await response.arrayBuffer();
          return response.status;
        }),
      );

      expect(answers.filter((status) => status !== 200)).toEqual([]);
      expect(tokenCalls()).toHaveLength(2);
    },
    HEAVY_MS,
  );

  it(
    "is checked once for 200 concurrent reports of one that works, and kept",
    async () => {
      const isolates = createIsolates(APP_ID, 200);
      const tokens = await Promise.all(isolates.map((isolate) => isolate.get()));
      wechat.misbehave({ kind: "delay", delayMs: 50, path: "/cgi-bin/getcallbackip" });
      const kept = await Promise.all(isolates.map((isolate, i) => isolate.rotate(tokens[i]?.value ?? "")));
      expect(new Set(kept.map(({ value }) => value))).toEqual(new Set(tokens.map(({ value }) => value)));
      expect(wechat.calls({ path: "/cgi-bin/getcallbackip" })).toHaveLength(1);
      expect(tokenCalls()).toHaveLength(1);
    },
    HEAVY_MS,
  );

  it("is replaced by force only when WeChat goes on handing it out", async () => {
    wechat.addRecording(APP_ID, "m1", SHORT);
    wechat.addRecording(APP_ID, "m2", SHORT);
    await bytesOf(await ask("/v1/voices/m1.speex"));
    wechat.revokeTokens(APP_ID, "only-force-renews");

    expect((await ask("/v1/voices/m2.speex")).status).toBe(200);
    // The first token, the same one again, the forced one.
    expect(tokenCalls()).toHaveLength(3);
  });

  it("is given up in words when WeChat refuses even the forced one", async () => {
    wechat.addRecording(APP_ID, "m1", SHORT);
    wechat.misbehave({ kind: "token-refused", because: "revoked" });

    const first = await ask("/v1/voices/m1.speex");
    expect(first.status).toBe(502);
    expect(await jsonOf(first)).toMatchObject({ code: "wechat-credential", wechat: { errcode: 40001 } });

    // The forced one is refused too, less than 30 s after: a second force would do nothing.
    const second = await ask("/v1/voices/m1.speex");
    expect(await jsonOf(second)).toMatchObject({
      code: "wechat-credential",
      detail: expect.stringContaining("was forced to another just now"),
    });
    const asked = tokenCalls().length;
    expect((await ask("/v1/voices/m1.speex")).status).toBe(502);
    expect(tokenCalls()).toHaveLength(asked);
  });

  it("is replaced in every isolate, also where KV still shows it", async () => {
    const isolates = createIsolates(APP_ID, 5);
    const old = await Promise.all(isolates.map((isolate) => isolate.get()));
    wechat.revokeTokens(APP_ID);

    const fresh = await Promise.all(isolates.map((isolate) => isolate.rotate(old[0]?.value ?? "")));
    expect(new Set(fresh.map(({ value }) => value)).size).toBe(1);
    expect(fresh[0]?.value).not.toBe(old[0]?.value);
    // KV as another place may see it for a minute.
    await env.TOKENS.put(`token:v1:${APP_ID}:stable`, JSON.stringify(old[0]));
    // Their own memory has lapsed by then.
    letPass(31_000);
    const later = await Promise.all(isolates.map((isolate) => isolate.get()));
    expect(later.map(({ value }) => value)).toEqual(fresh.map(({ value }) => value));
    expect(tokenCalls()).toHaveLength(2);
  });
});

describe("a misconfigured account", () => {
  it(
    "costs WeChat one question, however many requests come",
    async () => {
      wechat.misbehave({ kind: "errcode", errcode: 40125, path: TOKEN_PATH });

      const answers = await Promise.all(
        Array.from({ length: 300 }, async (_, index) => jsonOf(await ask(`/v1/voices/m${index}.speex`))),
      );
      await vi.waitFor(() => expect(tokenCalls()).toHaveLength(1));
      expect(new Set(answers.map(({ code }) => code))).toEqual(new Set(["wechat-credential"]));
      expect(answers[0]).toMatchObject({
        status: 502,
        detail: expect.stringContaining("WeChat answered 40125: invalid AppSecret."),
        wechat: { errcode: 40125 },
      });
    },
    HEAVY_MS,
  );

  it("keeps the failure whole across the keeper's boundary", async () => {
    wechat.misbehave({
      kind: "errcode",
      errcode: 40164,
      errmsg: "invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist",
      path: TOKEN_PATH,
    });
    const reply = await keeperOf(APP_ID).current(ref(APP_ID));
    expect(reply).toEqual({
      ok: false,
      failure: {
        code: "wechat-ip-not-allowed",
        detail: expect.stringContaining("WeChat answered 40164"),
        wechat: {
          errcode: 40164,
          errmsg: "invalid ip … ipv6 …, not in whitelist",
          rid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/),
        },
        retryAfterSeconds: null,
        operatorDetail: "The address that WeChat saw: 203.0.113.9.",
      },
    });
  });
});
