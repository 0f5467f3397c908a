import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ServiceError } from "../../src/errors.ts";
import { type DownloadOptions, download } from "../../src/voice/download.ts";
import { createBody } from "../../src/voice/growing-bytes.ts";
import { createVoiceLimit } from "../../src/voice/limit.ts";
import { Room } from "../../src/voice/room.ts";
import { Source } from "../../src/voice/source.ts";
import { isWechatError, type Media, openMedia } from "../../src/wechat/media.ts";
import { type Body, bodyOf, type Ending, slices } from "../support/byte-streams.ts";
import { failureOf } from "../support/failing.ts";
import { voice } from "../support/fixtures.ts";
import { framesOf, withHeaderBytes } from "../support/speex-frames.ts";
import { deadlineOf, manualDeadline } from "../support/transport.ts";

const NOW_MS = Date.UTC(2026, 2, 1, 4);
/** Half a second: 25 frames of 60 bytes. */
const SPEEX = voice("short-half-second");
const MINUTE = voice("minute-60s");
const AMR = new TextEncoder().encode(`#!AMR\n${"\x01".repeat(500)}`);
const UNAVAILABLE = "wechat-unavailable";
/** Longer than it takes the slowest body here to bring the fewest bytes that are waited for. */
const SILENCE_MS = 100;

interface Delivery {
  readonly bytes: Uint8Array;
  readonly chunkBytes?: number;
  readonly ending?: Ending;
  /** Content-Length; null where none is sent. */
  readonly promises?: number | null;
  /** Between two chunks. */
  readonly pauseMs?: number;
}

/** Everything that WeChat delivers, one after the other, into one source. */
function play(deliveries: readonly (Delivery | Error)[], options: Partial<DownloadOptions> = {}) {
  const bodies: Body[] = [];
  const deadline = deadlineOf(60_000);
  let asked = 0;
  async function fetchMedia(): Promise<Media> {
    const delivery = deliveries[asked++];
    if (!delivery || delivery instanceof Error) throw delivery ?? new Error("unexpected request");
    const { bytes, chunkBytes = 300, ending = "close", promises = SPEEX.length, pauseMs } = delivery;
    const body = bodyOf(slices(bytes, chunkBytes), ending, pauseMs);
    bodies.push(body);
    const headers = new Headers({ "content-type": `voice/speex; delivery=${asked}` });
    if (promises !== null) headers.set("content-length", String(promises));
    const media = await openMedia(new Response(body.stream, { headers }), deadline, SILENCE_MS);
    if (isWechatError(media)) throw new Error("not media");
    return media;
  }
  const source = new Source(new Room(new Map(), "test"), () => {});
  const done = download(source, {
    fetchMedia,
    deadline,
    bodyDeadlineMs: 60_000,
    limit: createVoiceLimit(60),
    nowMs: () => NOW_MS,
    ...options,
  }).finally(() => deadline.stop());
  done.catch((error) => source.fail(error));
  return { source, done, bodies, asked: () => asked };
}

/** What a reader of the first `length` bytes gets, until it fails. */
async function readAll(source: Source, length = SPEEX.length): Promise<Uint8Array> {
  const range = { first: 0, last: length - 1 };
  const { readable, writable } = createBody(range);
  void source.bytes.send(range, writable);
  const received: number[] = [];
  try {
    for await (const chunk of readable) received.push(...chunk);
  } catch {
    // Cut short.
  }
  return Uint8Array.from(received);
}

describe("a download", () => {
  it("ends with the whole voice, and all that is known of it", async () => {
    const { source, done, asked } = play([{ bytes: SPEEX }]);
    expect(await done).toEqual({
      contentType: "voice/speex; delivery=1",
      trailingBytes: 0,
      outlook: {
        lengthBytes: SPEEX.length,
        framing: "bare",
        looksLike: null,
        mode: "wideband",
        frameCount: 25,
        rateHz: 16_000,
        oggLengthBytes: expect.any(Number),
        soundSeconds: null,
      },
    });
    expect(source.bytes.arrived).toEqual(SPEEX);
    expect(source.fetchedAtMs).toBe(NOW_MS);
    expect(await readAll(source)).toEqual(SPEEX);
    expect(asked()).toBe(1);
  });

  it("tells what every form will be before the rest has come, exactly as it turns out", async () => {
    const { source, done } = play([{ bytes: SPEEX, pauseMs: 5 }]);
    const foreseen = await source.outlook;
    expect(source.bytes.isComplete).toBe(false);
    expect((await done).outlook).toEqual(foreseen);
  });

  it("does not begin when there is nothing to be had", async () => {
    const gone = new ServiceError("voice-not-found", "Gone.");
    await expect(play([gone]).done).rejects.toBe(gone);
  });

  it("keeps what isn't Speex, as what it looks like, without doubting its end", async () => {
    const { source, done, asked } = play([{ bytes: AMR, promises: AMR.length }]);
    expect((await done).outlook).toMatchObject({ framing: null, looksLike: "amr", frameCount: 0 });
    expect(source.bytes.arrived).toEqual(AMR);
    expect(asked()).toBe(1);
  });

  it("of a body that grows beyond all first guesses is whole", async () => {
    const minute = { bytes: MINUTE, promises: null, chunkBytes: 7_777 };
    const { source, done } = play([minute, minute]);
    await done;
    expect(source.bytes.arrived).toEqual(MINUTE);
  });
});

