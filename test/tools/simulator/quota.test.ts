import { beforeEach, describe, expect, it } from "vitest";
import {
  APP_ID,
  type Ask,
  askOf,
  type Clock,
  createClock,
  createTestSimulator,
  DAY_MS,
  errcodeIn,
  frames,
  getMedia,
  OTHER_APP_ID,
  postJson,
  SECRET,
  stableToken,
  tokenIn,
} from "./support.ts";

let clock: Clock;
let ask: Ask;
let token: string;

beforeEach(async () => {
  clock = createClock();
  const simulator = createTestSimulator(clock, { dailyMediaQuota: 2 });
  simulator.addRecording(APP_ID, "m1", frames(1));
  ask = askOf(simulator);
  token = await tokenIn(stableToken(ask));
});

const quotaOf = (cgi_path: string) =>
  postJson(ask, `/cgi-bin/openapi/quota/get?access_token=${token}`, { cgi_path });

describe("POST /cgi-bin/openapi/quota/get", () => {
  it("tells how much of the day's downloads is used", async () => {
    await getMedia(ask, token, "m1");
    expect(await (await quotaOf("/cgi-bin/media/get/jssdk")).json()).toEqual({
      errcode: 0,
      errmsg: "ok",
      quota: { daily_limit: 2, used: 1, remain: 1 },
      rate_limit: { call_count: 0, refresh_second: 0 },
      component_rate_limit: { call_count: 0, refresh_second: 0 },
    });
  });

  it("tells the minute's limit of stable_token", async () => {
    expect(await (await quotaOf("/cgi-bin/stable_token")).json()).toMatchObject({
      quota: { daily_limit: 500_000, used: 1, remain: 499_999 },
      rate_limit: { call_count: 10_000, refresh_second: 60 },
    });
  });

  it("answers 76003 to a path with a host and 76021 to one it doesn't know", async () => {
    expect(await errcodeIn(quotaOf("api.weixin.qq.com/cgi-bin/token"))).toBe(76003);
    expect(await errcodeIn(quotaOf("/cgi-bin/unknown"))).toBe(76021);
  });
});

describe("clearing quotas", () => {
  const clear = (appid = APP_ID) => postJson(ask, `/cgi-bin/clear_quota?access_token=${token}`, { appid });

  it("gives back the day's downloads", async () => {
    for (let call = 0; call < 2; call++) await getMedia(ask, token, "m1");
    expect(await errcodeIn(getMedia(ask, token, "m1"))).toBe(45009);
    expect(await (await clear()).json()).toEqual({ errcode: 0, errmsg: "ok" });
    expect(await errcodeIn(getMedia(ask, token, "m1"))).toBe(0);
  });

  it("clears by secret, given in the body or the query", async () => {
    const inBody = postJson(ask, "/cgi-bin/clear_quota/v2", { appid: APP_ID, appsecret: SECRET });
    expect(await errcodeIn(inBody)).toBe(0);
    const query = `appid=${APP_ID}&appsecret=${SECRET}`;
    expect(await errcodeIn(ask(`/cgi-bin/clear_quota/v2?${query}`, { method: "POST" }))).toBe(0);
  });

  it("refuses another account's appid", async () => {
    expect(await errcodeIn(clear(OTHER_APP_ID))).toBe(40013);
  });

  it("does so ten times a month, both ways together", async () => {
    for (let call = 0; call < 9; call++) await clear();
    await postJson(ask, "/cgi-bin/clear_quota/v2", { appid: APP_ID, appsecret: SECRET });
    expect(await errcodeIn(clear())).toBe(48006);

    clock.move(31 * DAY_MS);
    token = await tokenIn(stableToken(ask));
    expect(await errcodeIn(clear())).toBe(0);
  });
});
