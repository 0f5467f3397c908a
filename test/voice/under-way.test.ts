import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { ServiceError } from "../../src/errors.ts";
import { failureOf } from "../support/failing.ts";
import { voice } from "../support/fixtures.ts";
import { said } from "../support/gateway.ts";
import {
  ACCOUNT,
  type Answer,
  bucketWith,
  bucketWithGate,
  GONE,
  KEY,
  NAME,
  playKeeper,
  WAV_KEY,
} from "../support/voices-under-way.ts";

const SPEEX = voice("short-half-second");
const WAV_BYTES = 44 + 0.5 * 32_000;
const AMR = new TextEncoder().encode(`#!AMR\n${"\x01".repeat(500)}`);

async function storedKeys(): Promise<string[]> {
  return (await env.VOICES.list()).objects.map(({ key }) => key);
}

describe("callers of one voice", () => {
  it("share one question to WeChat, a hundred at once in every form, and each gets the whole", async () => {
    const { read, asked, settled } = playKeeper([SPEEX], { chunkBytes: 300 });
    const formats = ["speex", "wav", "ogg", "pcm"] as const;
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => read(formats[index % 4] ?? "speex")),
    );
    for (const { bytes, lengthBytes } of answers) expect(bytes.length).toBe(lengthBytes);
    for (const [index, { bytes }] of answers.entries()) if (index % 4 === 0) expect(bytes).toEqual(SPEEX);
    expect(answers.map(({ cacheStatus }) => cacheStatus)).toEqual([
      "fwd=uri-miss; stored",
      ...new Array<string>(99).fill("fwd=uri-miss; stored; collapsed"),
    ]);
    await settled();
    expect(asked).toEqual(["wx1 page voice-1"]);
    expect((await env.VOICES.head(KEY))?.size).toBe(SPEEX.length);
  });

  it("share a refusal, and the next one asks again", async () => {
    const refused = new ServiceError("wechat-permission", "Not allowed.");
    const { read, asked } = playKeeper([refused, SPEEX]);
    const [first, second] = await Promise.all([failureOf(read("wav")), failureOf(read("speex"))]);
    expect([first.code, second.code]).toEqual(["wechat-permission", "wechat-permission"]);
    expect((await read("speex")).bytes).toEqual(SPEEX);
    expect(asked).toHaveLength(2);
  });

  it("of another account, or of the same id in a chat, are asked about by themselves", async () => {
    const { read, asked } = playKeeper([SPEEX, AMR, SPEEX]);
    await read("speex");
    expect((await read("speex", { recordedIn: "chat" })).bytes).toEqual(AMR);
    await read("speex", { account: { appId: "wx2", componentAppId: null } });
    expect(asked).toEqual(["wx1 page voice-1", "wx1 chat voice-1", "wx2 page voice-1"]);
  });

  it("get the part that they want, or learn that there is none", async () => {
    const { read, open } = playKeeper([SPEEX]);
    const part = await read("speex", { range: { first: 60, last: 119 } });
    expect([part.range, part.bytes]).toEqual([{ first: 60, last: 119 }, SPEEX.slice(60, 120)]);
    const tail = await read("speex", { range: { suffixLength: 10 } });
    expect(tail.bytes).toEqual(SPEEX.slice(-10));
    expect(await open("speex", { range: { first: 99_999, last: null } })).toMatchObject({
      opening: { range: null, lengthBytes: SPEEX.length },
      body: null,
    });
  });

  it("who only want to know get no body", async () => {
    const { open, settled } = playKeeper([SPEEX]);
    const { opening, body } = await open("wav", { wants: "facts" });
    expect([opening.lengthBytes, opening.range, body]).toEqual([WAV_BYTES, null, null]);
    await settled();
    expect(await storedKeys()).toEqual([KEY]);
  });

  it("of a voice that WeChat doesn't have don't ask a second time", async () => {
    const { read, asked } = playKeeper([GONE]);
    expect(await failureOf(read("speex"))).toMatchObject({ code: "voice-not-found", headers: {} });
    const again = await failureOf(read("wav"));
    expect(again.headers["cache-status"]).toMatch(/^hdvoice; hit; ttl=/);
    expect(asked).toHaveLength(1);
  });

  it("are harmed by no store that fails: that is logged", async () => {
    const bucket = bucketWith({ put: async () => Promise.reject(new Error("no room")) });
    const { read, settled } = playKeeper([SPEEX], { bucket });
    expect((await read("speex")).bytes).toEqual(SPEEX);
    await settled();
    expect(said.join("\n")).toContain(`"event":"voice-not-stored","key":"${KEY}"`);
  });
});

