/** Two Workers in different places, with one namespace of keepers: what one begins, the other joins. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DEMO_KEY } from "../../tools/local/settings.ts";
import { DEMO_ACCOUNT } from "../../tools/simulator/demo-simulator.ts";
import { startWorkers, type Workers } from "./workers.ts";

const MEDIA_PATH = "/cgi-bin/media/get/jssdk";
const SPEEX = readFileSync("test/fixtures/voices/english-8s.speex");
const MINUTE = readFileSync("test/fixtures/voices/minute-60s.speex");
const HEADERS = { authorization: `Bearer ${DEMO_KEY}` };

let workers: Workers;
beforeAll(async () => {
  workers = await startWorkers(2, { MAX_VOICE_SECONDS: "600" });
});
afterAll(() => workers?.stop());

const record = (mediaId: string, bytes: Buffer) =>
  workers.simulator.addRecording(DEMO_ACCOUNT.appId, mediaId, bytes);
const mediaCalls = (mediaId: string) => workers.simulator.calls({ path: MEDIA_PATH, mediaId }).length;
const ask = (worker: number, path: string, method = "GET") =>
  fetch(`${workers.origins[worker]}/v1/voices/${path}`, { method, headers: HEADERS });
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

it("one call to WeChat serves both, while the voice is on its way and afterwards", async () => {
  record("voice-1", SPEEX);
  workers.simulator.misbehave({ kind: "drip", path: MEDIA_PATH, chunkBytes: 1_200, intervalMs: 20 });
  const responses = await Promise.all([
    ask(0, "voice-1.speex"),
    ask(1, "voice-1.speex"),
    ask(1, "voice-1.wav"),
  ]);
  const [one, other, wav] = await Promise.all(responses.map(bytesOf));
  expect([one, other]).toEqual([SPEEX, SPEEX]);
  expect(wav).toHaveLength(44 + 8 * 32_000);
  expect(responses.filter(({ headers }) => headers.get("cache-status")?.includes("collapsed"))).toHaveLength(
    2,
  );
  workers.simulator.behave();
  await expect
    .poll(async () => (await ask(1, "voice-1.speex")).headers.get("cache-status"))
    .toBe("hdvoice; hit");
  expect(mediaCalls("voice-1")).toBe(1);
});

it("what one was told that WeChat doesn't have, the other doesn't ask for", async () => {
  expect((await ask(0, "gone.speex")).status).toBe(404);
  const again = await ask(1, "gone.wav");
  expect(again.status).toBe(404);
  expect(again.headers.get("cache-status")).toMatch(/^hdvoice; hit; ttl=/);
  expect(mediaCalls("gone")).toBe(1);
});

it("what one deletes while it is on its way to the other is not stored", async () => {
  record("voice-2", SPEEX);
  workers.simulator.misbehave({ kind: "drip", path: MEDIA_PATH, chunkBytes: 1_200, intervalMs: 20 });
  const reading = await ask(0, "voice-2.wav");
  expect((await ask(1, "voice-2", "DELETE")).status).toBe(204);
  expect(await bytesOf(reading)).toHaveLength(44 + 8 * 32_000);
  workers.simulator.behave();
  expect((await ask(0, "voice-2.speex")).headers.get("cache-status")).toBe("hdvoice; fwd=uri-miss; stored");
  expect(mediaCalls("voice-2")).toBe(2);
});

it("what a player who outlives the other one has read is no longer held, and the next WAV is stored too", async () => {
  // Ten minutes: more than sockets take in by themselves, and more than half of what may be held.
  const long = Buffer.concat(new Array<Buffer>(10).fill(MINUTE.subarray(0, 180_000)));
  for (const mediaId of ["long-1", "long-2", "long-3"]) {
    record(mediaId, long);
    await bytesOf(await ask(0, `${mediaId}.speex`));
    const [quick, slow] = [await ask(0, `${mediaId}.wav`), await ask(0, `${mediaId}.wav`)];
    await bytesOf(quick);
    await expect
      .poll(async () => ((await (await ask(0, `${mediaId}.json`)).json()) as { stored: string[] }).stored)
      .toEqual(["source", "wav"]);
    expect(await bytesOf(slow)).toHaveLength(44 + 600 * 32_000);
  }
});
