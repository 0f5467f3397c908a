import { beforeEach, describe, expect, it } from "vitest";
import { createSimulator, type Simulator } from "../../../tools/simulator/simulator.ts";
import {
  APP_ID,
  type Ask,
  askOf,
  type Clock,
  classicToken,
  createClock,
  errcodeIn,
  frames,
  getMedia,
  MINUTE_MS,
  SECRET,
  stableToken,
  tokenIn,
} from "./support.ts";

const CORP_ID = "ww0000000000000001";
const TOKEN_PATH = "/cgi-bin/gettoken";

let clock: Clock;
let simulator: Simulator;
let ask: Ask;

beforeEach(() => {
  clock = createClock();
  simulator = createSimulator({
    now: clock.now,
    accounts: [
      { appId: CORP_ID, secret: SECRET, kind: "work" },
      { appId: APP_ID, secret: SECRET },
    ],
  });
  simulator.addRecording(CORP_ID, "m1", frames(1));
  ask = (path, init) => simulator.handle(new Request(`https://qyapi.weixin.qq.com${path}`, init));
});

const getToken = () => ask(`${TOKEN_PATH}?corpid=${CORP_ID}&corpsecret=${SECRET}`);

async function inTurn(count: number, call: () => Promise<Response>): Promise<number[]> {
  const errcodes: number[] = [];
  for (let i = 0; i < count; i++) errcodes.push(await errcodeIn(call()));
  return errcodes;
}

describe("too many calls of a corp", () => {
  it("in a minute are refused with 45009, and the path stays closed for 60 seconds", async () => {
    simulator.limitCalls(CORP_ID, { perMinute: 2 });
    clock.move(50_000);
    expect(await inTurn(4, getToken)).toEqual([0, 0, 45009, 45009]);
    // The next minute has begun, and the block goes on.
    clock.move(MINUTE_MS - 1);
    expect(await inTurn(1, getToken)).toEqual([45009]);
    clock.move(1);
    expect(await inTurn(3, getToken)).toEqual([0, 0, 45009]);
  });

  it("say so in the headers and in WeCom's words", async () => {
    simulator.limitCalls(CORP_ID, { perMinute: 0 });
    const response = await getToken();
    expect(response.status).toBe(200);
    expect(response.headers.get("error-code")).toBe("45009");
    expect(response.headers.get("error-msg")).toMatch(
      /^api freq out of limit, hint: \[\d+_160_[0-9a-f]{32}\], from ip: 127\.0\.0\.1, more info at https:/,
    );
    await response.text();
  });

  it("in an hour close the path for an hour", async () => {
    simulator.limitCalls(CORP_ID, { perHour: 1 });
    expect(await inTurn(2, getToken)).toEqual([0, 45009]);
    clock.move(60 * MINUTE_MS - 1);
    expect(await inTurn(1, getToken)).toEqual([45009]);
    clock.move(1);
    expect(await inTurn(1, getToken)).toEqual([0]);
  });

  it("of one path leave the others open", async () => {
    const token = await tokenIn(getToken());
    const media = () => getMedia(ask, token, "m1");
    simulator.limitCalls(CORP_ID, { perMinute: 1 }, "/cgi-bin/media/get/jssdk");
    expect(await inTurn(2, media)).toEqual([0, 45009]);
    expect(await inTurn(5, getToken)).toEqual([0, 0, 0, 0, 0]);
  });

  it("are 10,000 a minute, unless a test sets it lower", async () => {
    expect(new Set(await inTurn(10_000, getToken))).toEqual(new Set([0]));
    expect(await inTurn(1, getToken)).toEqual([45009]);
  });

  it("at once are refused with 45033: of three that come together only the first is answered", async () => {
    simulator.limitCalls(CORP_ID, { atOnce: 1 }, TOKEN_PATH);
    simulator.misbehave({ kind: "delay", delayMs: 20, path: TOKEN_PATH });
    const together = await Promise.all([getToken(), getToken(), getToken()].map(errcodeIn));
    expect(together).toEqual([0, 45033, 45033]);
    expect(await inTurn(2, getToken)).toEqual([0, 0]);
  });

  it("count those that hang until their callers leave", async () => {
    simulator.limitCalls(CORP_ID, { atOnce: 1 });
    simulator.misbehave({ kind: "hang", times: 1 });
    const leaving = new AbortController();
    const path = `${TOKEN_PATH}?corpid=${CORP_ID}&corpsecret=${SECRET}`;
    const hanging = expect(ask(path, { signal: leaving.signal })).rejects.toThrow("abort");
    await expect.poll(() => simulator.calls()).toHaveLength(1);
    expect(await inTurn(1, getToken)).toEqual([45033]);
    leaving.abort();
    await hanging;
    expect(await inTurn(1, getToken)).toEqual([0]);
  });
});

it("of an Official Account too many calls in a minute are refused with 45011", async () => {
  const official = askOf(simulator);
  simulator.limitCalls(APP_ID, { perMinute: 1 }, "/cgi-bin/stable_token");
  expect(await inTurn(2, () => stableToken(official))).toEqual([0, 45011]);
  expect(await inTurn(2, () => classicToken(official))).toEqual([0, 0]);
});

it("a limit ends with reset, and is refused for an account that isn't there", async () => {
  simulator.limitCalls(CORP_ID, { perMinute: 0 });
  simulator.reset();
  expect(await inTurn(1, getToken)).toEqual([0]);
  expect(() => simulator.limitCalls("ww-unknown", {})).toThrow('no account "ww-unknown"');
});
