import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type SimulatorServer, startSimulatorServer } from "../../../tools/simulator/server.ts";
import type { MisbehaviourRule } from "../../../tools/simulator/simulator.ts";
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
let server: SimulatorServer | null = null;
let ask: Ask;
let token: string;

async function start(mount: "handle" | "socket"): Promise<void> {
  simulator = createTestSimulator(createClock());
  simulator.addRecording(APP_ID, "m1", RECORDING);
  ask = askOf(simulator);
  if (mount === "socket") {
    server = await startSimulatorServer({ port: 0, simulator });
    const { origin } = server;
    ask = (path, init) => fetch(`${origin}${path}`, init);
  }
  token = await tokenIn(stableToken(ask));
}

afterEach(async () => {
  await server?.close();
  server = null;
});

const media = (init?: RequestInit) => getMedia(ask, token, "m1", init);

describe.each(["handle", "socket"] as const)("misbehaves through %s:", (mount) => {
  beforeEach(() => start(mount));

  function misbehave(rule: MisbehaviourRule): void {
    simulator.misbehave({ mediaId: "m1", ...rule });
  }

  it("delays the answer", async () => {
    misbehave({ kind: "delay", delayMs: 60 });
    const before = performance.now();
    expect(await (await media()).bytes()).toEqual(RECORDING);
    expect(performance.now() - before).toBeGreaterThan(50);
  });

  it("hangs until the caller gives up", async () => {
    misbehave({ kind: "hang" });
    await expect(media({ signal: AbortSignal.timeout(50) })).rejects.toThrow("timeout");
    await expect.poll(() => simulator.calls({ mediaId: "m1" })).toMatchObject([{ outcome: "aborted" }]);
  });

  it("fails like a network", async () => {
    misbehave({ kind: "network-failure" });
    await expect(media()).rejects.toThrow(TypeError);
    expect(simulator.calls({ mediaId: "m1" })).toMatchObject([{ outcome: "network-failure" }]);
  });

  it("answers with a gateway's error", async () => {
    misbehave({ kind: "status", status: 502 });
    const response = await media();
    expect(response.status).toBe(502);
    expect(response.headers.get("content-type")).toBe("text/html");
    await response.text();
  });

  it("answers with an errcode of choice", async () => {
    misbehave({ kind: "errcode", errcode: -1 });
    const response = await media();
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json; encoding=utf-8");
    expect(await response.json()).toMatchObject({ errcode: -1, errmsg: /^system error / });
  });

  it("answers with an errcode as text/plain, in own words", async () => {
    misbehave({
      kind: "errcode",
      errcode: 45009,
      errmsg: "api freq out of limit",
      contentType: "text/plain",
    });
    const response = await media();
    expect(response.headers.get("content-type")).toBe("text/plain");
    expect(await response.json()).toMatchObject({ errcode: 45009, errmsg: /^api freq out of limit / });
  });

  it.each([
    ["revoked", 40001],
    ["malformed", 40014],
    ["expired", 42001],
  ] as const)("refuses a token as %s, and never a call without one", async (because, errcode) => {
    simulator.misbehave({ kind: "token-refused", because, times: 1 });
    expect(await errcodeIn(stableToken(ask))).toBe(0);
    expect(await errcodeIn(media())).toBe(errcode);
    expect(await errcodeIn(media())).toBe(0);
  });

  it("answers with an HTML page and status 200", async () => {
    misbehave({ kind: "html-page" });
    const response = await media();
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await response.text()).toMatch(/^<!DOCTYPE html>/);
  });

  it("puts the length in front of every frame", async () => {
    misbehave({ kind: "header-bytes" });
    const response = await media();
    expect(response.headers.get("content-type")).toBe("audio/x-speex-with-header-byte; rate=16000");
    expect(response.headers.get("content-length")).toBe("183");
    const body = await response.bytes();
    expect([...body.subarray(0, 3), ...body.subarray(60, 63)]).toEqual([60, 0, 0, 0, 60, 1]);
  });

  it("gives a recording another type, but not an error", async () => {
    simulator.misbehave({ kind: "content-type", contentType: "application/octet-stream" });
    const response = await media();
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    expect(await response.bytes()).toEqual(RECORDING);
    const refusal = await getMedia(ask, token, "unknown");
    expect(refusal.headers.get("content-type")).toBe("application/json; encoding=utf-8");
    await refusal.text();
  });

  it("sends every error as text/plain, and recordings as ever", async () => {
    simulator.misbehave({ kind: "text-errors" });
    const refusal = await getMedia(ask, token, "unknown");
    expect(refusal.headers.get("content-type")).toBe("text/plain");
    expect(await refusal.json()).toMatchObject({ errcode: 40007 });
    const response = await media();
    expect(response.headers.get("content-type")).toBe("voice/speex");
    await response.bytes();
  });

  it("puts white space or a byte order mark in front of errors", async () => {
    simulator.misbehave({ kind: "error-prefix", prefix: "\uFEFF\n " });
    const body = await (await getMedia(ask, token, "unknown")).bytes();
    expect([...body.subarray(0, 6)]).toEqual([0xef, 0xbb, 0xbf, 0x0a, 0x20, 0x7b]);
  });

  it("answers with nothing", async () => {
    misbehave({ kind: "empty-body" });
    const response = await media();
    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe("0");
    expect(response.headers.get("content-type")).toBe("voice/speex");
    expect(await response.bytes()).toHaveLength(0);
  });

  it("leaves Content-Length out", async () => {
    misbehave({ kind: "no-content-length" });
    const response = await media();
    expect(response.headers.get("content-length")).toBeNull();
    expect(await response.bytes()).toEqual(RECORDING);
  });

  it("drips", async () => {
    misbehave({ kind: "drip", chunkBytes: 100, intervalMs: 40 });
    const response = await media();
    const chunkBytes: number[] = [];
    for await (const chunk of response.body ?? []) chunkBytes.push(chunk.length);
    expect(chunkBytes).toEqual([100, 80]);
  });

  it("stops dripping when the caller leaves", async () => {
    misbehave({ kind: "drip", chunkBytes: 1, intervalMs: 50 });
    const leaving = new AbortController();
    const response = await media({ signal: leaving.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    leaving.abort();
    await expect(reader?.read()).rejects.toThrow("abort");
  });

  it.each([0, 61, 179])(
    "cuts the body after %i bytes while the length promised the whole",
    async (afterBytes) => {
      misbehave({ kind: "cut", afterBytes });
      const response = await media();
      expect(response.headers.get("content-length")).toBe("180");
      await expect(response.bytes()).rejects.toThrow();
    },
  );

  it("delivers what comes before the cut", async () => {
    misbehave({ kind: "drip", chunkBytes: 60, intervalMs: 20 });
    misbehave({ kind: "cut", afterBytes: 120 });
    const reader = (await media()).body?.getReader();
    expect((await reader?.read())?.value).toEqual(RECORDING.subarray(0, 60));
    expect((await reader?.read())?.value).toEqual(RECORDING.subarray(60, 120));
    await expect(reader?.read()).rejects.toThrow();
  });
});

describe("the lengths and endings only handle can show", () => {
  beforeEach(() => start("handle"));

  it("keeps what comes before a cut for a reader that takes its time", async () => {
    simulator.misbehave({ kind: "drip", chunkBytes: 60, intervalMs: 0 });
    simulator.misbehave({ kind: "cut", afterBytes: 120 });
    const response = await media();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value).toEqual(RECORDING.subarray(0, 60));
  });

  it("ends a cut body quietly where asked to", async () => {
    simulator.misbehave({ kind: "cut", afterBytes: 61, ending: "close" });
    const response = await media();
    expect(response.headers.get("content-length")).toBe("180");
    expect(await response.bytes()).toEqual(RECORDING.subarray(0, 61));
  });

  it.each([
    [20, "200"],
    [-20, "160"],
    [-999, "0"],
  ])("is off by %i bytes in Content-Length", async (offByBytes, contentLength) => {
    simulator.misbehave({ kind: "wrong-content-length", offByBytes });
    const response = await media();
    expect(response.headers.get("content-length")).toBe(contentLength);
    expect(await response.bytes()).toEqual(RECORDING);
  });
});
