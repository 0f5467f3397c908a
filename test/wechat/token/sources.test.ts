import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import * as known from "../../support/accounts.ts";
import { voice } from "../../support/fixtures.ts";
import { ask, bytesOf, jsonOf, otherHosts, wechat } from "../../support/gateway.ts";

const SPEEX = voice("short-half-second");
const keeperOf = (appId: string) => env.TOKEN_KEEPER.getByName(appId);
const ref = (appId: string) => ({ appId, componentAppId: null });

function record(appId: string, ...mediaIds: string[]): void {
  for (const mediaId of mediaIds) wechat.addRecording(appId, mediaId, SPEEX);
}

async function fetchVoice(appId: string, mediaId: string): Promise<Uint8Array> {
  const response = await ask(`/v1/apps/${appId}/voices/${mediaId}.speex`);
  const bytes = await bytesOf(response);
  expect(response.status, new TextDecoder().decode(bytes).slice(0, 500)).toBe(200);
  return bytes;
}

/** A relay as tools/relay is one: it forwards for the secret only. */
function mountRelay(): Headers[] {
  const seen: Headers[] = [];
  otherHosts.set("relay.test", (request) => {
    seen.push(new Headers(request.headers));
    if (request.headers.get("x-relay-secret") !== known.RELAY_SECRET)
      return new Response("", { status: 403 });
    const url = new URL(request.url);
    url.host = "api.weixin.qq.com";
    return wechat.handle(new Request(url, request));
  });
  return seen;
}

describe("classic", () => {
  it("gets its token from /cgi-bin/token, here through a relay, and its voice straight from WeChat", async () => {
    const relayed = mountRelay();
    record(known.CLASSIC_APP_ID, "m1", "m2");

    expect(await fetchVoice(known.CLASSIC_APP_ID, "m1")).toEqual(SPEEX);
    await fetchVoice(known.CLASSIC_APP_ID, "m2");
    expect(wechat.calls({ path: "/cgi-bin/token" })).toHaveLength(1);
    expect(relayed).toHaveLength(1);
  });

  it("replaces a revoked token by asking once more", async () => {
    mountRelay();
    record(known.CLASSIC_APP_ID, "m1", "m2");
    await fetchVoice(known.CLASSIC_APP_ID, "m1");
    wechat.revokeTokens(known.CLASSIC_APP_ID);

    expect(await fetchVoice(known.CLASSIC_APP_ID, "m2")).toEqual(SPEEX);
    expect(wechat.calls({ path: "/cgi-bin/token" })).toHaveLength(2);
  });
});

describe("work", () => {
  it("gets token and voice from qyapi", async () => {
    record(known.CORP_ID, "m1");
    expect(await fetchVoice(known.CORP_ID, "m1")).toEqual(SPEEX);
    expect(wechat.calls({ appId: known.CORP_ID }).map(({ path, outcome }) => [path, outcome])).toEqual([
      ["/cgi-bin/gettoken", 200],
      ["/cgi-bin/media/get/jssdk", 200],
    ]);
  });

  it("understands WeCom's errors", async () => {
    const response = await ask(`/v1/apps/${known.CORP_ID}/voices/unknown.speex`);
    expect(response.status).toBe(404);
    expect(await jsonOf(response)).toMatchObject({ code: "voice-not-found", wechat: { errcode: 40007 } });
  });

  it("takes the error from WeCom's headers where the body has none", async () => {
    record(known.CORP_ID, "m1");
    wechat.misbehave({ kind: "body", text: "", path: "/cgi-bin/media/get/jssdk" });
    const response = await ask(`/v1/apps/${known.CORP_ID}/voices/gone.speex`);
    expect(await jsonOf(response)).toMatchObject({ code: "wechat-unavailable" });

    wechat.behave();
    wechat.misbehave({ kind: "empty-body", path: "/cgi-bin/media/get/jssdk" });
    const told = await ask(`/v1/apps/${known.CORP_ID}/voices/gone.speex`);
    expect(await jsonOf(told)).toMatchObject({ code: "voice-not-found" });
  });

  it("replaces a revoked token", async () => {
    record(known.CORP_ID, "m1", "m2");
    await fetchVoice(known.CORP_ID, "m1");
    wechat.revokeTokens(known.CORP_ID);
    expect(await fetchVoice(known.CORP_ID, "m2")).toEqual(SPEEX);
  });

  it("says a wrong secret in WeCom's terms", async () => {
    wechat.misbehave({ kind: "errcode", errcode: 40001, path: "/cgi-bin/gettoken" });
    const response = await ask(`/v1/apps/${known.CORP_ID}/voices/m1.speex`);
    expect(await jsonOf(response)).toMatchObject({
      code: "wechat-credential",
      detail: expect.stringContaining("40001: the app's secret is wrong"),
    });
  });
});