describe("what breaks off is resumed", () => {
  it("wherever it broke, however it comes the second time, with or without a promised length", async () => {
    const cut = fc.integer({ min: 256, max: SPEEX.length - 1 });
    const chunkBytes = fc.integer({ min: 1, max: SPEEX.length });
    const promises = fc.constantFrom(SPEEX.length, null);
    await fc.assert(
      fc.asyncProperty(cut, cut, chunkBytes, promises, async (first, second, size, promised) => {
        const whole = { bytes: SPEEX, chunkBytes: size, promises: promised };
        const { source, done } = play([
          { bytes: SPEEX.slice(0, first), ending: "break", promises: promised },
          { bytes: SPEEX.slice(0, second), ending: "break", chunkBytes: size, promises: promised },
          whole,
          whole,
        ]);
        expect((await done).outlook).toMatchObject({ frameCount: 25, lengthBytes: SPEEX.length });
        expect(source.bytes.arrived).toEqual(SPEEX);
      }),
      { numRuns: 30 },
    );
  });

  it("when it falls silent, too", async () => {
    const { source, done } = play([{ bytes: SPEEX.slice(0, 600), ending: "silence" }, { bytes: SPEEX }]);
    await done;
    expect(source.bytes.arrived).toEqual(SPEEX);
  });

  it("but a slow trickle is no silence", async () => {
    const trickle = { bytes: SPEEX, chunkBytes: 100, pauseMs: 10 };
    const { done, asked } = play([trickle], { nowMs: () => Date.now() });
    await done;
    expect(asked()).toBe(1);
  });

  it("but not when other bytes come under the same id: readers get what came first, then a failure", async () => {
    const other = SPEEX.slice();
    other[99] = (other[99] ?? 0) ^ 1;
    const { source, done } = play([{ bytes: SPEEX.slice(0, 600), ending: "break" }, { bytes: other }]);
    expect(await failureOf(done)).toMatchObject({
      code: "internal",
      message: "WeChat sent other bytes under the same media id.",
    });
    const came = await readAll(source);
    expect(came).toEqual(SPEEX.slice(0, 600));
  });

  it("and when it breaks at the same place for good, readers have got all that came until there", async () => {
    const half = { bytes: SPEEX.slice(0, 1_000), ending: "break", chunkBytes: 500 } as const;
    const { source, done } = play([half, half, half]);
    expect(await failureOf(done)).toMatchObject({ code: UNAVAILABLE });
    expect(await readAll(source)).toEqual(SPEEX.slice(0, 1_000));
  });

  it.each<[string, Delivery]>([
    ["less comes", { bytes: SPEEX.slice(0, 540), promises: 540 }],
    ["less comes than was promised at first", { bytes: SPEEX.slice(0, 900), promises: 900 }],
    [
      "more comes than was promised at first",
      { bytes: Uint8Array.from([...SPEEX, ...SPEEX]), promises: null },
    ],
  ])("but not for good when %s", async (_, again) => {
    const { done } = play([{ bytes: SPEEX.slice(0, 600), ending: "break" }, again, again, again, again]);
    expect(await failureOf(done)).toMatchObject({ code: UNAVAILABLE });
  });

  it("twice, and then it fails with what it failed with last", async () => {
    const half = { bytes: SPEEX.slice(0, 600), ending: "break" } as const;
    const last = new ServiceError(UNAVAILABLE, "the third failure");
    const { source, done } = play([half, half, last]);
    expect(await failureOf(done)).toBe(last);
    expect(await readAll(source)).toEqual(SPEEX.slice(0, 600));
  });

  it("unless WeChat says something final", async () => {
    const final = new ServiceError("rate-limited", "No more today.");
    const { done } = play([{ bytes: SPEEX.slice(0, 600), ending: "break" }, final]);
    expect(await failureOf(done)).toBe(final);
  });
});

