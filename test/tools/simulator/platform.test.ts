import { beforeEach, describe, expect, it, vi } from "vitest";
import { control } from "../../../tools/simulator/control.ts";
import { createSimulator, type Simulator } from "../../../tools/simulator/simulator.ts";
import { decrypt, encryptIn } from "./opened-push.ts";
import {
  type Ask,
  askOf,
  type Clock,
  createClock,
  frames,
  getMedia,
  MINUTE_MS,
  postJson,
} from "./support.ts";

const PLATFORM = "wxplatform00000001";
const MERCHANT = "wxmerchant00000001";
const PUSH = {
  url: "https://gateway.test/wechat/push/x?kept=1",
  token: "AAAAA",
  encodingAesKey: "A".repeat(43),
};

let clock: Clock;
let simulator: Simulator;
let ask: Ask;

function start(refreshTokens: "stay" | "rotate" = "stay"): void {
  clock = createClock();
  simulator = createSimulator({
    now: clock.now,
    accounts: [{ appId: MERCHANT, secret: "its own" }],
    platforms: [
      { appId: PLATFORM, secret: "platform", push: PUSH, refreshTokens, ipAllowList: ["127.0.0.1"] },
    ],
  });
  simulator.addRecording(MERCHANT, "m1", frames(1));
  ask = askOf(simulator);
}

beforeEach(() => start());

type Body = Record<string, unknown>;
const call = async (name: string, body: Body, token?: string): Promise<Body> => {
  const query = token === undefined ? "" : `?component_access_token=${token}`;
  const fields = { component_appid: PLATFORM, ...body };
  return (await (await postJson(ask, `/cgi-bin/component/${name}${query}`, fields)).json()) as Body;
};

async function fieldsOf(push: Promise<Request>): Promise<Record<string, string>> {
  const opened = await decrypt(encryptIn(await (await push).text()), PUSH.encodingAesKey);
  expect(opened.appId).toBe(PLATFORM);
  const message = new TextDecoder().decode(opened.message);
  const found = message.matchAll(/<(\w+)>(?:<!\[CDATA\[(.*?)\]\]>|(\d+))<\/\1>/g);
  return Object.fromEntries([...found].map(([, name = "", cdata, digits]) => [name, cdata ?? digits ?? ""]));
}

async function componentToken(): Promise<string> {
  const { ComponentVerifyTicket: ticket } = await fieldsOf(simulator.pushTicket(PLATFORM));
  const body = { component_appsecret: "platform", component_verify_ticket: ticket };
  return String((await call("api_component_token", body)).component_access_token);
}

async function redeem(token: string): Promise<Body> {
  const { AuthorizationCode: code } = await fieldsOf(simulator.pushAuthorized(PLATFORM, MERCHANT));
  return (await call("api_query_auth", { authorization_code: code }, token)).authorization_info as Body;
}

describe("a push", () => {
  it("is signed, encrypted, and goes to the URL it was told", async () => {
    const push = await simulator.pushTicket(PLATFORM);
    const { searchParams, pathname } = new URL(push.url);
    expect(pathname).toBe("/wechat/push/x");
    expect([...searchParams.keys()]).toEqual([
      "kept",
      "signature",
      "timestamp",
      "nonce",
      "encrypt_type",
      "msg_signature",
    ]);
    expect(await fieldsOf(Promise.resolve(push))).toEqual({
      AppId: PLATFORM,
      CreateTime: String(clock.now() / 1000),
      InfoType: "component_verify_ticket",
      ComponentVerifyTicket: expect.stringMatching(/^ticket@@@/),
    });
  });

  it("tells the first authorisation from a later one", async () => {
    expect(await fieldsOf(simulator.pushAuthorized(PLATFORM, MERCHANT))).toMatchObject({
      InfoType: "authorized",
    });
    expect(await fieldsOf(simulator.pushAuthorized(PLATFORM, MERCHANT))).toMatchObject({
      InfoType: "updateauthorized",
      AuthorizerAppid: MERCHANT,
    });
  });
});

describe("the remote control", () => {
  const command = (path: string) =>
    control(simulator, new Request(`http://simulator.test/_simulator/push/${path}`, { method: "POST" }));

  it.each([
    [`ticket?componentAppId=${PLATFORM}`, "component_verify_ticket"],
    [`authorized?componentAppId=${PLATFORM}&appId=${MERCHANT}&permissionSets=1,11`, "authorized"],
    [`unauthorized?componentAppId=${PLATFORM}&appId=${MERCHANT}`, "unauthorized"],
  ])("sends the push of %s and tells the answer", async (path, kind) => {
    const sent: Request[] = [];
    vi.stubGlobal("fetch", async (request: Request) => {
      sent.push(request);
      return new Response("success");
    });
    const answer = await command(path);
    vi.unstubAllGlobals();
    expect(await answer.json()).toEqual({ status: 200, body: "success" });
    expect(await fieldsOf(Promise.resolve(sent[0] as Request))).toMatchObject({ InfoType: kind });
  });

  it("names a platform it doesn't have", async () => {
    const answer = await command("ticket?componentAppId=wx-unknown");
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ error: 'the simulator has no platform "wx-unknown"' });
  });
});