describe("what is stored", () => {
  it("of a miss is the source; the WAV once it is made from there", async () => {
    const { read, settled, asked } = playKeeper([SPEEX]);
    await read("wav");
    await settled();
    expect(await storedKeys()).toEqual([KEY]);
    // As little as is asked for, all of it is stored.
    await read("pcm", { range: { first: 0, last: 1 } });
    await settled();
    expect(await storedKeys()).toEqual([KEY, WAV_KEY]);
    expect((await env.VOICES.head(WAV_KEY))?.size).toBe(WAV_BYTES);
    expect(asked).toHaveLength(1);
  });

  it.each<[readonly ("source" | "wav")[], string[]]>([
    [["source"], [KEY]],
    [["wav"], [WAV_KEY]],
    [[], []],
  ])("with STORE_FORMATS=%j is nothing else", async (keep, keys) => {
    const { read, settled } = playKeeper([SPEEX, SPEEX, SPEEX], { keep });
    for (const format of ["wav", "speex", "wav"] as const) {
      await read(format);
      await settled();
    }
    expect(await storedKeys()).toEqual(keys);
  });

  it("for a job is what it was asked for, new or stored, and nothing is asked or written twice", async () => {
    const puts: string[] = [];
    const put: R2Bucket["put"] = (...args: Parameters<R2Bucket["put"]>) => {
      puts.push(args[0]);
      return env.VOICES.put(...args);
    };
    const { voices, asked } = playKeeper([SPEEX], { bucket: bucketWith({ put }) });
    expect(await voices.keep(NAME, { wav: false })).toMatchObject({
      facts: { frameCount: 25, lengthBytes: SPEEX.length },
      stored: ["source"],
    });
    for (let i = 0; i < 2; i++) {
      expect((await voices.keep(NAME, { wav: true })).stored).toEqual(["source", "wav"]);
    }
    expect(puts).toEqual([KEY, WAV_KEY]);
    expect(asked).toHaveLength(1);
  });

  it("for a job of bytes that are not Speex is kept as it came, and the job told", async () => {
    const { voices } = playKeeper([AMR]);
    expect(await failureOf(voices.keep(NAME, { wav: true }))).toMatchObject({ code: "voice-undecodable" });
    expect(await storedKeys()).toEqual([KEY]);
  });

  it("for a job whose store fails is told", async () => {
    const bucket = bucketWith({ put: async () => Promise.reject(new Error("no room")) });
    const { voices } = playKeeper([SPEEX], { bucket });
    expect((await voices.keep(NAME, { wav: true })).stored).toEqual([]);
  });
});