describe("remote", () => {
  let token = "";
  const questions: string[] = [];

  /** The estate's own token server, which takes its token from WeChat. */
  async function mountTokenServer(): Promise<void> {
    token = await officialToken();
    questions.length = 0;
    otherHosts.set("tokens.estate.test", async (request) => {
      questions.push(`${request.method} ${new URL(request.url).pathname}`);
      if (request.headers.get("authorization") !== known.REMOTE_AUTHORIZATION) {
        return new Response("", { status: 401 });
      }
      if (request.method === "POST") {
        const { rejectedToken } = await request.json<{ rejectedToken: string }>();
        if (rejectedToken === token) token = await officialToken();
      }
      return Response.json({ data: { token, ttl: 7200 } });
    });
  }

  async function officialToken(): Promise<string> {
    const query = new URLSearchParams({
      grant_type: "client_credential",
      appid: known.REMOTE_APP_ID,
      secret: "kept by the estate's own token server",
    });
    const answer = await wechat.handle(new Request(`https://api.weixin.qq.com/cgi-bin/token?${query}`));
    return (await answer.json<{ access_token: string }>()).access_token;
  }

  it("takes the token from the path it is told", async () => {
    await mountTokenServer();
    record(known.REMOTE_APP_ID, "m1", "m2");
    expect(await fetchVoice(known.REMOTE_APP_ID, "m1")).toEqual(SPEEX);
    expect(await fetchVoice(known.REMOTE_APP_ID, "m2")).toEqual(SPEEX);
    expect(questions).toEqual(["GET /wechat/token"]);
  });

  it("trusts the token for five minutes, though the server promises two hours", async () => {
    await mountTokenServer();
    const before = Date.now();
    const reply = await keeperOf(known.REMOTE_APP_ID).current(ref(known.REMOTE_APP_ID));
    expect(reply.ok && reply.value.expiresAtMs - before).toBeLessThan(301_000);
  });

  it("has the server rotate a token that WeChat refuses", async () => {
    await mountTokenServer();
    record(known.REMOTE_APP_ID, "m1", "m2");
    await fetchVoice(known.REMOTE_APP_ID, "m1");
    wechat.revokeTokens(known.REMOTE_APP_ID);
    expect(await fetchVoice(known.REMOTE_APP_ID, "m2")).toEqual(SPEEX);
    expect(questions).toEqual(["GET /wechat/token", "GET /wechat/token", "POST /wechat/token/rotate"]);
  });

  it.each([
    [401, "answered with HTTP status 401"],
    [200, "something that is not JSON"],
  ])("says what is wrong with an answer of status %i", async (status, words) => {
    otherHosts.set("tokens.estate.test", () => new Response("<html>", { status }));
    const response = await ask(`/v1/apps/${known.REMOTE_APP_ID}/voices/m1.speex`);
    expect(response.status).toBe(502);
    expect(await jsonOf(response)).toMatchObject({
      code: "wechat-credential",
      detail: expect.stringContaining(words),
    });
  });
});

describe("cloud", () => {
  it("sends its calls to the origin inside, without a token", async () => {
    otherHosts.set("inside.cloud.test", (request) =>
      wechat.handleInCloud(request, {
        appIds: ["wx-another-account", known.CLOUD_APP_ID],
        allowedPaths: ["/cgi-bin/media/get/jssdk"],
      }),
    );
    record(known.CLOUD_APP_ID, "m1");
    expect(await fetchVoice(known.CLOUD_APP_ID, "m1")).toEqual(SPEEX);
    expect((await env.TOKENS.list()).keys).toEqual([]);
  });

  it("says so when the path is not on the environment's allow-list", async () => {
    otherHosts.set("inside.cloud.test", (request) =>
      wechat.handleInCloud(request, { appIds: [known.CLOUD_APP_ID], allowedPaths: [] }),
    );
    const response = await ask(`/v1/apps/${known.CLOUD_APP_ID}/voices/m1.speex`);
    expect(await jsonOf(response)).toMatchObject({
      code: "wechat-unavailable",
      detail: expect.stringContaining("HTTP status 502"),
    });
  });

  it("carries a pushed cloudbase_access_token in the parameter of that name", async () => {
    const value = wechat.issueCloudToken(known.CLOUD_TOKEN_APP_ID);
    const keeper = keeperOf(known.CLOUD_TOKEN_APP_ID);
    await keeper.push(ref(known.CLOUD_TOKEN_APP_ID), { value, expiresAtMs: Date.now() + 1_800_000 });
    record(known.CLOUD_TOKEN_APP_ID, "m1");
    expect(await fetchVoice(known.CLOUD_TOKEN_APP_ID, "m1")).toEqual(SPEEX);
  });
});

describe("pushed", () => {
  it("says that nothing has been pushed yet", async () => {
    const response = await ask(`/v1/apps/${known.PUSHED_APP_ID}/voices/m1.speex`);
    expect(response.status).toBe(502);
    expect(await jsonOf(response)).toMatchObject({
      code: "wechat-credential",
      detail: "No token has been pushed for this account yet. Push one with PUT /v1/token.",
    });
    expect(wechat.calls()).toEqual([]);
  });
});
