import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { createTimings } from "../../src/http/server-timing.ts";
import { FORMATS, type Format } from "../../src/voice/format.ts";
import type { VoiceKeeper } from "../../src/voice/keeper-client.ts";
import { VoiceService } from "../../src/voice/service.ts";
import { VoiceStore } from "../../src/voice/store.ts";
import { failureOf } from "../support/failing.ts";
import { voice } from "../support/fixtures.ts";
import {
  ACCOUNT,
  type Answer,
  bucketWith,
  GONE,
  KEY,
  playKeeper,
  WAV_KEY,
} from "../support/voices-under-way.ts";

const SPEEX = voice("short-half-second");
const AMR = new TextEncoder().encode(`#!AMR\n${"\x01".repeat(500)}`);
const ALL_FORMATS = Object.keys(FORMATS) as Format[];

/** A request's voices, and a keeper that counts how often it is woken. */
function serve(answers: readonly Answer[], bucket: R2Bucket = env.VOICES) {
  const played = playKeeper(answers);
  const woken: string[] = [];
  const keeper: Omit<VoiceKeeper, "transcribe"> = {
    open(question) {
      woken.push(`open ${question.recordedIn} ${question.format}`);
      return played.voices.open(question);
    },
    keep(name, wants) {
      woken.push(`keep ${name.recordedIn}`);
      return played.voices.keep(name, wants);
    },
    remove: (account, mediaId) => played.voices.remove(account, mediaId),
  };
  const service = new VoiceService({
    account: ACCOUNT,
    store: new VoiceStore(bucket, ACCOUNT.appId),
    keeper,
    keep: new Set(["source", "wav"]),
    timings: createTimings(() => 0),
  });
  const bytesOf = async (format: Format) => {
    const opened = await service.open("voice-1", format, "all");
    return new Response(await opened.body(null)).bytes();
  };
  return { service, woken, bytesOf, ...played };
}

/** Both forms are in the store. */
async function storeAll(bytes = SPEEX, recordedIn: "page" | "chat" = "page"): Promise<void> {
  const { voices } = playKeeper([bytes]);
  await voices.keep({ account: ACCOUNT, mediaId: "voice-1", recordedIn }, { wav: bytes !== AMR });
}

describe("what is stored", () => {
  it.each(ALL_FORMATS)(
    "is served as .%s without waking a keeper, whole, in part or in words",
    async (format) => {
      const right = await serve([SPEEX]).bytesOf(format);
      await env.VOICES.delete([KEY, WAV_KEY]);
      await storeAll();
      const { service, bytesOf, woken } = serve([]);
      const whole = await bytesOf(format);
      if (format !== "json") expect(whole).toEqual(right);
      for (const wants of ["facts", "all", { first: 2, last: 9 }] as const) {
        const opened = await service.open("voice-1", format, wants);
        expect(opened).toMatchObject({ cacheStatus: "hit", lengthBytes: whole.length });
        const part = await new Response(await opened.body({ first: 2, last: 9 })).bytes();
        expect(part).toEqual(whole.subarray(2, 10));
      }
      expect(woken).toEqual([]);
    },
  );

  it("as a source tells what the WAV will be without waking a keeper", async () => {
    await storeAll();
    await env.VOICES.delete(WAV_KEY);
    const { service, woken } = serve([]);
    const opened = await service.open("voice-1", "wav", "facts");
    expect(opened).toMatchObject({ cacheStatus: "hit", lengthBytes: 44 + 0.5 * 32_000 });
    expect(woken).toEqual([]);
    // And is made when it is wanted after all.
    expect((await new Response(await opened.body(null)).bytes()).length).toBe(opened.lengthBytes);
    expect(woken).toEqual(["open page wav"]);
  });

  it("with metadata that makes no sense is fetched anew and mended", async () => {
    await env.VOICES.put(KEY, "something", { customMetadata: { frames: "many" } });
    const first = serve([SPEEX]);
    expect(await first.bytesOf("speex")).toEqual(SPEEX);
    await first.settled();
    expect(await serve([]).bytesOf("speex")).toEqual(SPEEX);
  });

  it("and vanishes while a part of it is asked for is a failure, not other bytes", async () => {
    await storeAll();
    const opened = await serve([]).service.open("voice-1", "speex", "all");
    await env.VOICES.delete(KEY);
    await expect(opened.body({ first: 0, last: 9 })).rejects.toThrow("deleted while it was being read");
  });

  it.each(["ogg", "speex"] as const)("is let go when its %s form is not sent after all", async (format) => {
    await storeAll(format === "ogg" ? AMR : SPEEX);
    const bodies: ReadableStream[] = [];
    const get = async (key: string) => {
      const object = await env.VOICES.get(key);
      if (object) bodies.push(object.body);
      return object;
    };
    const { service } = serve([], bucketWith({ get: get as R2Bucket["get"] }));
    if (format === "ogg")
      expect(await failureOf(service.open("voice-1", "ogg", "all"))).toMatchObject({
        code: "voice-undecodable",
      });
    else await (await service.open("voice-1", "speex", "all")).discard();
    const rest = await Promise.all(bodies.map((body) => body.getReader().read()));
    expect(rest).toEqual([{ done: true, value: undefined }]);
  });
});

