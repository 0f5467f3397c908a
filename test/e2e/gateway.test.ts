/** The Worker as `wrangler dev` runs it, and the WeChat stand-in behind a real socket. */
import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { until } from "../support/until.ts";
import { AUTHORIZATION, type Local, startLocal } from "./local.ts";

const SPEEX = readFileSync("test/fixtures/voices/english-8s.speex");
const MEDIA_PATH = "/cgi-bin/media/get/jssdk";
const [KEY = "", VALUE = ""] = AUTHORIZATION.split(/: (.*)/);

let local: Local;
let mediaId: string;
let count = 0;

beforeAll(async () => {
  local = await startLocal();
});
afterAll(() => local?.stop());

beforeEach(() => {
  mediaId = `voice-${count++}`;
  local.record(mediaId, SPEEX);
});
afterEach(() => local.simulator.behave());

function get(format: string, init: RequestInit = {}): Promise<Response> {
  return fetch(local.url(`${mediaId}.${format}`), { ...init, headers: { [KEY]: VALUE, ...init.headers } });
}

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

const mediaCalls = () => local.mediaCalls(mediaId);

it.each(["speex", "ogg", "wav", "pcm"])(
  "sends the first of a .%s while WeChat still holds the rest",
  async (format) => {
    const release = local.hold(mediaId, SPEEX.length / 2);
    const response = await get(format);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const first = await reader.read();
    let received = first.value?.length ?? 0;
    expect(received).toBeGreaterThan(0);

    release();
    for (let next = await reader.read(); !next.done; next = await reader.read())
      received += next.value.length;
    expect(received).toBe(Number(response.headers.get("content-length")));
    expect(mediaCalls()).toBe(1);
  },
);

it("stores a voice whole although the client hung up inside it", async () => {
  const release = local.hold(mediaId, SPEEX.length / 2);
  const hangUp = new AbortController();
  const response = await get("speex", { signal: hangUp.signal });
  await (response.body as ReadableStream<Uint8Array>).getReader().read();
  hangUp.abort();
  release();

  const metadata = await until(async () => {
    const answer = await get("json");
    expect(answer.headers.get("cache-status")).toBe("hdvoice; hit");
    return (await answer.json()) as { bytes: number };
  });
  expect(metadata.bytes).toBe(SPEEX.length);
  expect(await bytesOf(await get("speex"))).toEqual(SPEEX);
  expect(mediaCalls()).toBe(1);
});

it("lets a second client join the download of the first", async () => {
  const release = local.hold(mediaId, SPEEX.length / 2);
  const first = await get("speex");
  const second = await get("speex");
  release();
  const bodies = await Promise.all([bytesOf(first), bytesOf(second)]);
  for (const body of bodies) expect(body).toEqual(SPEEX);
  expect(mediaCalls()).toBe(1);
});

it("goes on where WeChat's connection broke, unnoticed by the client", async () => {
  local.simulator.misbehave({ kind: "cut", path: MEDIA_PATH, afterBytes: 10_000, times: 2 });
  const response = await get("speex");
  expect(response.headers.get("content-length")).toBe(String(SPEEX.length));
  expect(await bytesOf(response)).toEqual(SPEEX);
  expect(mediaCalls()).toBe(3);
});

it("cuts the client's body short when WeChat's connection keeps breaking, and stores nothing", async () => {
  local.simulator.misbehave({ kind: "cut", path: MEDIA_PATH, afterBytes: 10_000 });
  const response = await get("speex");
  expect(response.status).toBe(200);
  await expect(response.arrayBuffer()).rejects.toThrow();

  local.simulator.behave();
  // Until the Worker has noticed, a client still joins what has failed.
  await until(async () => {
    const again = await get("speex");
    expect(again.headers.get("cache-status")).toBe("hdvoice; fwd=uri-miss; stored");
    expect(await bytesOf(again)).toEqual(SPEEX);
  });
});

it.each(["gzip", "br", "identity"])("keeps Content-Length for a client that accepts %s", async (encoding) => {
  const response = await get("speex", { headers: { "accept-encoding": encoding } });
  expect(response.headers.get("content-length")).toBe(String(SPEEX.length));
  expect(await bytesOf(response)).toEqual(SPEEX);
});
