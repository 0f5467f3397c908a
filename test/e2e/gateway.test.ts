/** The Worker as `wrangler dev` runs it, and the WeChat stand-in behind a real socket. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { type LocalGateway, startLocalGateway } from "../../tools/local/gateway.ts";
import { DEMO_KEY, DEMO_KEYS, demoAccount } from "../../tools/local/settings.ts";
import { DEMO_ACCOUNT } from "../../tools/simulator/demo-simulator.ts";
import { type SimulatorServer, startSimulatorServer } from "../../tools/simulator/server.ts";
import { createSimulator } from "../../tools/simulator/simulator.ts";

const SPEEX = readFileSync("test/fixtures/voices/english-8s.speex");
const MEDIA_PATH = "/cgi-bin/media/get/jssdk";

let wechat: SimulatorServer;
let gateway: LocalGateway;
let mediaId: string;
let count = 0;
const stateFolder = mkdtempSync(join(tmpdir(), "hdvoice-e2e-"));

beforeAll(async () => {
  const simulator = createSimulator({ accounts: [DEMO_ACCOUNT] });
  wechat = await startSimulatorServer({ port: 0, simulator });
  gateway = await startLocalGateway({
    port: 0,
    vars: { ...demoAccount(wechat.origin), API_KEYS: DEMO_KEYS },
    stateFolder,
    output: "trouble",
  });
});

afterAll(async () => {
  await gateway?.stop();
  await wechat?.close();
  rmSync(stateFolder, { recursive: true, force: true });
});

beforeEach(() => {
  mediaId = `voice-${count++}`;
  wechat.simulator.addRecording(DEMO_ACCOUNT.appId, mediaId, SPEEX);
});

afterEach(() => wechat.simulator.behave());

function get(format: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${DEMO_KEY}` };
  return fetch(`${gateway.origin}/v1/voices/${mediaId}.${format}`, { ...init, headers });
}

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

const mediaCalls = () => wechat.simulator.calls({ path: MEDIA_PATH, mediaId }).length;

it.each(["speex", "ogg", "wav", "pcm"])(
  "sends the first byte of a .%s before a slow WeChat has sent its last",
  async (format) => {
    // 24,000 bytes in pieces of 1,200, 50 ms apart: a second in all.
    wechat.simulator.misbehave({ kind: "drip", path: MEDIA_PATH, chunkBytes: 1_200, intervalMs: 50 });
    const startedAtMs = performance.now();
    const response = await get(format);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const first = await reader.read();
    const firstByteMs = performance.now() - startedAtMs;
    let received = first.value?.length ?? 0;
    expect(received).toBeGreaterThan(0);

    for (let next = await reader.read(); !next.done; next = await reader.read())
      received += next.value.length;
    const lastByteMs = performance.now() - startedAtMs;
    expect(received).toBe(Number(response.headers.get("content-length")));
    expect(lastByteMs).toBeGreaterThan(900);
    expect(lastByteMs - firstByteMs).toBeGreaterThan(500);
  },
);

it("stores a voice whole although the client hung up inside it", async () => {
  wechat.simulator.misbehave({ kind: "drip", path: MEDIA_PATH, chunkBytes: 1_200, intervalMs: 20 });
  const hangUp = new AbortController();
  const response = await get("speex", { signal: hangUp.signal });
  await (response.body as ReadableStream<Uint8Array>).getReader().read();
  hangUp.abort();

  const metadata = await vi.waitFor(
    async () => {
      const answer = await get("json");
      expect(answer.headers.get("cache-status")).toBe("hdvoice; hit");
      return (await answer.json()) as { bytes: number };
    },
    { timeout: 10_000, interval: 200 },
  );
  expect(metadata.bytes).toBe(SPEEX.length);
  expect(await bytesOf(await get("speex"))).toEqual(SPEEX);
  expect(mediaCalls()).toBe(1);
});

it("lets a second client join the download of the first", async () => {
  wechat.simulator.misbehave({ kind: "drip", path: MEDIA_PATH, chunkBytes: 1_200, intervalMs: 20 });
  const first = await get("speex");
  const second = await get("speex");
  const bodies = await Promise.all([bytesOf(first), bytesOf(second)]);
  for (const body of bodies) expect(body).toEqual(SPEEX);
  expect(mediaCalls()).toBe(1);
});

it("goes on where WeChat's connection broke, unnoticed by the client", async () => {
  wechat.simulator.misbehave({ kind: "cut", path: MEDIA_PATH, afterBytes: 10_000, times: 2 });
  const response = await get("speex");
  expect(response.headers.get("content-length")).toBe(String(SPEEX.length));
  expect(await bytesOf(response)).toEqual(SPEEX);
  expect(mediaCalls()).toBe(3);
});

it("cuts the client's body short when WeChat's connection keeps breaking, and stores nothing", async () => {
  wechat.simulator.misbehave({ kind: "cut", path: MEDIA_PATH, afterBytes: 10_000 });
  const response = await get("speex");
  expect(response.status).toBe(200);
  await expect(response.arrayBuffer()).rejects.toThrow();

  wechat.simulator.behave();
  await sleep(100);
  const again = await get("speex");
  expect(again.headers.get("cache-status")).toBe("hdvoice; fwd=uri-miss; stored");
  expect(await bytesOf(again)).toEqual(SPEEX);
});

it.each(["gzip", "br", "identity"])("keeps Content-Length for a client that accepts %s", async (encoding) => {
  const response = await fetch(`${gateway.origin}/v1/voices/${mediaId}.speex`, {
    headers: { authorization: `Bearer ${DEMO_KEY}`, "accept-encoding": encoding },
  });
  expect(response.headers.get("content-length")).toBe(String(SPEEX.length));
  expect(await bytesOf(response)).toEqual(SPEEX);
});
