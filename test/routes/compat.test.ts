/** What an SDK that is pointed at this gateway gets where nothing is wrong. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { WECHAT_CALLS } from "../../src/api/compat.ts";
import { createApp } from "../../src/app.ts";
import * as known from "../support/accounts.ts";
import { call, type Given, give, giveToken, tokenQuery, VOICE_PATH } from "../support/compat.ts";
import { otherFile, voice } from "../support/fixtures.ts";
import { ask, bytesOf, said, wechat } from "../support/gateway.ts";
import { fetchApp } from "../support/worker.ts";
import { bend, isolate, letPass, withoutBackoff } from "../support/world.ts";

const SPEEX = voice("short-half-second");
const HOUR_MS = 1_800_000_000_000;
const postJson = (body: unknown, path = "/cgi-bin/stable_token") =>
  call(path, {}, { method: "POST", body: JSON.stringify(body) });

function record(mediaId = "voice-1", bytes = SPEEX, appId = known.APP_ID): void {
  wechat.addRecording(appId, mediaId, bytes);
}

describe("a token", () => {
  it("comes as WeChat's does, and is asked of nobody", async () => {
    const response = await call("/cgi-bin/token", tokenQuery());
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const given = await response.json<Given>();
    expect(given).toEqual({
      access_token: expect.stringMatching(/^[A-Za-z0-9._-]+$/),
      expires_in: expect.any(Number),
    });
    expect(given.expires_in).toBeGreaterThan(3_500);
    expect(given.expires_in).toBeLessThan(7_200);
    expect(wechat.calls()).toEqual([]);
  });

  it("is the same for whoever asks again, by either call, with the time that remains", async () => {
    bend({ stoppedAtMs: HOUR_MS });
    const first = await give();
    letPass(100_000);
    const again = await (await postJson(tokenQuery())).json<Given>();
    expect(again).toEqual({ access_token: first.access_token, expires_in: first.expires_in - 100 });
  });

  it("is a new one where force_refresh is true, and the former goes on working", async () => {
    record();
    const first = await giveToken();
    const fresh = await (await postJson({ ...tokenQuery(), force_refresh: true })).json<Given>();
    const another = await (await postJson({ ...tokenQuery(), force_refresh: true })).json<Given>();
    expect(new Set([first, fresh.access_token, another.access_token]).size).toBe(3);
    expect(fresh.expires_in).toBe(7_140);
    for (const access_token of [first, fresh.access_token, another.access_token]) {
      const response = await call(VOICE_PATH, { access_token, media_id: "voice-1" });
      expect(await bytesOf(response)).toEqual(SPEEX);
    }
  });

  it("comes from WeCom's call too, with WeCom's ok", async () => {
    record("voice-1", SPEEX, known.CORP_ID);
    const query = { corpid: known.CORP_ID, corpsecret: known.COMPAT_KEY };
    const given = await (await call("/cgi-bin/gettoken", query)).json<
      Given & { errcode: number; errmsg: string }
    >();
    expect(given).toMatchObject({ errcode: 0, errmsg: "ok" });
    const response = await call(VOICE_PATH, { access_token: given.access_token, media_id: "voice-1" });
    expect(await bytesOf(response)).toEqual(SPEEX);
    expect(wechat.calls().every(({ appId }) => appId === known.CORP_ID)).toBe(true);
  });

  it("tells by the key's binding which app of a corp is meant", async () => {
    const appOf = (appId: string) => ({ appId, source: "work", corpId: "ww1", secret: `secret-of-${appId}` });
    const key = JSON.parse(env.API_KEYS ?? "[]").find(({ id }: { id: string }) => id === "compat");
    const settings = (apps: readonly string[] | undefined, ...ids: string[]) =>
      ({
        ...env,
        WECHAT_ACCOUNTS: JSON.stringify(ids.map(appOf)),
        WECHAT_PLATFORMS: "",
        API_KEYS: JSON.stringify([{ ...key, apps }]),
      }) as unknown as typeof env;
    const query = new URLSearchParams({ corpid: "ww1", corpsecret: known.COMPAT_KEY });
    const ask = async (given: typeof env) => {
      const request = new Request(`https://hdvoice.test/cgi-bin/gettoken?${query}`);
      return (await fetchApp(request, given)).json<Partial<Given> & { errcode: number }>();
    };
    const accountIn = (given: Partial<Given>) => given.access_token?.split(".")[3];
    expect(accountIn(await ask(settings(["ww1-b"], "ww1-a", "ww1-b")))).toBe("ww1-b");
    expect(accountIn(await ask(settings(undefined, "ww1-a")))).toBe("ww1-a");
    expect(accountIn(await ask(settings(undefined, "ww1-a", "ww1")))).toBe("ww1");
    expect(await ask(settings(undefined, "ww1-a", "ww1-b"))).toMatchObject({ errcode: 40013 });
    expect(await ask(settings(["wx9"], "ww1-a"))).toMatchObject({ errcode: 40013 });
  });

  it("opens the account that it was given for, and no other", async () => {
    record("voice-1", SPEEX, known.OTHER_APP_ID);
    const access_token = await giveToken({ appid: known.OTHER_APP_ID, secret: known.OTHER_COMPAT_KEY });
    expect(await bytesOf(await call(VOICE_PATH, { access_token, media_id: "voice-1" }))).toEqual(SPEEX);
    const ofDefault = await giveToken();
    const response = await call(VOICE_PATH, { access_token: ofDefault, media_id: "voice-1" });
    expect(await response.json()).toMatchObject({ errcode: 40007 });
  });
});

describe("a voice", () => {
  it.each(["GET", "POST"])(
    "comes by %s with its exact bytes and the headers that SDKs go by",
    async (method) => {
      record("-voice_1");
      const query = { access_token: await giveToken(), media_id: "-voice_1" };
      const response = await call(VOICE_PATH, query, {
        method,
        ...(method === "POST" ? { body: "{}" } : {}),
      });
      expect(response.status).toBe(200);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "content-type": "voice/speex",
        "content-disposition": 'attachment; filename="-voice_1.speex"',
        "content-length": String(SPEEX.length),
        "cache-control": "no-cache, must-revalidate",
      });
      expect(await bytesOf(response)).toEqual(SPEEX);
    },
  );

  it.each<[string, (token: string) => string]>([
    ["the other order", (token) => `${VOICE_PATH}?media_id=voice-1&access_token=${token}`],
    ["two slashes in front", (token) => `/${VOICE_PATH}?access_token=${token}&media_id=voice-1`],
    ["two slashes inside", (token) => `/cgi-bin//media/get/jssdk?access_token=${token}&media_id=voice-1`],
    ["a slash at the end", (token) => `${VOICE_PATH}/?access_token=${token}&media_id=voice-1`],
    ["a question mark at the end", (token) => `${VOICE_PATH}?access_token=${token}&media_id=voice-1?`],
    ["two question marks", (token) => `${VOICE_PATH}?access_token=${token}?media_id=voice-1`],
    ["an ampersand too many", (token) => `${VOICE_PATH}?&access_token=${token}&&media_id=voice-1&`],
    ["what WeChat ignores", (token) => `${VOICE_PATH}?_=17&access_token=${token}&media_id=voice-1&debug=1`],
  ])("comes to a URL with %s", async (_, pathOf) => {
    record();
    const response = await ask(pathOf(await giveToken()), { headers: { authorization: "none" } });
    expect(await bytesOf(response)).toEqual(SPEEX);
  });

  it("tells by HEAD what GET would bring", async () => {
    record();
    const response = await call(
      VOICE_PATH,
      { access_token: await giveToken(), media_id: "voice-1" },
      { method: "HEAD" },
    );
    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe(String(SPEEX.length));
    expect(response.headers.get("content-type")).toBe("voice/speex");
    expect((await bytesOf(response)).length).toBe(0);
  });

  it.each([
    ["format=wav", { format: "wav" }, "voice-1", "audio/wav", "voice-1.wav"],
    ["a suffix, where an SDK takes no parameter more", {}, "voice-1.wav", "audio/wav", "voice-1.wav"],
    ["format=ogg", { format: "ogg" }, "voice-1", "audio/ogg; codecs=speex", "voice-1.ogg"],
    [
      "two ids with a comma, as one sound",
      { format: "wav" },
      "voice-1,voice-2",
      "audio/wav",
      "voice-1-and-1-more.wav",
    ],
    ["format=speex", { format: "speex" }, "voice-1", "voice/speex", "voice-1.speex"],
  ])("comes in another form by %s", async (_, more, media_id, type, file) => {
    record();
    record("voice-2", voice("digital-silence-1s"));
    const response = await call(VOICE_PATH, { access_token: await giveToken(), media_id, ...more });
    expect(response.headers.get("content-type")).toBe(type);
    expect(response.headers.get("content-disposition")).toBe(`attachment; filename="${file}"`);
    const native = await ask(`/v1/voices/${media_id.split(".")[0]}.${file.split(".")[1]}`);
    expect(await bytesOf(response)).toEqual(await bytesOf(native));
  });

  it("comes by the call that many SDKs have alone", async () => {
    record();
    const query = { access_token: await giveToken(), media_id: "voice-1" };
    expect(await bytesOf(await call("/cgi-bin/media/get", query))).toEqual(SPEEX);
    expect(wechat.calls({ path: VOICE_PATH })).toHaveLength(1);
    expect(wechat.calls({ path: "/cgi-bin/media/get" })).toHaveLength(0);
  });

  it("keeps its own type and suffix where it isn't Speex", async () => {
    record("voice-amr", otherFile("voice.amr"));
    const response = await call(VOICE_PATH, { access_token: await giveToken(), media_id: "voice-amr" });
    expect(response.headers.get("content-type")).toBe("audio/amr");
    expect(response.headers.get("content-disposition")).toBe('attachment; filename="voice-amr.amr"');
    expect(await bytesOf(response)).toEqual(otherFile("voice.amr"));
  });

  it("comes in part, or not again, to those who ask for that alone", async () => {
    record();
    const query = { access_token: await giveToken(), media_id: "voice-1" };
    const whole = await call(VOICE_PATH, query);
    await bytesOf(whole);
    const part = await call(VOICE_PATH, query, { headers: { range: "bytes=60-119" } });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe(`bytes 60-119/${SPEEX.length}`);
    expect(await bytesOf(part)).toEqual(SPEEX.slice(60, 120));
    const etag = whole.headers.get("etag") ?? "";
    const same = await call(VOICE_PATH, query, { headers: { "if-none-match": etag } });
    expect(same.status).toBe(304);
  });

  it("is fetched once, whichever way it is asked for", async () => {
    record();
    const query = { access_token: await giveToken(), media_id: "voice-1" };
    await bytesOf(await call(VOICE_PATH, query));
    await bytesOf(await call(VOICE_PATH, query));
    await bytesOf(await ask("/v1/voices/voice-1.speex"));
    expect(wechat.calls({ path: VOICE_PATH })).toHaveLength(1);
  });

  it("comes although WeChat refuses the token that it had given: the SDK sees nothing of it", async () => {
    withoutBackoff();
    record();
    wechat.misbehave({ kind: "errcode", errcode: 40001, path: VOICE_PATH, times: 1 });
    const response = await call(VOICE_PATH, { access_token: await giveToken(), media_id: "voice-1" });
    expect(response.status).toBe(200);
    expect(await bytesOf(response)).toEqual(SPEEX);
  });
});

describe("twenty cold SDKs", () => {
  it("cost one token of WeChat's, and one download a voice", async () => {
    record();
    const bodies = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const response = await call(VOICE_PATH, { access_token: await giveToken(), media_id: "voice-1" });
        return bytesOf(response);
      }),
    );
    for (const body of bodies) expect(body).toEqual(SPEEX);
    expect(wechat.calls({ path: "/cgi-bin/stable_token" })).toHaveLength(1);
    expect(wechat.calls({ path: VOICE_PATH })).toHaveLength(1);
  });
});

it("logs who asked for what, and nothing of the query", async () => {
  record();
  const access_token = await giveToken();
  await bytesOf(await call(VOICE_PATH, { access_token, media_id: "voice-1" }));
  await (await postJson(tokenQuery())).json();
  await (await call(VOICE_PATH, { access_token: `${access_token}x`, media_id: "voice-1" })).json();
  await (await call("/cgi-bin/token", tokenQuery({ secret: "a-secret-that-is-nobodys" }))).json();
  const logged = said.join("\n");
  for (const secret of [access_token, "a-secret-that-is-nobodys", known.COMPAT_KEY]) {
    expect(logged).not.toContain(secret);
  }
  const lines = said.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  expect(lines.filter(({ event }) => event === "request")).toMatchObject([
    { path: "/cgi-bin/token", caller: "compat", appId: known.APP_ID, status: 200 },
    { path: VOICE_PATH, caller: "compat", appId: known.APP_ID, status: 200 },
    { path: "/cgi-bin/stable_token", caller: "compat", appId: known.APP_ID, status: 200 },
    { path: VOICE_PATH, status: 200, code: "unauthorized" },
    { path: "/cgi-bin/token", status: 200, code: "unauthorized" },
  ]);
});

it("has no route below /cgi-bin beside the calls that api/compat.ts describes", () => {
  const described = Object.values(WECHAT_CALLS).flatMap(({ path, methods }) =>
    methods.map((method) => `${method} /cgi-bin${path}`),
  );
  const routed = createApp(isolate)
    .routes.filter(({ method, path }) => path.startsWith("/cgi-bin") && method !== "ALL")
    .map(({ method, path }) => `${method} ${path}`);
  expect(new Set(routed)).toEqual(new Set(described));
});
