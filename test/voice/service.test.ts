import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { MissingVoices } from "../../src/voice/missing.ts";
import { VoiceService, type VoiceServiceOptions, voicesSettled } from "../../src/voice/service.ts";
import { VoiceStore } from "../../src/voice/store.ts";
import { WechatClient } from "../../src/wechat/client.ts";
import { failureOf } from "../support/failing.ts";
import { voice } from "../support/fixtures.ts";
import { said } from "../support/gateway.ts";
import { type Act, playTransport } from "../support/transport.ts";

const SPEEX = voice("short-half-second");
const AMR = new TextEncoder().encode(`#!AMR\n${"\x01".repeat(500)}`);
const KEY = "voice/v1/wx1/voice-1/source";

const sound =
  (bytes: Uint8Array): Act =>
  () =>
    new Response(bytes, {
      headers: { "content-type": "voice/speex", "content-length": String(bytes.length) },
    });

function play(
  acts: readonly Act[],
  bucket: R2Bucket = env.VOICES,
  options: Partial<VoiceServiceOptions> = {},
) {
  const account = {
    appId: "wx1",
    source: "stable" as const,
    secret: "s",
    apiOrigins: ["https://a.test"],
    tokenOrigin: "https://a.test",
  };
  const transport = playTransport(acts);
  const tokenOf = (value: string) => ({ value, expiresAtMs: Number.POSITIVE_INFINITY });
  const tokens = { get: async () => tokenOf("token-1"), rotate: async () => tokenOf("token-2") };
  return new VoiceService({
    store: new VoiceStore(bucket, "wx1"),
    wechat: new WechatClient(account, tokens, transport),
    recordedIn: "page",
    maxVoiceSeconds: 60,
    missing: new MissingVoices({
      nowMs: () => Date.now(),
      openCache: () => Promise.reject(new Error("none here")),
    }),
    keep: new Set(["source"]),
    waitUntil: () => {},
    nowMs: () => Date.now(),
    measure: (_, work) => work(),
    ...options,
  });
}

/** The bucket with some of its ways replaced. */
function bucketWith(replaced: Partial<R2Bucket>): R2Bucket {
  return new Proxy(env.VOICES, {
    get(bucket, name) {
      const own = Reflect.get(replaced, name);
      if (own) return own;
      const value = Reflect.get(bucket, name);
      return typeof value === "function" ? value.bind(bucket) : value;
    },
  });
}

const read = async (service: VoiceService) => {
  const opened = await service.open("voice-1", "speex", "body");
  return { cacheStatus: opened.cacheStatus, bytes: await new Response(await opened.body(null)).bytes() };
};

async function stored(bytes: Uint8Array): Promise<void> {
  await read(play([sound(bytes)]));
  await voicesSettled();
}

it("a hundred requests at once share one download, and each gets the whole", async () => {
  const service = play([sound(SPEEX)]);
  const readers = await Promise.all(Array.from({ length: 100 }, () => read(service)));
  for (const { bytes } of readers) expect(bytes).toEqual(SPEEX);
  await voicesSettled();
  expect((await env.VOICES.head(KEY))?.size).toBe(SPEEX.length);
});

it("a download that didn't begin is not shared with the next request", async () => {
  const refused: Act = () => Response.json({ errcode: 48001, errmsg: "" });
  const service = play([refused, sound(SPEEX)]);
  const [first, second] = await Promise.all([failureOf(read(service)), failureOf(read(service))]);
  expect([first.code, second.code]).toEqual(["wechat-permission", "wechat-permission"]);
  expect((await read(service)).bytes).toEqual(SPEEX);
  await voicesSettled();
});

it("a store that fails is logged and harms no reader", async () => {
  const broken = bucketWith({ put: async () => Promise.reject(new Error("no room")) });
  expect((await read(play([sound(SPEEX)], broken))).bytes).toEqual(SPEEX);
  await voicesSettled();
  expect(said.join("\n")).toContain(`{"event":"voice-not-stored","key":"${KEY}","error":"Error",`);
  expect(said.join("\n")).not.toContain("no room");
  expect(await env.VOICES.head(KEY)).toBeNull();
});

it("a source that isn't to be kept isn't, and doesn't say so", async () => {
  const { bytes, cacheStatus } = await read(play([sound(SPEEX)], env.VOICES, { keep: new Set() }));
  expect(bytes).toEqual(SPEEX);
  expect(cacheStatus).toBe("fwd=uri-miss");
  await voicesSettled();
  expect(await env.VOICES.head(KEY)).toBeNull();
});

describe("a stored source", () => {
  it("with metadata that makes no sense is fetched anew and mended", async () => {
    await env.VOICES.put(KEY, "something", { customMetadata: { frames: "many" } });
    expect(await read(play([sound(SPEEX)]))).toEqual({ cacheStatus: "fwd=uri-miss; stored", bytes: SPEEX });
    await voicesSettled();
    expect(await read(play([]))).toEqual({ cacheStatus: "hit", bytes: SPEEX });
  });

  it("that vanishes while one part of it is asked for is a failure, not other bytes", async () => {
    await stored(SPEEX);
    const opened = await play([]).open("voice-1", "speex", "body");
    await env.VOICES.delete(KEY);
    await expect(opened.body({ first: 0, last: 9 })).rejects.toThrow("deleted while it was being read");
  });

  it("that vanishes before it is asked for is fetched anew", async () => {
    await stored(SPEEX);
    await env.VOICES.delete(KEY);
    expect((await read(play([sound(SPEEX)]))).bytes).toEqual(SPEEX);
    await voicesSettled();
  });

  it.each(["ogg", "speex"] as const)("is let go when its %s form is not sent after all", async (format) => {
    await stored(format === "ogg" ? AMR : SPEEX);
    const { bucket, bodies } = watchedBucket();
    const service = play([], bucket);
    if (format === "ogg")
      expect(await failureOf(service.open("voice-1", "ogg", "body"))).toMatchObject({
        code: "voice-undecodable",
      });
    else await (await service.open("voice-1", "speex", "body")).discard();
    const rest = await Promise.all(bodies.map((body) => body.getReader().read()));
    expect(rest).toEqual([{ done: true, value: undefined }]);
  });
});

/** The bucket, and every body that was opened through it. */
function watchedBucket() {
  const bodies: ReadableStream[] = [];
  const get = async (key: string) => {
    const object = await env.VOICES.get(key);
    if (object) bodies.push(object.body);
    return object;
  };
  return { bucket: bucketWith({ get: get as R2Bucket["get"] }), bodies };
}
