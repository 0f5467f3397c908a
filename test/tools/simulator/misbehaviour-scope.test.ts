import { beforeEach, describe, expect, it } from "vitest";
import {
  APP_ID,
  type Ask,
  askOf,
  createClock,
  createTestSimulator,
  errcodeIn,
  frames,
  getMedia,
  stableToken,
  tokenIn,
} from "./support.ts";

const RECORDING = frames(3);

let simulator: ReturnType<typeof createTestSimulator>;
let ask: Ask;
let token: string;

beforeEach(async () => {
  simulator = createTestSimulator(createClock());
  simulator.addRecording(APP_ID, "m1", RECORDING);
  simulator.addRecording(APP_ID, "m2", RECORDING);
  ask = askOf(simulator);
  token = await tokenIn(stableToken(ask));
});

describe("a misbehaviour concerns", () => {
  const verdicts = async (count: number, mediaId = "m1") => {
    const all: number[] = [];
    for (let call = 0; call < count; call++) all.push(await errcodeIn(getMedia(ask, token, mediaId)));
    return all;
  };

  it("a media id", async () => {
    simulator.misbehave({ kind: "errcode", errcode: -1, mediaId: "m2" });
    expect([await verdicts(1, "m1"), await verdicts(1, "m2")]).toEqual([[0], [-1]]);
  });

  it("a path", async () => {
    simulator.misbehave({ kind: "errcode", errcode: -1, path: "/cgi-bin/stable_token" });
    expect([await errcodeIn(stableToken(ask)), ...(await verdicts(1))]).toEqual([-1, 0]);
  });

  it("an account, known by its token", async () => {
    simulator.misbehave({ kind: "errcode", errcode: -1, appId: APP_ID });
    expect(await verdicts(1)).toEqual([-1]);
    simulator.behave();
    simulator.misbehave({ kind: "errcode", errcode: -1, appId: "wx-other" });
    expect(await verdicts(1)).toEqual([0]);
  });

  it("a number of times, after a number of calls, every so many calls", async () => {
    simulator.misbehave({ kind: "errcode", errcode: -1, skip: 1, every: 2, times: 2 });
    expect(await verdicts(7)).toEqual([0, 0, -1, 0, -1, 0, 0]);
  });

  it("one after the other, when several would replace the answer", async () => {
    simulator.misbehave({ kind: "errcode", errcode: -1, times: 1 });
    simulator.misbehave({ kind: "token-refused", because: "revoked", times: 1 });
    expect(await verdicts(3)).toEqual([-1, 40001, 0]);
  });

  it("all of them at once, when they are of different kinds", async () => {
    simulator.misbehave({ kind: "header-bytes", times: 1 });
    simulator.misbehave({ kind: "drip", chunkBytes: 100, intervalMs: 0, times: 1 });
    expect(await (await getMedia(ask, token, "m1")).bytes()).toHaveLength(183);
    expect(simulator.calls({ mediaId: "m1" })[0]?.misbehaviours).toEqual(["header-bytes", "drip"]);
    expect(await (await getMedia(ask, token, "m1")).bytes()).toEqual(RECORDING);
  });

  it("none, once the simulator is to behave", async () => {
    simulator.misbehave({ kind: "hang" });
    simulator.behave();
    expect(await verdicts(1)).toEqual([0]);
  });

  it("the answer only: where it replaces one, nothing is issued", async () => {
    const before = await tokenIn(stableToken(ask));
    simulator.misbehave({ kind: "status", status: 500, times: 1 });
    await stableToken(ask, { force_refresh: true });
    expect(await tokenIn(stableToken(ask))).toBe(before);
  });
});
