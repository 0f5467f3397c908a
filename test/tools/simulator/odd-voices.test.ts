import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MisbehaviourRule } from "../../../tools/simulator/simulator.ts";
import { MOUNTS, type Mounted, mount, RECORDING } from "./mount.ts";
import { stableToken } from "./support.ts";

const ZEROS = new Uint8Array(60);

let wechat: Mounted;
afterEach(() => wechat.close());

describe.each(MOUNTS)("a voice, through %s,", (where) => {
  beforeEach(async () => {
    wechat = await mount(where, "official");
  });
  const misbehave = (...rules: MisbehaviourRule[]) => rules.forEach(wechat.simulator.misbehave);
  const voice = async () => (await wechat.media()).bytes();

  it.each([
    ["in the middle of a frame", 61, "chunks"],
    ["in the middle of a frame", 61, "close"],
    ["between two frames", 120, "chunks"],
    ["between two frames", 120, "close"],
  ] as const)(
    "ends early %s, after %i bytes, where nothing was promised (%s)",
    async (_, afterBytes, endsBy) => {
      misbehave(
        { kind: "no-content-length", endsBy, times: 1 },
        { kind: "cut", afterBytes, ending: "close", times: 1 },
      );
      const response = await wechat.media();
      expect(response.headers.get("content-length")).toBeNull();
      expect(await response.bytes()).toEqual(RECORDING.subarray(0, afterBytes));
      expect(await voice()).toEqual(RECORDING);
    },
  );

  it("breaks off where nothing was promised", async () => {
    misbehave({ kind: "no-content-length" }, { kind: "cut", afterBytes: 61 });
    await expect(wechat.media().then((response) => response.bytes())).rejects.toThrow();
  });

  it("has other bytes the second time", async () => {
    misbehave({ kind: "changed-bytes", atByte: 70, count: 2, xor: 0xff, skip: 1 });
    expect(await voice()).toEqual(RECORDING);
    const other = await voice();
    expect(other.length).toBe(RECORDING.length);
    expect([...other.entries()].filter(([at, byte]) => byte !== RECORDING[at])).toEqual([
      [70, 0xfe],
      [71, 0xfe],
    ]);
  });

  it("begins with frames of zeros, ones or noise", async () => {
    misbehave({ kind: "damaged-frames", frameCount: 2, as: "zeros", times: 1 });
    const zeros = await voice();
    expect(zeros.subarray(0, 60)).toEqual(ZEROS);
    expect(zeros.subarray(60, 120)).toEqual(ZEROS);
    expect(zeros.subarray(120)).toEqual(RECORDING.subarray(120));

    misbehave({ kind: "damaged-frames", frameCount: 9, as: "ones", times: 1 });
    expect(await voice()).toEqual(new Uint8Array(180).fill(255));

    misbehave({ kind: "damaged-frames", frameCount: 1, fromFrame: 1, as: "noise", times: 2 });
    const [first, second] = [await voice(), await voice()];
    expect(first).toEqual(second);
    expect(first.subarray(0, 60)).toEqual(RECORDING.subarray(0, 60));
    expect(new Set(first.subarray(60, 120)).size).toBeGreaterThan(30);
  });

  it("has a tag in front or behind, and Content-Length counts it", async () => {
    misbehave({ kind: "tagged", with: "id3v1", times: 1 });
    const response = await wechat.media();
    expect(response.headers.get("content-length")).toBe("308");
    const behind = await response.bytes();
    expect(behind.subarray(0, 180)).toEqual(RECORDING);
    expect(new TextDecoder().decode(behind.subarray(180, 183))).toBe("TAG");

    misbehave({ kind: "tagged", with: "zeros", times: 1 });
    expect((await voice()).subarray(180)).toEqual(new Uint8Array(128));

    misbehave({ kind: "tagged", with: "id3v2", times: 1 });
    const inFront = await voice();
    // The length in an ID3v2 header doesn't count the header itself.
    expect([...inFront.subarray(0, 10)]).toEqual([0x49, 0x44, 0x33, 3, 0, 0, 0, 0, 0, 54]);
    expect(inFront.subarray(64)).toEqual(RECORDING);
  });

  it.each([
    ["voice", { path: "/cgi-bin/media/get/jssdk" }],
    ["token answer", { path: "/cgi-bin/stable_token" }],
  ])("or a %s, drips for ever, without a length", async (_, scope) => {
    misbehave({ kind: "drip", chunkBytes: 50, intervalMs: 1, endless: true, ...scope });
    const leaving = new AbortController();
    const init = { signal: leaving.signal };
    const response = await (scope.path.endsWith("token")
      ? stableToken(wechat.ask, {}, init)
      : wechat.media({ init }));
    expect(response.headers.get("content-length")).toBeNull();
    const reader = response.body?.getReader();
    let readBytes = 0;
    while (readBytes < 2_000) readBytes += (await reader?.read())?.value?.length ?? Number.NaN;
    leaving.abort();
    await expect(reader?.read()).rejects.toThrow("abort");
  });

  it.each([
    ["voice", { path: "/cgi-bin/media/get/jssdk" }],
    ["token answer", { path: "/cgi-bin/stable_token" }],
  ])("or a %s, comes whole behind a head that drips", async (_, scope) => {
    misbehave({ kind: "drip-head", chunkBytes: 40, intervalMs: 1, ...scope });
    const isToken = scope.path.endsWith("token");
    const response = await (isToken ? wechat.token() : wechat.media());
    expect(response.status).toBe(200);
    if (isToken) expect(await response.json()).toMatchObject({ expires_in: 7200 });
    else expect(await response.bytes()).toEqual(RECORDING);
  });

  it("has a head that never ends: fetch waits until the caller leaves", async () => {
    misbehave({ kind: "drip-head", chunkBytes: 5, intervalMs: 1, endless: true });
    await expect(wechat.media({ init: { signal: AbortSignal.timeout(60) } })).rejects.toThrow("timeout");
  });
});

/** Node's own way to a collector that comes when called. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

it.each<MisbehaviourRule>([
  { kind: "hang" },
  { kind: "delay", delayMs: 60_000 },
  { kind: "drip-head", chunkBytes: 1, intervalMs: 60_000 },
  { kind: "drip", chunkBytes: 1, intervalMs: 60_000 },
])("hears that the caller has left although nobody holds the request any more, %o", async (rule) => {
  wechat = await mount("handle", "official");
  wechat.simulator.misbehave(rule);
  const leaving = new AbortController();
  const bytes = wechat.media({ init: { signal: leaving.signal } }).then((response) => response.bytes());
  const ended = expect(bytes).rejects.toThrow("abort");
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  leaving.abort();
  await ended;
});
