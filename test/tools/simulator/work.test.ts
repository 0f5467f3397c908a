import { beforeEach, expect, it } from "vitest";
import { createSimulator, type Simulator } from "../../../tools/simulator/simulator.ts";
import { type Clock, createClock, frames } from "./support.ts";

const CORP_ID = "ww0000000000000001";
const OFFICIAL_ID = "wx0000000000000001";

let clock: Clock;
let simulator: Simulator;

beforeEach(() => {
  clock = createClock();
  simulator = createSimulator({
    now: clock.now,
    accounts: [
      { appId: CORP_ID, secret: "corp", kind: "work", ipAllowList: ["127.0.0.1"] },
      { appId: OFFICIAL_ID, secret: "official" },
    ],
  });
  simulator.addRecording(CORP_ID, "m1", frames(2));
});

const qyapi = (path: string) => simulator.handle(new Request(`https://qyapi.weixin.qq.com${path}`));
const official = (path: string) => simulator.handle(new Request(`https://api.weixin.qq.com${path}`));
const getToken = (query = `corpid=${CORP_ID}&corpsecret=corp`) => qyapi(`/cgi-bin/gettoken?${query}`);
const jsonIn = async (answer: Promise<Response>) =>
  (await (await answer).json()) as {
    errcode: number;
    errmsg: string;
    access_token: string;
    expires_in: number;
  };

it("gives a token with errcode 0, and the same one until it has ended", async () => {
  const first = await jsonIn(getToken());
  expect(first).toMatchObject({ errcode: 0, errmsg: "ok", expires_in: 7200 });
  clock.move(7_199_000);
  expect(await jsonIn(getToken())).toMatchObject({ access_token: first.access_token, expires_in: 1 });
  clock.move(1_000);
  expect((await jsonIn(getToken())).access_token).not.toBe(first.access_token);
});

it.each([
  [41002, "corpsecret=corp"],
  [41004, `corpid=${CORP_ID}`],
  [40013, `corpid=${OFFICIAL_ID}&corpsecret=official`],
  [40001, `corpid=${CORP_ID}&corpsecret=wrong`],
])("answers %i to ?%s", async (errcode, query) => {
  expect(await jsonIn(getToken(query))).toMatchObject({ errcode });
});

it("gives a voice, and tells errors in its headers too", async () => {
  const { access_token: token } = await jsonIn(getToken());
  const voice = await qyapi(`/cgi-bin/media/get/jssdk?access_token=${token}&media_id=m1`);
  expect(new Uint8Array(await voice.arrayBuffer())).toEqual(frames(2));

  const missing = await qyapi(`/cgi-bin/media/get/jssdk?access_token=${token}&media_id=m2`);
  expect(missing.status).toBe(200);
  expect(missing.headers.get("error-code")).toBe("40007");
  expect(missing.headers.get("error-msg")).toMatch(/^invalid media_id.*more info at https:\/\/open\.work/);
  expect(missing.headers.get("content-type")).toBe("application/json; charset=UTF-8");
  expect(await missing.json()).toEqual({ errcode: 40007, errmsg: missing.headers.get("error-msg") });
});

it("gives a voice message from /media/get alone", async () => {
  simulator.addRecording(CORP_ID, "message", frames(1), { endpoint: "media" });
  const { access_token: token } = await jsonIn(getToken());
  const voice = await qyapi(`/cgi-bin/media/get?access_token=${token}&media_id=message`);
  expect(voice.headers.get("content-type")).toBe("voice/amr");
  expect(new Uint8Array(await voice.arrayBuffer())).toEqual(frames(1));
  const page = qyapi(`/cgi-bin/media/get/jssdk?access_token=${token}&media_id=message`);
  expect(await jsonIn(page)).toMatchObject({ errcode: 40007 });
});

it("refuses tokens of the other kind, here and there", async () => {
  const { access_token: token } = await jsonIn(getToken());
  const there = official(`/cgi-bin/media/get/jssdk?access_token=${token}&media_id=m1`);
  expect(await jsonIn(there)).toMatchObject({ errcode: 40001 });

  const query = `grant_type=client_credential&appid=${OFFICIAL_ID}&secret=official`;
  const { access_token: other } = await jsonIn(official(`/cgi-bin/token?${query}`));
  const here = qyapi(`/cgi-bin/media/get/jssdk?access_token=${other}&media_id=m1`);
  expect(await jsonIn(here)).toMatchObject({ errcode: 40014 });
  expect((await qyapi("/cgi-bin/stable_token")).status).toBe(501);
});

it("calls a revoked token invalid, and an expired one expired", async () => {
  const { access_token: token } = await jsonIn(getToken());
  const ask = () => jsonIn(qyapi(`/cgi-bin/media/get/jssdk?access_token=${token}&media_id=m1`));
  simulator.revokeTokens(CORP_ID);
  expect(await ask()).toMatchObject({ errcode: 40014 });
  const { access_token: next } = await jsonIn(getToken());
  expect(next).not.toBe(token);
  simulator.expireTokens(CORP_ID);
  const expired = qyapi(`/cgi-bin/media/get/jssdk?access_token=${next}&media_id=m1`);
  expect(await jsonIn(expired)).toMatchObject({ errcode: 42001 });
});

it("refuses an address that is not among the trusted ones with 60020", async () => {
  const headers = { "x-simulator-client-ip": "203.0.113.9" };
  const request = new Request(
    `https://qyapi.weixin.qq.com/cgi-bin/gettoken?corpid=${CORP_ID}&corpsecret=corp`,
    { headers },
  );
  expect(await jsonIn(simulator.handle(request))).toMatchObject({ errcode: 60020 });
});
