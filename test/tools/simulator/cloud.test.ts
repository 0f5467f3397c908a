import { beforeEach, expect, it } from "vitest";
import { createSimulator, type Simulator } from "../../../tools/simulator/simulator.ts";
import { type Ask, askOf, type Clock, createClock, frames, MINUTE_MS } from "./support.ts";

const MERCHANT = "wxmerchant00000001";

let clock: Clock;
let simulator: Simulator;
let ask: Ask;

beforeEach(() => {
  clock = createClock();
  simulator = createSimulator({ now: clock.now, accounts: [{ appId: MERCHANT, secret: "never used" }] });
  simulator.addRecording(MERCHANT, "m1", frames(1));
  ask = askOf(simulator);
});

it("cloud hosting's token stands in for access_token under its own name, for 30 minutes", async () => {
  const token = simulator.issueCloudToken(MERCHANT);
  const media = (name: string) => ask(`/cgi-bin/media/get/jssdk?${name}=${token}&media_id=m1`);
  expect((await media("cloudbase_access_token")).headers.get("content-type")).toBe("voice/speex");
  expect(await (await media("access_token")).json()).toMatchObject({ errcode: 40001 });
  clock.move(30 * MINUTE_MS);
  expect(await (await media("cloudbase_access_token")).json()).toMatchObject({ errcode: 42001 });
});

it("an origin inside cloud hosting needs no token, allows listed paths only, and counts its calls", async () => {
  const environment = { appIds: [MERCHANT], allowedPaths: ["/cgi-bin/media/get/jssdk"] };
  const inside = (path: string) =>
    simulator.handleInCloud(new Request(`http://inside.test${path}`), environment);
  const voice = await inside("/cgi-bin/media/get/jssdk?media_id=m1");
  expect(new Uint8Array(await voice.arrayBuffer())).toEqual(frames(1));
  expect(voice.headers.get("x-openapi-seqid")).toMatch(/^[0-9a-f-]{36}$/);
  expect((await inside("/cgi-bin/media/get?media_id=m1")).status).toBe(502);
  expect((await inside("/cgi-bin/media/get/jssdk?media_id=m1&from_appid=wx-other")).status).toBe(502);
});
