/** A stored object that doesn't verify is treated as absent, reported, and replaced. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { DECODER_VERSION } from "../../src/audio/speex/decoder.ts";
import { APP_ID } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { ask, bytesOf, said, storedKeys, wechat } from "../support/gateway.ts";

const SPEEX = voice("low-3s");
const WAV_BYTES = 44 + 3 * 32_000;
const key = (form: string) => `voice/v1/${APP_ID}/voice-1/${form}`;
const reports = () => said.filter((line) => line.includes("stored-voice-refused"));

async function store(): Promise<Uint8Array> {
  wechat.addRecording(APP_ID, "voice-1", SPEEX);
  // A WAV is stored when it is made from a stored source.
  await bytesOf(await ask("/v1/voices/voice-1.speex"));
  await storedKeys();
  const wav = await bytesOf(await ask("/v1/voices/voice-1.wav"));
  await storedKeys();
  return wav;
}

/** Puts other bytes under a key, with the metadata of what was there, changed as told. */
async function tamper(form: string, bytes: Uint8Array, changed: Record<string, string> = {}, sum?: string) {
  const head = await env.VOICES.head(key(form));
  await env.VOICES.put(key(form), bytes, {
    customMetadata: { ...head?.customMetadata, ...changed },
    ...(sum === undefined ? {} : { sha256: sum }),
  });
}

async function sha256(bytes: Uint8Array): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)).toHex();
}

const garbage = new Uint8Array(SPEEX.length).fill(0x5a);

describe("a stored source is fetched anew when", () => {
  it.each<[string, () => Promise<void>]>([
    ["its bytes are others, of the same length", async () => tamper("source", garbage)],
    ["… and R2 knows their sum", async () => tamper("source", garbage, {}, await sha256(garbage))],
    [
      "it is shorter than it was",
      async () => tamper("source", SPEEX.slice(60), {}, await sha256(SPEEX.slice(60))),
    ],
    [
      "its metadata make no sense",
      async () => tamper("source", SPEEX, { frames: "many" }, await sha256(SPEEX)),
    ],
    ["it has no metadata at all", async () => void (await env.VOICES.put(key("source"), SPEEX))],
    ["it is empty", async () => tamper("source", new Uint8Array(0), { bytes: "0" })],
  ])("%s", async (_, harm) => {
    await store();
    await harm();
    await env.VOICES.delete(key("wav"));
    for (const [format, cacheStatus] of [
      ["speex", "hdvoice; fwd=uri-miss; stored"],
      ["speex", "hdvoice; hit"],
    ]) {
      const response = await ask(`/v1/voices/voice-1.${format}`);
      expect(response.headers.get("cache-status")).toBe(cacheStatus);
      expect(await bytesOf(response)).toEqual(SPEEX);
      await storedKeys();
    }
    expect(reports()).toHaveLength(1);
    expect(wechat.calls({ path: "/cgi-bin/media/get/jssdk" })).toHaveLength(2);
  });
});

describe("a stored wav is made anew when", () => {
  it.each<[string, () => Promise<void>, number]>([
    ["it is shorter than it was", () => tamper("wav", new Uint8Array(900)), 1],
    ["its metadata make no sense", () => tamper("wav", new Uint8Array(WAV_BYTES), { rateHz: "" }), 1],
    [
      "an older decoder has made it",
      () => tamper("wav", new Uint8Array(WAV_BYTES), { decoderVersion: "0" }),
      0,
    ],
  ])("%s", async (_, harm, reportCount) => {
    const wav = await store();
    await harm();
    expect(await bytesOf(await ask("/v1/voices/voice-1.wav"))).toEqual(wav);
    await storedKeys();
    const kept = await env.VOICES.get(key("wav"));
    expect(new Uint8Array((await kept?.arrayBuffer()) ?? [])).toEqual(wav);
    expect(reports()).toHaveLength(reportCount);
    expect(wechat.calls({ path: "/cgi-bin/media/get/jssdk" })).toHaveLength(1);
  });

  it("is left alone when a newer decoder has made it, and is decoded for this reader", async () => {
    const wav = await store();
    const newer = new Uint8Array(500);
    await tamper("wav", newer, { decoderVersion: String(DECODER_VERSION + 1) });
    expect(await bytesOf(await ask("/v1/voices/voice-1.wav"))).toEqual(wav);
    await storedKeys();
    expect((await env.VOICES.head(key("wav")))?.size).toBe(500);
    expect(reports()).toEqual([]);
  });
});

it("what another request has stored meanwhile is not written over", async () => {
  wechat.addRecording(APP_ID, "voice-1", SPEEX);
  wechat.misbehave({ kind: "drip", chunkBytes: 1_000, intervalMs: 5 });
  const response = await ask("/v1/voices/voice-1.speex");
  await env.VOICES.put(key("source"), "faster");
  expect(await bytesOf(response)).toEqual(SPEEX);
  await storedKeys();
  expect((await env.VOICES.head(key("source")))?.size).toBe("faster".length);
});
