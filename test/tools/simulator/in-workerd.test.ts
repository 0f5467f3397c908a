import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createSimulator } from "../../../tools/simulator/simulator.ts";

const APP_ID = "wx0000000000000001";
const ORIGIN = "https://api.weixin.qq.com";
const RECORDING = new Uint8Array(180).map((_, index) => index);

const simulator = createSimulator({ accounts: [{ appId: APP_ID, secret: "s" }] });

beforeEach(() => {
  vi.stubGlobal("fetch", (input: RequestInfo, init?: RequestInit) =>
    simulator.handle(new Request(input, init)),
  );
  simulator.addRecording(APP_ID, "m1", RECORDING);
});
afterEach(() => {
  simulator.reset();
  vi.unstubAllGlobals();
});

async function fetchMedia(init?: RequestInit): Promise<Response> {
  const body = JSON.stringify({ grant_type: "client_credential", appid: APP_ID, secret: "s" });
  const token = await fetch(`${ORIGIN}/cgi-bin/stable_token`, { method: "POST", body });
  const { access_token } = (await token.json()) as { access_token: string };
  return fetch(`${ORIGIN}/cgi-bin/media/get/jssdk?access_token=${access_token}&media_id=m1`, init);
}

it("stands in for fetch inside workerd", async () => {
  const response = await fetchMedia();

  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("voice/speex");
  expect(response.headers.get("content-length")).toBe("180");
  expect(await response.bytes()).toEqual(RECORDING);
});

it("drips inside workerd", async () => {
  simulator.misbehave({ kind: "drip", mediaId: "m1", chunkBytes: 100, intervalMs: 5 });
  const response = await fetchMedia();

  const chunkBytes: number[] = [];
  for await (const chunk of response.body ?? []) chunkBytes.push(chunk.length);
  expect(chunkBytes).toEqual([100, 80]);
  expect(response.headers.get("content-length")).toBe("180");
});

it("breaks off inside workerd while Content-Length promises the whole", async () => {
  simulator.misbehave({ kind: "cut", mediaId: "m1", afterBytes: 61 });
  const response = await fetchMedia();

  expect(response.headers.get("content-length")).toBe("180");
  await expect(response.arrayBuffer()).rejects.toThrow("connection lost after 61 bytes");
});

it("lies about the length inside workerd", async () => {
  simulator.misbehave({ kind: "wrong-content-length", mediaId: "m1", offByBytes: 20 });
  const response = await fetchMedia();

  expect(response.headers.get("content-length")).toBe("200");
  expect((await response.arrayBuffer()).byteLength).toBe(180);
});

it("hangs inside workerd until the caller gives up", async () => {
  simulator.misbehave({ kind: "hang", mediaId: "m1" });
  await expect(fetchMedia({ signal: AbortSignal.timeout(20) })).rejects.toThrow("timeout");
  expect(simulator.calls({ mediaId: "m1" })).toMatchObject([{ outcome: "aborted" }]);
});

it("unpacks gzip inside workerd while the headers speak of the packed bytes", async () => {
  simulator.misbehave({ kind: "gzip", mediaId: "m1" });
  const response = await fetchMedia();

  expect(response.headers.get("content-encoding")).toBe("gzip");
  expect(response.headers.get("content-length")).not.toBe("180");
  expect(await response.bytes()).toEqual(RECORDING);
});

it("breaks off inside gzip inside workerd", async () => {
  simulator.misbehave({ kind: "gzip", mediaId: "m1" });
  simulator.misbehave({ kind: "cut", mediaId: "m1", afterBytes: 20, ending: "close" });
  const response = await fetchMedia();
  await expect(response.bytes()).rejects.toThrow();
});

it("drips for ever inside workerd until the caller gives up", async () => {
  simulator.misbehave({ kind: "drip", mediaId: "m1", chunkBytes: 50, intervalMs: 1, endless: true });
  const leaving = new AbortController();
  const reader = (await fetchMedia({ signal: leaving.signal })).body?.getReader();

  let readBytes = 0;
  while (readBytes < 1_000) readBytes += (await reader?.read())?.value?.length ?? Number.NaN;
  leaving.abort(new Error("enough"));
  await expect(reader?.read()).rejects.toThrow("enough");
});

it("gives nothing before a head that drips has come, inside workerd", async () => {
  simulator.misbehave({ kind: "drip-head", mediaId: "m1", chunkBytes: 10, intervalMs: 1, times: 1 });
  expect(await (await fetchMedia()).bytes()).toEqual(RECORDING);

  simulator.misbehave({ kind: "drip-head", mediaId: "m1", chunkBytes: 1, intervalMs: 1, endless: true });
  await expect(fetchMedia({ signal: AbortSignal.timeout(20) })).rejects.toThrow("timeout");
});