describe("what is not stored", () => {
  it("is opened once, in the part that the request will want", async () => {
    const { service, woken } = serve([SPEEX]);
    const opened = await service.open("voice-1", "speex", { first: 60, last: 119 });
    expect(await new Response(await opened.body({ first: 60, last: 119 })).bytes()).toEqual(
      SPEEX.slice(60, 120),
    );
    expect(woken).toEqual(["open page speex"]);
  });

  it("is opened again when another part is wanted after all", async () => {
    const { service, woken, asked } = serve([SPEEX]);
    const opened = await service.open("voice-1", "speex", "all");
    expect(await new Response(await opened.body({ first: 0, last: 9 })).bytes()).toEqual(SPEEX.slice(0, 10));
    expect(woken).toEqual(["open page speex", "open page speex"]);
    expect(asked).toHaveLength(1);
  });

  it("is let go when it is not sent after all", async () => {
    const { service, settled, room } = serve([SPEEX]);
    await (await service.open("voice-1", "wav", "all")).discard();
    await settled();
    expect(room.heldBytes).toBe(0);
  });
});

describe("an id that names a voice of a page and a follower's message", () => {
  it("means the page's, though the message is stored and is no Speex", async () => {
    await storeAll(AMR, "chat");
    const { bytesOf, settled } = serve([SPEEX]);
    expect((await bytesOf("wav")).length).toBe(44 + 0.5 * 32_000);
    expect(await bytesOf("speex")).toEqual(SPEEX);
    await settled();
    const keys = (await env.VOICES.list()).objects.map(({ key }) => key);
    expect(keys).toContain("voice/v1/wx1/voice-1/chat/source");
    expect(keys).toContain(KEY);
  });

  it("means the message where WeChat has none of a page, whatever the form, and asks for it once a minute", async () => {
    await storeAll(AMR, "chat");
    const { bytesOf, service, asked } = serve([GONE]);
    expect(await bytesOf("speex")).toEqual(AMR);
    expect(await service.open("voice-1", "speex", "facts")).toMatchObject({ mediaType: "audio/amr" });
    expect(await failureOf(service.open("voice-1", "wav", "all"))).toMatchObject({
      code: "voice-undecodable",
    });
    expect(new TextDecoder().decode(await bytesOf("json"))).toContain('"looksLike":"amr"');
    expect(asked).toEqual(["wx1 page voice-1"]);
  });

  it("is missing where neither is there", async () => {
    const { service } = serve([GONE]);
    expect(await failureOf(service.open("voice-1", "wav", "all"))).toMatchObject({ code: "voice-not-found" });
  });
});

describe("a job", () => {
  const wants = { wav: true, decodable: true };

  it("gets the facts once all is stored", async () => {
    const { service } = serve([SPEEX]);
    expect(await service.fetch("voice-1", "page", wants)).toMatchObject({ frameCount: 25, framing: "bare" });
    expect((await env.VOICES.list()).objects).toHaveLength(2);
  });

  it.each([wants, { wav: false, decodable: true }])(
    "fails with %j where there is no sound in it",
    async (wanted) => {
      const { service } = serve([AMR]);
      expect(await failureOf(service.fetch("voice-1", "page", wanted))).toMatchObject({
        code: "voice-undecodable",
      });
    },
  );

  it("fails where the store does", async () => {
    const failing = playKeeper([SPEEX], {
      bucket: bucketWith({ put: async () => Promise.reject(new Error("no")) }),
    });
    const service = new VoiceService({
      account: ACCOUNT,
      store: new VoiceStore(env.VOICES, "wx1"),
      keeper: failing.voices,
      keep: new Set(["source", "wav"]),
      timings: createTimings(() => 0),
    });
    expect(await failureOf(service.fetch("voice-1", "page", wants))).toMatchObject({
      code: "internal",
      message: "The voice was fetched, but could not be stored.",
    });
  });
});
