import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ServiceError } from "../../src/errors.ts";
import { Download, type DownloadOptions } from "../../src/voice/download.ts";
import type { SourceFacts } from "../../src/voice/facts.ts";
import { isWechatError, type Media, openMedia } from "../../src/wechat/media.ts";
import { type Body, bodyOf, type Ending, slices } from "../support/byte-streams.ts";
import { failureOf } from "../support/failing.ts";
import { voice } from "../support/fixtures.ts";
import { framesOf, withHeaderBytes } from "../support/speex-frames.ts";

const NOW_MS = Date.UTC(2026, 2, 1, 4);
/** Half a second: 25 frames of 60 bytes. */
const SPEEX = voice("short-half-second");
const MINUTE = voice("minute-60s");
const UNAVAILABLE = "wechat-unavailable";

interface Delivery {
  readonly bytes: Uint8Array;
  readonly chunkBytes?: number;
  readonly ending?: Ending;
  /** Content-Length; null where none is sent. */
  readonly promises?: number | null;
}

/** Everything that WeChat delivers, one after the other, and what is kept. */
function play(deliveries: readonly (Delivery | Error)[], options: Partial<DownloadOptions> = {}) {
  const stored: { bytes: Uint8Array; facts: SourceFacts }[] = [];
  const bodies: Body[] = [];
  let next = 0;
  async function fetchMedia(): Promise<Media> {
    const delivery = deliveries[next++];
    if (!delivery || delivery instanceof Error) throw delivery ?? new Error("unexpected request");
    const { bytes, chunkBytes = 300, ending = "close", promises = SPEEX.length } = delivery;
    const body = bodyOf(slices(bytes, chunkBytes), ending);
    bodies.push(body);
    const headers = new Headers({ "content-type": `voice/speex; delivery=${next}` });
    if (promises !== null) headers.set("content-length", String(promises));
    const media = await openMedia(new Response(body.stream, { headers }), 10);
    if (isWechatError(media)) throw new Error("not media");
    return media;
  }
  const begun = Download.begin({
    fetchMedia,
    store: async (bytes, facts) => {
      stored.push({ bytes, facts });
    },
    maxVoiceSeconds: 60,
    nowMs: () => NOW_MS,
    ...options,
  });
  return { begun, stored, bodies };
}

const readAll = (download: Download) => new Response(download.spool.read(1_000)).bytes();

describe("a download", () => {
  it("ends with the whole voice read, known and stored", async () => {
    const { begun, stored } = play([{ bytes: SPEEX }]);
    const download = await begun;
    expect(download).toMatchObject({
      promisedBytes: SPEEX.length,
      contentType: "voice/speex; delivery=1",
      fetchedAtMs: NOW_MS,
    });
    expect(download.inspector.framing).toBe("bare");
    expect(await readAll(download)).toEqual(SPEEX);

    const digest = await crypto.subtle.digest("SHA-256", SPEEX as Uint8Array<ArrayBuffer>);
    const facts = await download.facts;
    expect(facts).toEqual({
      framing: "bare",
      looksLike: null,
      frameCount: 25,
      rateHz: 16_000,
      trailingBytes: 0,
      oggLengthBytes: expect.any(Number),
      lengthBytes: SPEEX.length,
      contentType: "voice/speex; delivery=1",
      sha256: new Uint8Array(digest).toHex(),
      fetchedAtMs: NOW_MS,
    });
    await download.settled;
    expect(stored).toEqual([{ bytes: SPEEX, facts }]);
  });

  it("does not begin when there is nothing to be had", async () => {
    const gone = new ServiceError("voice-not-found", "Gone.");
    await expect(play([gone]).begun).rejects.toBe(gone);
  });

  it("keeps what isn't Speex, as what it looks like", async () => {
    const bytes = new TextEncoder().encode(`#!AMR\n${"\x01".repeat(500)}`);
    const { begun, stored } = play([{ bytes, promises: bytes.length }]);
    const download = await begun;
    expect(await readAll(download)).toEqual(bytes);
    await download.settled;
    expect(stored).toMatchObject([{ bytes, facts: { framing: null, looksLike: "amr", frameCount: 0 } }]);
  });

  it("whose store fails still gives its readers everything", async () => {
    const store = async () => Promise.reject(new Error("no room"));
    const download = await play([{ bytes: SPEEX }], { store }).begun;
    await download.settled;
    expect(await download.facts).toMatchObject({ lengthBytes: SPEEX.length });
    expect(await readAll(download)).toEqual(SPEEX);
  });
});

