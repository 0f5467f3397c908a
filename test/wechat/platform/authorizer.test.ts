import { abortAllDurableObjects, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import * as known from "../../support/accounts.ts";
import { voice } from "../../support/fixtures.ts";
import { ask, bytesOf, jsonOf, said, wechat } from "../../support/gateway.ts";
import { authorize, deliver, settle } from "../../support/platform.ts";
import { forgetEverything, letPass } from "../../support/world.ts";

const SPEEX = voice("short-half-second");
const { MERCHANT_APP_ID: MERCHANT, LISTED_MERCHANT_APP_ID: LISTED, PLATFORM_ID: PLATFORM } = known;
const COMPONENT = "/cgi-bin/component";

const platform = () => env.PLATFORM_KEEPER.getByName(PLATFORM);
const merchantRef = { appId: MERCHANT, componentAppId: PLATFORM };
const calls = (name: string) => wechat.calls({ path: `${COMPONENT}/${name}` });

async function fetchVoice(appId: string, mediaId: string): Promise<Response> {
  return ask(`/v1/apps/${appId}/voices/${mediaId}.speex`);
}

/** Makes the account's keeper need another token, as two hours later. */
async function dropToken(): Promise<void> {
  await env.TOKEN_KEEPER.getByName(MERCHANT).forget(merchantRef);
  await vi.waitFor(async () => expect(await env.TOKENS.get(`token:v1:${MERCHANT}:authorizer`)).toBeNull());
  forgetEverything();
}

/** Hundreds of requests at once take seconds on a busy machine. */
const HEAVY_MS = 60_000;

describe("an authorised account", () => {
  it("gets its audio, from ticket push to voice, without an entry among the settings", async () => {
    wechat.addRecording(MERCHANT, "m1", SPEEX);
    expect(await deliver(wechat.pushTicket(PLATFORM))).toBe("200 success");
    expect(await deliver(wechat.pushAuthorized(PLATFORM, MERCHANT))).toBe("200 success");
    await settle();

    const response = await fetchVoice(MERCHANT, "m1");
    expect(await bytesOf(response)).toEqual(SPEEX);
    expect(wechat.calls().map(({ path }) => path)).toEqual([
      `${COMPONENT}/api_component_token`,
      `${COMPONENT}/api_query_auth`,
      `${COMPONENT}/api_authorizer_token`,
      "/cgi-bin/media/get/jssdk",
    ]);
  });

  it("may be listed among the settings", async () => {
    wechat.addRecording(LISTED, "m1", SPEEX);
    await authorize(LISTED);
    expect(await bytesOf(await fetchVoice(LISTED, "m1"))).toEqual(SPEEX);
  });

  it(
    "asks for one token per account under 200 concurrent requests",
    async () => {
      await authorize(MERCHANT);
      for (let index = 0; index < 200; index++) wechat.addRecording(MERCHANT, `m${index}`, SPEEX);
      const statuses = await Promise.all(
        Array.from({ length: 200 }, async (_, index) => {
          const response = await fetchVoice(MERCHANT, `m${index}`);
          await response.arrayBuffer();
          return response.status;
        }),
      );
      expect(statuses.filter((status) => status !== 200)).toEqual([]);
      expect(calls("api_authorizer_token")).toHaveLength(1);
    },
    HEAVY_MS,
  );

  it("replaces a revoked token", async () => {
    await authorize(MERCHANT);
    for (const mediaId of ["m1", "m2"]) wechat.addRecording(MERCHANT, mediaId, SPEEX);
    await bytesOf(await fetchVoice(MERCHANT, "m1"));
    wechat.revokeTokens(MERCHANT);
    expect((await fetchVoice(MERCHANT, "m2")).status).toBe(200);
    expect(calls("api_authorizer_token")).toHaveLength(2);
  });

  it("is told in words that the permission set is missing", async () => {
    wechat.addRecording(MERCHANT, "m1", SPEEX);
    await authorize(MERCHANT, [2, 4]);
    const response = await fetchVoice(MERCHANT, "m1");
    expect(response.status).toBe(502);
    expect(await jsonOf(response)).toMatchObject({
      code: "wechat-permission",
      detail: expect.stringMatching(/61007: .*permission sets 1, 8-9, 11 or 100/),
      wechat: { errcode: 61007 },
    });
  });

  it("works again once its owner has granted more", async () => {
    wechat.addRecording(MERCHANT, "m1", SPEEX);
    await authorize(MERCHANT, [2, 4]);
    await fetchVoice(MERCHANT, "m1").then(bytesOf);
    await deliver(wechat.pushAuthorized(PLATFORM, MERCHANT, [2, 4, 11]));
    await settle();
    forgetEverything();
    expect((await fetchVoice(MERCHANT, "m1")).status).toBe(200);
  });

  it("is unknown here once its owner has taken the authorisation back", async () => {
    wechat.addRecording(MERCHANT, "m1", SPEEX);
    await authorize(MERCHANT);
    await bytesOf(await fetchVoice(MERCHANT, "m1"));
    expect(await deliver(wechat.pushUnauthorized(PLATFORM, MERCHANT))).toBe("200 success");
    await settle();

    expect(await jsonOf(await fetchVoice(MERCHANT, "m2"))).toMatchObject({
      status: 404,
      code: "account-unknown",
    });
    const kept = await runInDurableObject(platform(), (_, { storage }) =>
      storage.sql.exec("SELECT refresh_token, revoked FROM authorization_v1").toArray(),
    );
    expect(kept).toEqual([{ refresh_token: null, revoked: 1 }]);
  });

  it("says that it has not authorised the platform, where only the settings name it", async () => {
    await deliver(wechat.pushTicket(PLATFORM));
    expect(await jsonOf(await fetchVoice(LISTED, "m1"))).toMatchObject({
      code: "wechat-permission",
      detail: expect.stringContaining("has not authorised the platform"),
    });
  });
});

describe("a ticket", () => {
  it("is asked for, and waited for in words, when none has come", async () => {
    const response = await fetchVoice(LISTED, "m1");
    expect(response.status).toBe(502);
    expect(await jsonOf(response)).toMatchObject({
      code: "wechat-credential",
      detail: expect.stringContaining(`to /wechat/push/${PLATFORM}`),
    });
    expect(calls("api_start_push_ticket")).toHaveLength(1);
  });

  it("lets the platform go on the moment it arrives", async () => {
    wechat.addRecording(MERCHANT, "m1", SPEEX);
    await deliver(wechat.pushAuthorized(PLATFORM, MERCHANT));
    await settle();
    expect(calls("api_query_auth")).toEqual([]);

    await deliver(wechat.pushTicket(PLATFORM));
    await settle();
    expect((await fetchVoice(MERCHANT, "m1")).status).toBe(200);
  });

  it("is not replaced by an older one that comes late", async () => {
    const older = wechat.pushTicket(PLATFORM);
    letPass(600_000);
    const newer = wechat.pushTicket(PLATFORM);
    await deliver(newer);
    const ticket = () =>
      runInDurableObject(platform(), (_, { storage }) => storage.kv.get<{ value: string }>("ticket/v1"));
    const held = await ticket();
    await deliver(older);
    expect(await ticket()).toEqual(held);
  });
});

describe("a crash", () => {
  it("between the push and the exchange of its code loses nothing", async () => {
    wechat.addRecording(MERCHANT, "m1", SPEEX);
    await deliver(wechat.pushTicket(PLATFORM));
    await deliver(wechat.pushAuthorized(PLATFORM, MERCHANT));
    await abortAllDurableObjects();
    await settle();
    expect((await fetchVoice(MERCHANT, "m1")).status).toBe(200);
  });

  it("between a refresh token received and used loses nothing, though WeChat takes each only once", async () => {
    wechat.addRecording(MERCHANT, "m1", SPEEX);
    await authorize(MERCHANT);
    for (let crash = 0; crash < 3; crash++) {
      const received = await platform().authorizerToken(PLATFORM, MERCHANT);
      expect(received).toMatchObject({ ok: true });
      await abortAllDurableObjects();
    }
    await dropToken();

    expect((await fetchVoice(MERCHANT, "m1")).status).toBe(200);
    expect(calls("api_authorizer_token").map(({ outcome }) => outcome)).toEqual([200, 200, 200, 200]);
    expect(calls("api_get_authorizer_list")).toEqual([]);
  });

  it("of the connection while a code is exchanged is made good from the list of authorisers", async () => {
    wechat.addRecording(MERCHANT, "m1", SPEEX);
    // WeChat has taken the code, and its answer never arrives.
    wechat.misbehave({ kind: "cut", afterBytes: 20, path: `${COMPONENT}/api_query_auth`, times: 1 });
    await authorize(MERCHANT);
    expect((await fetchVoice(MERCHANT, "m1")).status).toBe(200);
    expect(calls("api_query_auth").map(({ outcome }) => outcome)).toEqual([200, 61010]);
    expect(calls("api_get_authorizer_list")).toHaveLength(1);
  });

  it("of the connection while a refresh token is used is made good from the list of authorisers", async () => {
    wechat.addRecording(MERCHANT, "m1", SPEEX);
    await authorize(MERCHANT);
    wechat.misbehave({ kind: "cut", afterBytes: 20, path: `${COMPONENT}/api_authorizer_token`, times: 1 });
    expect((await fetchVoice(MERCHANT, "m1")).status).toBe(200);
    expect(calls("api_authorizer_token").map(({ outcome }) => outcome)).toEqual([200, 61023, 200]);
  });
});

describe("/wechat/push/{componentAppId}", () => {
  it("refuses what is not signed with the platform's token, and keeps nothing of it", async () => {
    const push = await wechat.pushTicket(PLATFORM);
    const url = push.url.replace(/msg_signature=./, "msg_signature=x");
    const response = await exports.default.fetch(new Request(url, push));
    expect(response.status).toBe(403);
    expect(await jsonOf(response)).toMatchObject({ code: "push-refused" });
    const ticket = await runInDurableObject(platform(), (_, { storage }) => storage.kv.get("ticket/v1"));
    expect(ticket).toBeUndefined();
  });

  it("ignores an authorisation taken back before the one that stands", async () => {
    wechat.addRecording(MERCHANT, "m1", SPEEX);
    const old = await wechat.pushUnauthorized(PLATFORM, MERCHANT);
    letPass(60_000);
    await authorize(MERCHANT);
    expect(await deliver(Promise.resolve(old))).toBe("200 success");
    await settle();
    expect((await fetchVoice(MERCHANT, "m1")).status).toBe(200);
  });

  it("never lets tickets, refresh tokens or codes into a log line", async () => {
    await authorize(MERCHANT);
    await platform().authorizerToken(PLATFORM, MERCHANT);
    expect(said.join("\n")).not.toMatch(/ticket@@@|refreshtoken@@@|queryauthcode@@@|component_[0-9a-f]{32}/);
    expect(said.join("\n")).toContain('"event":"platform-event"');
  });
});
