import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import * as known from "../support/accounts.ts";
import { ask, jsonOf, otherHosts, textOf, wechat } from "../support/gateway.ts";
import { bend, letPass } from "../support/world.ts";

const AS_TOKEN_SERVER = { authorization: `Bearer ${known.TOKEN_KEY}` };

interface TokenAnswer {
  appId: string;
  accessToken: string;
  expiresInSeconds: number;
  expiresAt: string;
}

/** Read past the search for leaked tokens: here the token is the answer. */
const tokenIn = (response: Response) => response.json<TokenAnswer>();

const send = (method: string, path: string, body: unknown, headers: HeadersInit = AS_TOKEN_SERVER) =>
  ask(path, { method, headers, body: typeof body === "string" ? body : JSON.stringify(body) });

describe("GET /v1/token", () => {
  it("hands out the default account's token, with the time that remains, to be kept nowhere", async () => {
    const response = await ask("/v1/token", { headers: AS_TOKEN_SERVER });
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const answer = await tokenIn(response);
    expect(answer).toEqual({
      appId: known.APP_ID,
      accessToken: expect.stringMatching(/^\d\d_[\w-]{133}$/),
      expiresInSeconds: expect.any(Number),
      expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(answer.expiresInSeconds).toBeGreaterThan(7190);
  });

  it("hands out another account's under its path", async () => {
    const response = await ask(`/v1/apps/${known.OTHER_APP_ID}/token`, { headers: AS_TOKEN_SERVER });
    expect(await tokenIn(response)).toMatchObject({ appId: known.OTHER_APP_ID });
    expect(wechat.calls().map(({ appId }) => appId)).toEqual([known.OTHER_APP_ID]);
  });

  it("has nothing to give where calls go without a token", async () => {
    const response = await ask(`/v1/apps/${known.CLOUD_APP_ID}/token`, { headers: AS_TOKEN_SERVER });
    expect(response.status).toBe(400);
    expect(await jsonOf(response)).toMatchObject({ code: "request-invalid" });
  });

  it.each([
    ["GET", "/v1/token", "token:read"],
    ["PUT", "/v1/token", "token:push"],
    ["POST", "/v1/token/rotate", "token:rotate"],
  ])("refuses %s %s without the scope %s", async (method, path, scope) => {
    const response = await ask(path, { method, ...(method === "GET" ? {} : { body: "{}" }) });
    expect(response.status).toBe(403);
    expect(await jsonOf(response)).toMatchObject({
      code: "forbidden",
      detail: `This key lacks the scope ${scope}.`,
    });
    expect(wechat.calls()).toEqual([]);
  });

  it.each([
    ["DELETE", "/v1/token", "GET, HEAD, PUT"],
    ["GET", "/v1/token/rotate", "POST"],
  ])("answers %s %s with the methods it knows", async (method, path, allow) => {
    const response = await ask(path, { method, headers: AS_TOKEN_SERVER });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe(allow);
  });
});

describe("POST /v1/token/rotate", () => {
  it("replaces the refused token, and hands the new one to whoever reports the old one later", async () => {
    const first = await tokenIn(await ask("/v1/token", { headers: AS_TOKEN_SERVER }));
    wechat.revokeTokens(known.APP_ID);
    const report = { rejectedToken: first.accessToken };

    const second = await tokenIn(await send("POST", "/v1/token/rotate", report));
    const third = await tokenIn(await send("POST", "/v1/token/rotate", report));
    expect(second.accessToken).not.toBe(first.accessToken);
    expect(third.accessToken).toBe(second.accessToken);
    expect(wechat.calls({ path: "/cgi-bin/stable_token" })).toHaveLength(2);
  });

  it("asks WeChat nothing when a token is reported that never was in use", async () => {
    await tokenIn(await ask("/v1/token", { headers: AS_TOKEN_SERVER }));
    await send("POST", "/v1/token/rotate", { rejectedToken: "made-up" }).then(tokenIn);
    expect(wechat.calls({ path: "/cgi-bin/stable_token" })).toHaveLength(1);
  });

  it.each([
    ["{", "The body is not valid JSON."],
    ["{}", "The body: rejectedToken is missing or not a string."],
    ['{"rejectedToken":""}', "The body: rejectedToken must be 1 to 2048 visible ASCII characters."],
    ['{"rejectedToken":"t","force":true}', "The body: has a field that is not known here."],
  ])("answers 400 to %s", async (body, detail) => {
    const response = await send("POST", "/v1/token/rotate", body);
    expect(response.status).toBe(400);
    expect(await jsonOf(response)).toMatchObject({ code: "request-invalid", detail });
  });
});

describe("a report is checked before it is believed", () => {
  const AS_REPORTER = { authorization: `Bearer ${known.REPORTER_KEY}` };
  const CHECK = "/cgi-bin/getcallbackip";
  const MEDIA = "/cgi-bin/media/get/jssdk";
  const report = (rejectedToken: string, headers: HeadersInit) =>
    send("POST", "/v1/token/rotate", { rejectedToken }, headers);
  const inUse = async () => (await tokenIn(await ask("/v1/token", { headers: AS_TOKEN_SERVER }))).accessToken;
  const forced = () =>
    env.TOKEN_KEEPER.getByName(known.APP_ID).status({ appId: known.APP_ID, componentAppId: null });

  it.each([
    ["the token in use, which works", "in use", "works"],
    ["garbage", "garbage", "replaced"],
  ])("of %s shows no token to a key that may only report", async (_, what, reportedToken) => {
    const token = await inUse();
    const response = await report(what === "in use" ? token : what, AS_REPORTER);
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    // Searched for tokens afterwards, as every answer is.
    expect(await jsonOf(response)).toEqual({ appId: known.APP_ID, reportedToken });
  });

  it("of a dead token has it replaced, and shows the new one to nobody who may not read it", async () => {
    const dead = await inUse();
    wechat.revokeTokens(known.APP_ID);
    expect(await jsonOf(await report(dead, AS_REPORTER))).toEqual({
      appId: known.APP_ID,
      reportedToken: "replaced",
    });
    expect(await inUse()).not.toBe(dead);
  });

  it("of garbage on a cold start shows nothing either", async () => {
    expect(await jsonOf(await report("garbage", AS_REPORTER))).toEqual({
      appId: known.APP_ID,
      reportedToken: "replaced",
    });
  });

  it("takes the account down for nobody while the token works, however often it comes", async () => {
    bend({ stoppedAtMs: Date.UTC(2027, 0, 15) });
    const token = await inUse();
    for (let count = 0; count < 10; count++) {
      const answer = await tokenIn(await report(token, AS_TOKEN_SERVER));
      expect(answer).toMatchObject({ accessToken: token, reportedToken: "works" });
      wechat.addRecording(known.APP_ID, `m${count}`, new Uint8Array(60).fill(0x36));
      expect((await ask(`/v1/voices/m${count}.speex`)).status).toBe(200);
    }
    // The second confirms the first, and is believed for a second.
    expect(wechat.calls({ path: CHECK })).toHaveLength(2);
    expect(wechat.calls({ path: "/cgi-bin/stable_token" })).toHaveLength(1);
    expect(await forced()).toMatchObject({ value: { state: "fresh", forcedToday: 0 } });
  });

  it("a stray 40001 costs its request nothing", async () => {
    wechat.addRecording(known.APP_ID, "m1", new Uint8Array(60).fill(0x36));
    wechat.misbehave({ kind: "token-refused", because: "revoked", path: MEDIA, times: 1 });
    expect((await ask("/v1/voices/m1.speex")).status).toBe(200);
    expect(wechat.calls({ path: "/cgi-bin/stable_token" })).toHaveLength(1);
    expect(wechat.calls({ path: CHECK })).toHaveLength(1);
  });

  it.each([
    ["WeChat is busy", { kind: "errcode", errcode: -1 }],
    ["it is cut off", { kind: "network-failure" }],
    ["the address is refused", { kind: "errcode", errcode: 40164 }],
    ["a web page comes", { kind: "html-page" }],
  ] as const)("and kept in service when nothing can be found out: %s", async (_, rule) => {
    const token = await inUse();
    wechat.misbehave({ ...rule, path: CHECK });
    expect(await tokenIn(await report(token, AS_TOKEN_SERVER))).toMatchObject({ accessToken: token });
    expect(await forced()).toMatchObject({ value: { state: "fresh", forcedToday: 0 } });
  });

  it.each([45009, 45011, 48001, 61007, 50007])(
    "and known to work where WeChat answers %d: that it says of an account it has recognised",
    async (errcode) => {
      const token = await inUse();
      wechat.misbehave({ kind: "errcode", errcode, path: CHECK });
      expect(await tokenIn(await report(token, AS_TOKEN_SERVER))).toMatchObject({ reportedToken: "works" });
      expect(wechat.calls({ path: "/cgi-bin/stable_token" })).toHaveLength(1);
    },
  );

  it.each([
    [known.CORP_ID, "/cgi-bin/gettoken"],
    [known.CLASSIC_APP_ID, "/cgi-bin/token"],
  ])("at %s too, where asking the source would be no check", async (appId, path) => {
    otherHosts.set("relay.test", (request) =>
      wechat.handle(new Request(request.url.replace("relay.test", "api.weixin.qq.com"), request)),
    );
    const tokenPath = `/v1/apps/${appId}/token`;
    const { accessToken } = await tokenIn(await ask(tokenPath, { headers: AS_TOKEN_SERVER }));
    const again = await send("POST", `${tokenPath}/rotate`, { rejectedToken: accessToken });
    expect(await tokenIn(again)).toMatchObject({ accessToken, reportedToken: "works" });
    expect(wechat.calls({ path })).toHaveLength(1);

    wechat.revokeTokens(appId);
    const last = await tokenIn(await send("POST", `${tokenPath}/rotate`, { rejectedToken: accessToken }));
    expect(last).toMatchObject({ reportedToken: "replaced" });
    expect(last.accessToken).not.toBe(accessToken);
  });
});

describe("PUT /v1/token", () => {
  const path = `/v1/apps/${known.PUSHED_APP_ID}/token`;

  it("takes a token for an account that lives on pushed ones", async () => {
    wechat.addRecording(known.PUSHED_APP_ID, "m1", new Uint8Array(60).fill(0x36));
    const accessToken = await officialToken(known.PUSHED_APP_ID);
    const put = await send("PUT", path, { accessToken, expiresInSeconds: 7000 });
    expect([put.status, await textOf(put)]).toEqual([204, ""]);

    expect(await tokenIn(await ask(path, { headers: AS_TOKEN_SERVER }))).toMatchObject({ accessToken });
    expect((await ask(`/v1/apps/${known.PUSHED_APP_ID}/voices/m1.speex`)).status).toBe(200);
  });

  it("gives a pushed token up when WeChat refuses it, and takes the next", async () => {
    wechat.addRecording(known.PUSHED_APP_ID, "m1", new Uint8Array(60).fill(0x36));
    const dead = await officialToken(known.PUSHED_APP_ID);
    await send("PUT", path, { accessToken: dead, expiresInSeconds: 7000 });
    wechat.revokeTokens(known.PUSHED_APP_ID);

    const refused = await ask(`/v1/apps/${known.PUSHED_APP_ID}/voices/m1.speex`);
    expect(refused.status).toBe(502);
    expect(await jsonOf(refused)).toMatchObject({
      code: "wechat-credential",
      detail: expect.stringContaining("its source has no other"),
    });

    const accessToken = await officialToken(known.PUSHED_APP_ID);
    await send("PUT", path, { accessToken, expiresInSeconds: 7000 });
    // An isolate remembers a failure for a second.
    letPass(1_000);
    expect((await ask(`/v1/apps/${known.PUSHED_APP_ID}/voices/m1.speex`)).status).toBe(200);
  });

  it("refuses one for an account that gets its tokens by itself", async () => {
    const response = await send("PUT", "/v1/token", { accessToken: "t", expiresInSeconds: 7000 });
    expect(response.status).toBe(400);
    expect(await jsonOf(response)).toMatchObject({
      code: "request-invalid",
      detail: expect.stringContaining("gets its tokens by itself (source stable)"),
    });
  });

  it.each([
    [{ accessToken: "t" }, "The body: expiresInSeconds is missing or not a number."],
    [{ accessToken: "t", expiresInSeconds: 59 }, "The body: expiresInSeconds must be 60 at least."],
    [{ accessToken: "t", expiresInSeconds: 7201 }, "The body: expiresInSeconds must be 7200 at most."],
    [
      { accessToken: "a b", expiresInSeconds: 60 },
      "The body: accessToken must be 1 to 2048 visible ASCII characters.",
    ],
  ])("answers 400 to %o", async (body, detail) => {
    const response = await send("PUT", path, body);
    expect(await jsonOf(response)).toMatchObject({ status: 400, code: "request-invalid", detail });
  });
});

async function officialToken(appId: string): Promise<string> {
  const query = new URLSearchParams({
    grant_type: "client_credential",
    appid: appId,
    secret: "kept by whoever pushes",
  });
  const answer = await wechat.handle(new Request(`https://api.weixin.qq.com/cgi-bin/token?${query}`));
  return (await answer.json<{ access_token: string }>()).access_token;
}