describe("what breaks off is resumed", () => {
  it("wherever it broke, however it comes the second time, with or without a promised length", async () => {
    const cut = fc.integer({ min: 256, max: SPEEX.length - 1 });
    const chunkBytes = fc.integer({ min: 1, max: SPEEX.length });
    const promises = fc.constantFrom(SPEEX.length, null);
    await fc.assert(
      fc.asyncProperty(cut, cut, chunkBytes, promises, async (first, second, size, promised) => {
        const { begun, stored } = play([
          { bytes: SPEEX.slice(0, first), ending: "break", promises: promised },
          { bytes: SPEEX.slice(0, second), ending: "break", chunkBytes: size, promises: promised },
          { bytes: SPEEX, chunkBytes: size, promises: promised },
        ]);
        const download = await begun;
        expect(await readAll(download)).toEqual(SPEEX);
        await download.settled;
        expect(stored).toMatchObject([{ bytes: SPEEX, facts: { frameCount: 25 } }]);
      }),
      { numRuns: 30 },
    );
  });

  it("when it falls silent, too", async () => {
    const { begun } = play([{ bytes: SPEEX.slice(0, 600), ending: "silence" }, { bytes: SPEEX }]);
    expect(await readAll(await begun)).toEqual(SPEEX);
  });

  it("but not when other bytes come under the same id: readers get what came first, then a failure", async () => {
    const other = SPEEX.slice();
    other[599] = (other[599] ?? 0) ^ 1;
    const { begun, stored, bodies } = play([
      { bytes: SPEEX.slice(0, 600), ending: "break" },
      { bytes: other },
    ]);
    const download = await begun;
    expect(await failureOf(download.facts)).toMatchObject({
      code: "internal",
      message: "WeChat sent other bytes under the same media id.",
    });
    expect(await whatCame(download)).toEqual(SPEEX.slice(0, 600));
    await download.settled;
    expect(stored).toEqual([]);
    expect(bodies.map(({ state }) => state.cancelled)).toEqual([false, true]);
  });

  it.each<[string, Delivery]>([
    ["less comes", { bytes: SPEEX.slice(0, 540), promises: 540 }],
    ["less comes than was promised at first", { bytes: SPEEX.slice(0, 900), promises: 900 }],
    [
      "more comes than was promised at first",
      { bytes: Uint8Array.from([...SPEEX, ...SPEEX]), promises: null },
    ],
  ])("but not for good when %s", async (_, again) => {
    const { begun, stored } = play([{ bytes: SPEEX.slice(0, 600), ending: "break" }, again, again]);
    const download = await begun;
    expect(await failureOf(download.facts)).toMatchObject({ code: UNAVAILABLE });
    await download.settled;
    expect(stored).toEqual([]);
  });

  it("but not for good when all had come before it broke, and less comes then", async () => {
    const less = { bytes: SPEEX.slice(0, 600), promises: null };
    const { begun, stored } = play([{ bytes: SPEEX, ending: "break" }, less, less]);
    const download = await begun;
    expect(await failureOf(download.facts)).toMatchObject({ code: UNAVAILABLE });
    await download.settled;
    expect(stored).toEqual([]);
  });

  it("twice, and then it fails with what it failed with last", async () => {
    const half = { bytes: SPEEX.slice(0, 600), ending: "break" } as const;
    const last = new ServiceError(UNAVAILABLE, "the third failure");
    const download = await play([half, half, last]).begun;
    expect(await failureOf(download.facts)).toBe(last);
    expect(await whatCame(download)).toEqual(SPEEX.slice(0, 600));
  });

  it("unless WeChat says something final", async () => {
    const final = new ServiceError("rate-limited", "No more today.");
    const { begun } = play([{ bytes: SPEEX.slice(0, 600), ending: "break" }, final]);
    expect(await failureOf((await begun).facts)).toBe(final);
  });
});

describe("a voice that is too long", () => {
  const TOO_LONG = {
    code: "voice-too-long",
    message: "The voice is longer than the 1 seconds that this gateway accepts.",
  };
  const limit = { maxVoiceSeconds: 1 };
  const frames = (count: number) => MINUTE.slice(0, count * 60);

  it.each<[string, Uint8Array, number]>([
    ["many times", MINUTE, MINUTE.length],
    ["by a frame", frames(51), 51 * 60],
  ])(
    "by its promised length, %s, is refused before a byte is sent, and let go",
    async (_, bytes, promises) => {
      const { begun, stored, bodies } = play([{ bytes, promises }], limit);
      expect(await failureOf(begun)).toMatchObject(TOO_LONG);
      expect(bodies.map(({ state }) => state.cancelled)).toEqual([true]);
      expect(stored).toEqual([]);
    },
  );

  it("without a promised length is broken off at the limit, not at its end", async () => {
    const { begun, stored, bodies } = play([{ bytes: MINUTE, promises: null }], limit);
    const download = await begun;
    expect(await failureOf(download.facts)).toMatchObject(TOO_LONG);
    expect((await whatCame(download)).length).toBeLessThan(8_000);
    expect(bodies.map(({ state }) => state.cancelled)).toEqual([true]);
    await download.settled;
    expect(stored).toEqual([]);
  });

  it("by a few frames, which only its end tells, is not kept", async () => {
    const bytes = withHeaderBytes(framesOf(frames(51)));
    const { begun, stored } = play([{ bytes, promises: bytes.length }], limit);
    const download = await begun;
    expect(await failureOf(download.facts)).toMatchObject(TOO_LONG);
    await download.settled;
    expect(stored).toEqual([]);
  });

  it("is not one of exactly the limit", async () => {
    const { begun, stored } = play([{ bytes: frames(50), promises: 3_000 }], limit);
    expect(await readAll(await begun)).toEqual(frames(50));
    await (await begun).settled;
    expect(stored).toMatchObject([{ facts: { frameCount: 50 } }]);
  });
});

/** What a reader receives until it fails, as the download did. */
async function whatCame(download: Download): Promise<Uint8Array> {
  const received: number[] = [];
  try {
    for await (const chunk of download.spool.read(1_000)) received.push(...chunk);
  } catch (error) {
    expect(error).toBe(await failureOf(download.facts));
    return Uint8Array.from(received);
  }
  throw new Error("it did not fail");
}