describe("a DELETE", () => {
  /** WeChat's answer, given when the test says so. */
  function later() {
    const { promise, resolve } = Promise.withResolvers<Uint8Array | ServiceError>();
    return { answer: promise as Answer, give: resolve };
  }

  it("that meets a question to WeChat: its callers get the voice, nothing is stored, the next asks anew", async () => {
    const first = later();
    const { read, voices, settled, asked } = playKeeper([first.answer, SPEEX]);
    const waiting = Promise.all([read("speex"), read("wav")]);
    await expect.poll(() => asked.length).toBe(1);
    await voices.remove(ACCOUNT, "voice-1");
    first.give(SPEEX);
    const [speex, wav] = await waiting;
    expect([speex.bytes, wav.bytes.length]).toEqual([SPEEX, WAV_BYTES]);
    await settled();
    expect(await storedKeys()).toEqual([]);

    expect((await read("speex")).cacheStatus).toBe("fwd=uri-miss; stored");
    await settled();
    expect(await storedKeys()).toEqual([KEY]);
    expect(asked).toHaveLength(2);
  });

  it("that meets a question which then finds nothing: that word is not remembered", async () => {
    const first = later();
    const { read, voices, asked } = playKeeper([first.answer, SPEEX]);
    const waiting = failureOf(read("speex"));
    await expect.poll(() => asked.length).toBe(1);
    await voices.remove(ACCOUNT, "voice-1");
    first.give(GONE);
    expect((await waiting).code).toBe("voice-not-found");
    expect((await read("speex")).bytes).toEqual(SPEEX);
  });

  it("that meets a download: what comes after it is stored, what came before isn't, whichever ends first", async () => {
    const { read, open, voices, settled } = playKeeper([SPEEX, SPEEX], { chunkBytes: 300, pauseMs: 5 });
    const before = await open("speex");
    await voices.remove(ACCOUNT, "voice-1");
    const after = read("speex");
    expect(await new Response(before.body).bytes()).toEqual(SPEEX);
    expect((await after).bytes).toEqual(SPEEX);
    await settled();
    expect(await storedKeys()).toEqual([KEY]);
    await voices.remove(ACCOUNT, "voice-1");
    expect(await storedKeys()).toEqual([]);
  });

  it("that meets the writing of a source waits for it, and leaves nothing", async () => {
    const { bucket, begun, letGo } = bucketWithGate();
    const { read, voices, settled } = playKeeper([SPEEX], { bucket });
    await read("speex");
    await begun;
    const removed = voices.remove(ACCOUNT, "voice-1");
    letGo();
    await removed;
    await settled();
    expect(await storedKeys()).toEqual([]);
  });

  it("that meets a decoding: its reader gets all of it, and it is not stored", async () => {
    const { read, settled } = playKeeper([SPEEX]);
    await read("speex");
    await settled();
    const { bucket, begun, letGo } = bucketWithGate();
    const again = playKeeper([], { bucket });
    const { body } = await again.open("wav");
    await begun;
    const removed = again.voices.remove(ACCOUNT, "voice-1");
    letGo();
    await removed;
    expect((await new Response(body).bytes()).length).toBe(WAV_BYTES);
    await again.settled();
    expect(await storedKeys()).toEqual([]);
  });

  it("that meets a job: the job is told that there is no such voice, and nothing is stored", async () => {
    const first = later();
    const { voices, settled, asked } = playKeeper([first.answer]);
    const job = failureOf(voices.keep(NAME, { wav: true }));
    await expect.poll(() => asked.length).toBe(1);
    await voices.remove(ACCOUNT, "voice-1");
    first.give(SPEEX);
    expect(await job).toMatchObject({
      code: "voice-not-found",
      message: "The voice was deleted while it was being fetched.",
    });
    await settled();
    expect(await storedKeys()).toEqual([]);
  });

  it("forgets that WeChat had no such voice", async () => {
    const { read, voices } = playKeeper([GONE, SPEEX]);
    await failureOf(read("speex"));
    await voices.remove(ACCOUNT, "voice-1");
    expect((await read("speex")).bytes).toEqual(SPEEX);
  });

  it("of one voice leaves another alone", async () => {
    const { read, voices, settled } = playKeeper([SPEEX, SPEEX], { chunkBytes: 300, pauseMs: 5 });
    const other = read("speex", { mediaId: "voice-2" });
    const one = read("speex");
    await voices.remove(ACCOUNT, "voice-1");
    await Promise.all([one, other]);
    await settled();
    expect(await storedKeys()).toEqual(["voice/v1/wx1/voice-2/source"]);
  });
});
