import { beforeEach, describe, expect, it } from "vitest";
import {
  APP_ID,
  type Ask,
  askOf,
  type Clock,
  classicToken,
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
let simulator: ReturnType<typeof createTestSimulator>;
let ask: Ask;
let token: string;

async function start(settings: Parameters<typeof createTestSimulator>[1] = {}): Promise<void> {
  clock = createClock();
  simulator = createTestSimulator(clock, settings);
  simulator.addRecording(APP_ID, "m1", frames(3));
  ask = askOf(simulator);
  token = await tokenIn(stableToken(ask));
}

beforeEach(() => start());

describe("/cgi-bin/media/get/jssdk", () => {
  it("gives the recording with the documented headers", async () => {
    const response = await getMedia(ask, token, "m1");

    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toEqual({
      connection: "close",
      "content-type": "voice/speex",
      "content-disposition": 'attachment; filename="m1.speex"',
      date: "Sun, 01 Mar 2026 04:00:00 GMT",
      "cache-control": "no-cache, must-revalidate",
      "content-length": "180",
    });
    expect(await response.bytes()).toEqual(frames(3));
  });

  it("takes POST too, with the media_id in the query or the body", async () => {
    const inQuery = await getMedia(ask, token, "m1", { method: "POST" });
    expect(await inQuery.bytes()).toEqual(frames(3));
    const path = `/cgi-bin/media/get/jssdk?access_token=${token}`;
    expect(await (await postJson(ask, path, { media_id: "m1" })).bytes()).toEqual(frames(3));
  });

  it("refuses with HTTP 200, JSON, a hint and a request id that begins with the time", async () => {
    const response = await getMedia(ask, token, "unknown");
    const second = Math.floor(clock.now() / 1000).toString(16);

    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json; encoding=utf-8");
    expect(response.headers.get("content-disposition")).toBeNull();
    expect(await response.json()).toEqual({
      errcode: 40007,
      errmsg: expect.stringMatching(
        `^invalid media_id hint: \\[\\w{14}\\] rid: ${second}-[0-9a-f]{8}-[0-9a-f]{8}$`,
      ),
    });
  });

  it.each([
    [41001, () => `media_id=m1`],
    [41006, () => `access_token=${token}`],
    [40014, () => `access_token=short&media_id=m1`],
    [40001, () => `access_token=${"x".repeat(136)}&media_id=m1`],
  ])("answers %i where that is due", async (errcode, query) => {
    expect(await errcodeIn(ask(`/cgi-bin/media/get/jssdk?${query()}`))).toBe(errcode);
  });

  it("answers 43001 to another method", async () => {
    expect(await errcodeIn(getMedia(ask, token, "m1", { method: "PUT" }))).toBe(43001);
  });

  it("doesn't know another account's recording", async () => {
    const other = await tokenIn(classicToken(ask, OTHER_APP_ID));
    expect(await errcodeIn(getMedia(ask, other, "m1"))).toBe(40007);
  });

  it("forgets a recording after three days", async () => {
    clock.move(3 * DAY_MS - 1);
    expect(await errcodeIn(getMedia(ask, await tokenIn(stableToken(ask)), "m1"))).toBe(0);
    clock.move(1);
    expect(await errcodeIn(getMedia(ask, await tokenIn(stableToken(ask)), "m1"))).toBe(40007);
  });

  it("counts every download against the day's quota, refused ones and both endpoints together", async () => {
    await start({ dailyMediaQuota: 2 });
    expect(await errcodeIn(getMedia(ask, token, "m1"))).toBe(0);
    expect(await errcodeIn(ask(`/cgi-bin/media/get?access_token=${token}&media_id=m1`))).toBe(40007);
    expect(await errcodeIn(getMedia(ask, token, "m1"))).toBe(45009);
    clock.move(DAY_MS / 2);
    expect(await errcodeIn(getMedia(ask, await tokenIn(stableToken(ask)), "m1"))).toBe(0);
  });

  it("answers 48001 for an account that isn't verified", async () => {
    await start({ condition: "unverified" });
    expect(await errcodeIn(getMedia(ask, token, "m1"))).toBe(48001);
  });
});

describe("/cgi-bin/media/get", () => {
  it("gives voice messages, which /jssdk doesn't know", async () => {
    simulator.addRecording(APP_ID, "message", frames(1), { endpoint: "media" });
    const response = await ask(`/cgi-bin/media/get?access_token=${token}&media_id=message`);

    expect(response.headers.get("content-type")).toBe("voice/amr");
    expect(response.headers.get("content-disposition")).toBe('attachment; filename="message.amr"');
    expect(await errcodeIn(getMedia(ask, token, "message"))).toBe(40007);
  });

  it("names a recording by the type it was added with", async () => {
    simulator.addRecording(APP_ID, "wide", frames(1), { endpoint: "media", contentType: "voice/speex" });
    const response = await ask(`/cgi-bin/media/get?access_token=${token}&media_id=wide`);
    expect(response.headers.get("content-disposition")).toBe('attachment; filename="wide.speex"');
  });
});

describe("the IP allow-list", () => {
  const from = (clientIp: string) => ({ headers: { "x-simulator-client-ip": clientIp } });
  const tokenPath = `/cgi-bin/token?grant_type=client_credential&appid=${APP_ID}&secret=${SECRET}`;

  it("lets listed addresses and ranges in", async () => {
    simulator = createTestSimulator(clock, { ipAllowList: ["203.0.113.7", "172.16.5.9/24"] });
    ask = askOf(simulator);
    for (const clientIp of ["203.0.113.7", "172.16.5.200", "::ffff:172.16.5.1"]) {
      expect(await errcodeIn(ask(tokenPath, from(clientIp)))).toBe(0);
    }
    for (const clientIp of ["203.0.113.8", "172.16.6.1", "2001:db8::1"]) {
      expect(await errcodeIn(ask(tokenPath, from(clientIp)))).toBe(40164);
    }
  });

  it("tells the address it saw", async () => {
    simulator = createTestSimulator(clock, { ipAllowList: ["203.0.113.7"] });
    const answer = await (await askOf(simulator)(tokenPath, from("198.51.100.23"))).json();
    expect(answer).toEqual({
      errcode: 40164,
      errmsg: expect.stringMatching(
        /^invalid ip 198\.51\.100\.23 ipv6 ::ffff:198\.51\.100\.23, not in whitelist rid: [0-9a-f-]{26}$/,
      ),
    });
  });

  it("guards downloads too, unless it is set to guard secrets only", async () => {
    const list = { ipAllowList: ["127.0.0.1"] };
    for (const [guards, errcode] of [
      ["every-call", 40164],
      ["secret-calls", 0],
    ] as const) {
      await start({ ...list, ipAllowListGuards: guards });
      expect(await errcodeIn(getMedia(ask, token, "m1", from("198.51.100.23")))).toBe(errcode);
    }
  });

  it.each(["172.0.0.*", "10.0.0.1:443", "10.0.0.0/33", "10.0.0.256", ""])("refuses the entry %j", (entry) => {
    expect(() => createTestSimulator(clock, { ipAllowList: [entry] })).toThrow(`"${entry}"`);
  });
});