describe("api_component_token", () => {
  it.each([
    [41018, { component_appid: "" }],
    [40013, { component_appid: "wx-unknown" }],
    [41004, { component_appsecret: "" }],
    [40125, { component_appsecret: "wrong" }],
    [47001, { component_verify_ticket: "" }],
    [61006, { component_verify_ticket: "made up" }],
  ])("answers %i to %o", async (errcode, changes) => {
    const body = { component_appsecret: "platform", component_verify_ticket: "ticket@@@x", ...changes };
    expect(await call("api_component_token", body)).toMatchObject({ errcode });
  });

  it("takes a ticket for twelve hours", async () => {
    const { ComponentVerifyTicket: ticket } = await fieldsOf(simulator.pushTicket(PLATFORM));
    const body = { component_appsecret: "platform", component_verify_ticket: ticket };
    clock.move(12 * 60 * MINUTE_MS - 1);
    expect(await call("api_component_token", body)).toMatchObject({ expires_in: 7200 });
    clock.move(1);
    expect(await call("api_component_token", body)).toMatchObject({ errcode: 61005 });
  });

  it("refuses an address that is not on the platform's list with 61004", async () => {
    const headers = { "x-simulator-client-ip": "203.0.113.9" };
    const body = { component_appid: PLATFORM, component_appsecret: "platform" };
    const answer = await postJson(ask, "/cgi-bin/component/api_component_token", body, { headers });
    expect(await answer.json()).toMatchObject({ errcode: 61004 });
  });
});

describe("authorisations", () => {
  it("give a code once, and with it token, refresh token and permission sets", async () => {
    const token = await componentToken();
    const { AuthorizationCode: code } = await fieldsOf(simulator.pushAuthorized(PLATFORM, MERCHANT, [1, 8]));
    const first = await call("api_query_auth", { authorization_code: code }, token);
    expect(first).toMatchObject({
      authorization_info: {
        authorizer_appid: MERCHANT,
        authorizer_refresh_token: expect.stringMatching(/^refreshtoken@@@/),
        func_info: [{ funcscope_category: { id: 1 } }, { funcscope_category: { id: 8 } }],
      },
    });
    expect(await call("api_query_auth", { authorization_code: code }, token)).toMatchObject({
      errcode: 61010,
    });
  });

  it("give tokens that fetch voices, while they stand", async () => {
    const info = await redeem(await componentToken());
    const media = () => getMedia(ask, String(info.authorizer_access_token), "m1");
    expect((await media()).headers.get("content-type")).toBe("voice/speex");
    await simulator.pushUnauthorized(PLATFORM, MERCHANT);
    expect(await (await media()).json()).toMatchObject({ errcode: 40001 });
  });

  it("without one of the sets 1, 8, 9, 11, 100 give 61007", async () => {
    const token = await componentToken();
    const { AuthorizationCode: code } = await fieldsOf(simulator.pushAuthorized(PLATFORM, MERCHANT, [2, 7]));
    const { authorization_info: info } = await call("api_query_auth", { authorization_code: code }, token);
    const answer = await getMedia(ask, String((info as Body).authorizer_access_token), "m1");
    expect(await answer.json()).toMatchObject({ errcode: 61007 });
  });

  it.each([
    ["stay", true],
    ["rotate", false],
  ] as const)("let a refresh token that is to %s be used again: %s", async (mode, again) => {
    start(mode);
    const token = await componentToken();
    const info = await redeem(token);
    const body = { authorizer_appid: MERCHANT, authorizer_refresh_token: info.authorizer_refresh_token };
    const first = await call("api_authorizer_token", body, token);
    expect(first).toHaveProperty("authorizer_access_token");
    expect("errcode" in (await call("api_authorizer_token", body, token))).toBe(!again);
    const { list } = await call("api_get_authorizer_list", { offset: 0, count: 500 }, token);
    expect(list).toMatchObject([{ authorizer_appid: MERCHANT }]);
  });

  it("are refused with a component token that was never given, or has ended", async () => {
    expect(await call("api_query_auth", { authorization_code: "x" }, "made-up")).toMatchObject({
      errcode: 40001,
    });
    const token = await componentToken();
    clock.move(120 * MINUTE_MS);
    expect(await call("api_query_auth", { authorization_code: "x" }, token)).toMatchObject({
      errcode: 42001,
    });
    expect(await call("api_query_auth", { authorization_code: "x" })).toMatchObject({ errcode: 41001 });
  });
});
