import { beforeEach, expect, it } from "vitest";
import { createSimulator } from "../../../tools/simulator/simulator.ts";
import {
  APP_ID,
  type Ask,
  askOf,
  type Clock,
  createClock,
  createTestSimulator,
  errcodeIn,
  frames,
  getMedia,
  NOON_MS,
  SECRET,
  stableToken,
  tokenIn,
} from "./support.ts";

let clock: Clock;
let simulator: ReturnType<typeof createTestSimulator>;
let ask: Ask;

beforeEach(() => {
  clock = createClock();
  simulator = createTestSimulator(clock);
  simulator.addRecording(APP_ID, "m1", frames(1));
  ask = askOf(simulator);
});

it("records every call in order, without secret or token", async () => {
  const token = await tokenIn(stableToken(ask));
  clock.move(1000);
  await getMedia(ask, token, "m1");
  await getMedia(ask, token, "unknown");

  const line = { appId: APP_ID, method: "GET", path: "/cgi-bin/media/get/jssdk", misbehaviours: [] };
  expect(simulator.calls()).toEqual([
    { ...line, method: "POST", path: "/cgi-bin/stable_token", mediaId: null, outcome: 200, atMs: NOON_MS },
    { ...line, mediaId: "m1", outcome: 200, atMs: NOON_MS + 1000 },
    { ...line, mediaId: "unknown", outcome: 40007, atMs: NOON_MS + 1000 },
  ]);
  expect(JSON.stringify(simulator.calls())).not.toContain(token);
  expect(JSON.stringify(simulator.calls())).not.toContain(SECRET);
});

it("lists the calls of a path, a media id or an account", async () => {
  const token = await tokenIn(stableToken(ask));
  await getMedia(ask, token, "m1");
  expect(simulator.calls({ path: "/cgi-bin/stable_token" })).toHaveLength(1);
  expect(simulator.calls({ mediaId: "m1" })).toHaveLength(1);
  expect(simulator.calls({ appId: APP_ID })).toHaveLength(2);
  expect(simulator.calls({ appId: "wx-other" })).toHaveLength(0);
});

it("says loudly that it doesn't know a path, and records it", async () => {
  const response = await ask("/cgi-bin/unknown");
  expect(response.status).toBe(501);
  expect(await response.text()).toMatch(/^the simulator does not know GET \/cgi-bin\/unknown; it knows /);
  expect(simulator.calls()).toMatchObject([{ path: "/cgi-bin/unknown", outcome: 501 }]);
});

it("forgets everything on reset", async () => {
  const token = await tokenIn(stableToken(ask));
  simulator.misbehave({ kind: "hang" });
  simulator.reset();

  expect(simulator.calls()).toEqual([]);
  expect(await errcodeIn(getMedia(ask, token, "m1"))).toBe(40001);
  expect(await errcodeIn(getMedia(ask, await tokenIn(stableToken(ask)), "m1"))).toBe(40007);
});

it("keeps its own copy of a recording", async () => {
  const bytes = frames(1);
  simulator.addRecording(APP_ID, "m2", bytes);
  bytes.fill(9);
  const response = await getMedia(ask, await tokenIn(stableToken(ask)), "m2");
  expect(await response.bytes()).toEqual(frames(1));
});

it("rejects a call that was given up before it began", async () => {
  await expect(ask("/cgi-bin/token", { signal: AbortSignal.abort() })).rejects.toThrow("abort");
});

it("refuses a recording for an account it doesn't have, and two accounts of one appId", () => {
  expect(() => simulator.addRecording("wx-unknown", "m1", frames(1))).toThrow('no account "wx-unknown"');
  const account = { appId: APP_ID, secret: SECRET };
  expect(() => createSimulator({ accounts: [account, account] })).toThrow("listed twice");
});