describe("what may have been cut without a word is asked for once more", () => {
  const cut = SPEEX.slice(0, 1_000);
  const whole = { bytes: SPEEX, promises: SPEEX.length };

  it("when bare frames end inside a frame: the whole that comes then is believed", async () => {
    const { source, done, asked } = play([{ bytes: cut, promises: cut.length }, whole]);
    let isTold = false;
    void source.outlook.then(() => {
      isTold = true;
    });
    expect((await done).outlook).toMatchObject({ lengthBytes: SPEEX.length, frameCount: 25 });
    expect(source.bytes.arrived).toEqual(SPEEX);
    expect(asked()).toBe(2);
    expect(isTold).toBe(true);
  });

  it("when nobody has promised a length: the same again is believed", async () => {
    const unpromised = { bytes: SPEEX, promises: null };
    const { done, asked } = play([unpromised, unpromised]);
    expect((await done).outlook.lengthBytes).toBe(SPEEX.length);
    expect(asked()).toBe(2);
  });

  it("when nobody has promised a length: what ended early is replaced by what didn't", async () => {
    const unpromised = { bytes: SPEEX, promises: null };
    const { source, done, asked } = play([
      { bytes: SPEEX.slice(0, 900), promises: null },
      unpromised,
      unpromised,
    ]);
    await done;
    expect(source.bytes.arrived).toEqual(SPEEX);
    expect(asked()).toBe(3);
  });

  it("and what ends inside a frame twice is so", async () => {
    const same = { bytes: cut, promises: cut.length };
    const { done, asked } = play([same, same]);
    expect(await done).toMatchObject({ trailingBytes: 40, outlook: { frameCount: 16, lengthBytes: 1_000 } });
    expect(asked()).toBe(2);
  });

  it("and what is of another length each time is not believed at all", async () => {
    const of = (length: number) => ({ bytes: SPEEX.slice(0, length), promises: null });
    expect(await failureOf(play([of(700), of(900), of(1_100)]).done)).toMatchObject({ code: UNAVAILABLE });
    expect(await failureOf(play([of(900), of(700), of(700)]).done)).toMatchObject({ code: UNAVAILABLE });
  });

  it("but not when frames of 60 bytes come out even and as long as promised", async () => {
    const { done, asked } = play([whole]);
    await done;
    expect(asked()).toBe(1);
  });
});

describe("the deadline", () => {
  /** A body whose bytes come when the test says so, after the first 300. */
  function playDripping(promises: number | null, looks: { whole: number; body: number }) {
    const { deadline, look } = manualDeadline(looks.whole);
    const { readable, writable } = new IdentityTransformStream();
    const writer = writable.getWriter();
    const headers = promises === null ? {} : { "content-length": String(promises) };
    const open = () => openMedia(new Response(readable, { headers }), deadline, 60_000) as Promise<Media>;
    const again = new ServiceError("rate-limited", "asked again");
    let asked = 0;
    const { source, done } = play([], {
      fetchMedia: async () => {
        if (asked++ > 0) throw again;
        return open();
      },
      deadline,
      bodyDeadlineMs: looks.body,
    });
    const failure = done.then(
      () => "whole",
      (error: ServiceError) => error.code,
    );
    const drip = async (bytes: number) => {
      await writer.write(SPEEX.slice(source.bytes.length, source.bytes.length + bytes));
    };
    return { source, failure, drip, look };
  }

  it("ends a body that nobody is told of yet, although it drips on", async () => {
    const { failure, drip, look } = playDripping(null, { whole: 5, body: 100 });
    await drip(300);
    for (let i = 0; i < 4; i++) {
      await drip(1);
      look();
    }
    look();
    expect(await failure).toBe("wechat-unavailable");
  });

  it("gives a body that is being passed on more time, and no more than that", async () => {
    const { source, failure, drip, look } = playDripping(SPEEX.length, { whole: 5, body: 5 });
    await drip(300);
    await source.outlook;
    look(9);
    await drip(300);
    await expect.poll(() => source.bytes.length).toBe(600);
    look(1);
    expect(await failure).toBe("wechat-unavailable");
    expect(await readAll(source)).toEqual(SPEEX.slice(0, 600));
  });
});

describe("a voice that is too long", () => {
  const TOO_LONG = {
    code: "voice-too-long",
    message: "The voice is longer than the 1 seconds that this gateway accepts.",
  };
  const options = { limit: createVoiceLimit(1) };
  const frames = (count: number) => MINUTE.slice(0, count * 60);

  it.each<[string, Uint8Array, number]>([
    ["many times", MINUTE, MINUTE.length],
    ["by a frame", frames(51), 51 * 60],
  ])(
    "by its promised length, %s, is refused before anybody is told, and let go",
    async (_, bytes, promises) => {
      const { source, done, bodies } = play([{ bytes, promises }], options);
      expect(await failureOf(done)).toMatchObject(TOO_LONG);
      expect(await failureOf(source.outlook)).toMatchObject(TOO_LONG);
      await expect.poll(() => bodies.map(({ state }) => state.cancelled)).toEqual([true]);
    },
  );

  it("without a promised length is broken off at the limit, not at its end", async () => {
    const { source, done, bodies } = play([{ bytes: MINUTE, promises: null }], options);
    expect(await failureOf(done)).toMatchObject(TOO_LONG);
    expect(source.bytes.length).toBeLessThan(8_000);
    await expect.poll(() => bodies.map(({ state }) => state.cancelled)).toEqual([true]);
  });

  it("by a few frames, which only its end tells, is not kept", async () => {
    const bytes = withHeaderBytes(framesOf(frames(51)));
    const { done } = play([{ bytes, promises: bytes.length }], options);
    expect(await failureOf(done)).toMatchObject(TOO_LONG);
  });

  it("is not one of exactly the limit", async () => {
    const { done } = play([{ bytes: frames(50), promises: 3_000 }], options);
    expect((await done).outlook.frameCount).toBe(50);
  });
});
