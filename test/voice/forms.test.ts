/** What is made of a source: the same bytes however it arrives, whoever makes it, and whatever part is asked for. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDecoder } from "../../src/audio/speex/decoder.ts";
import speexModule from "../../src/audio/speex/speex.wasm";
import { wavHeader } from "../../src/audio/wav.ts";
import type { ByteRange } from "../../src/http/range.ts";
import { Decoding } from "../../src/voice/decoding.ts";
import { sendDecoded, sendOgg } from "../../src/voice/each-time.ts";
import type { Outlook } from "../../src/voice/facts.ts";
import { describeForm } from "../../src/voice/form.ts";
import { createBody } from "../../src/voice/growing-bytes.ts";
import type { Source } from "../../src/voice/source.ts";
import { oggOf } from "../../src/voice/stored-voice.ts";
import { failureOf } from "../support/failing.ts";
import { voice, voiceNames } from "../support/fixtures.ts";
import { arrivingSource, factsOf, wholeSource } from "../support/sources.ts";
import { framesOf, withHeaderBytes } from "../support/speex-frames.ts";
import { split } from "../support/split.ts";

const SPEEX = voice("short-half-second");
const noPause = async () => {};
const whole = (lengthBytes: number): ByteRange => ({ first: 0, last: lengthBytes - 1 });

async function read(range: ByteRange, send: (to: WritableStream<Uint8Array>) => Promise<void>) {
  const { readable, writable } = createBody(range);
  void send(writable);
  return new Response(readable).bytes();
}

/** All of a bare recording, straight from the decoder. */
function wavOf(speex: Uint8Array): Uint8Array {
  const frames = framesOf(speex);
  const decoder = createDecoder(speexModule, { mode: "wideband", framesPerPacket: 1 });
  const wav = [...wavHeader(frames.length * 320, 16_000)];
  decoder.decode({ bytes: speex, lengths: frames.map((frame) => frame.length) }, (pcm) => wav.push(...pcm));
  return Uint8Array.from(wav);
}

/** The two ways to decode: for everybody, and for one reader. */
const DECODERS: [string, (source: Source, outlook: Outlook, range: ByteRange) => Promise<Uint8Array>][] = [
  [
    "decoded once for all",
    (source, outlook, range) => {
      const decoding = new Decoding(source, outlook, () => {});
      decoding.want(range.last + 1);
      const leave = decoding.users.join();
      void decoding.run(noPause);
      return read(range, (to) => decoding.wav.send(range, to)).finally(leave);
    },
  ],
  [
    "decoded for one reader",
    (source, outlook, range) => read(range, (to) => sendDecoded(source, outlook, range, to)),
  ],
];

describe.each(voiceNames)("%s", (name) => {
  const speex = voice(name);
  const facts = factsOf(speex);

  it("is as long in each form as was said before", async () => {
    const source = wholeSource(speex);
    const wav = whole(describeForm("wav", facts).lengthBytes);
    for (const [, decode] of DECODERS) expect((await decode(source, facts, wav)).length).toBe(wav.last + 1);
    const ogg = whole(describeForm("ogg", facts).lengthBytes);
    expect((await read(ogg, (to) => sendOgg(source, "voice-1", ogg, to))).length).toBe(ogg.last + 1);
  });

  it("has the same frames in Ogg", () => {
    const { framing, packets } = split(oggOf("voice-1", speex));
    expect(framing).toBe("ogg");
    expect(packets).toEqual(framesOf(speex));
  });
});

describe.each(DECODERS)("a WAV, %s,", (_, decode) => {
  const right = wavOf(SPEEX);

  it("is that of the decoder, whatever the framing of its source", async () => {
    for (const bytes of [SPEEX, withHeaderBytes(framesOf(SPEEX)), oggOf("voice-1", SPEEX)]) {
      expect(await decode(wholeSource(bytes), factsOf(bytes), whole(right.length))).toEqual(right);
    }
  });

  it("can be had in any part, however its source arrives meanwhile", async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.nat(right.length - 1),
        fc.nat(right.length - 1),
        async (chunkSizes, a, b) => {
          const range = { first: Math.min(a, b), last: Math.max(a, b) };
          const { source, outlook, come, end } = arrivingSource(SPEEX);
          const part = decode(source, outlook, range);
          for (let i = 0; source.bytes.length < SPEEX.length; i++) {
            come(chunkSizes[i % chunkSizes.length] ?? 1);
            await Promise.resolve();
          }
          end();
          expect(await part).toEqual(right.subarray(range.first, range.last + 1));
        },
      ),
      { numRuns: 30 },
    );
  });

  it("begins before its source has ended", async () => {
    const { source, outlook, come } = arrivingSource(SPEEX);
    come(600);
    const header = await decode(source, outlook, { first: 0, last: 44 + 9 * 640 - 1 });
    expect(header).toEqual(right.subarray(0, 44 + 9 * 640));
  });

  it("is cut short where its source breaks off, and right until there", async () => {
    const { source, outlook, come } = arrivingSource(SPEEX);
    come(600);
    const wav = decode(source, outlook, whole(right.length)).catch(() => "cut");
    source.fail(new Error("broke off"));
    expect(await wav).toBe("cut");
  });
});

describe("what is decoded once for all", () => {
  const frames = 1_500;

  it("is made only as far as somebody wants it, and goes on when somebody wants more", async () => {
    const speex = voice("minute-60s").subarray(0, frames * 60);
    const decoding = new Decoding(wholeSource(speex), factsOf(speex), () => {});
    const leave = decoding.users.join();
    const done = decoding.run(noPause);
    decoding.want(44);
    await Promise.resolve();
    expect(decoding.wav.length).toBe(44);
    decoding.want(45);
    await expect.poll(() => decoding.wav.length).toBe(44 + 640);
    decoding.want(decoding.lengthBytes);
    await done;
    expect(decoding.wav.isComplete).toBe(true);
    expect(decoding.wav.length).toBe(44 + frames * 640);
    leave();
  });

  it("ends when nobody needs it any more, though its source is still on its way", async () => {
    const { source, outlook, come } = arrivingSource(SPEEX);
    let isUnused = false;
    const decoding = new Decoding(source, outlook, () => {
      isUnused = true;
    });
    const leave = decoding.users.join();
    decoding.want(decoding.lengthBytes);
    const done = decoding.run(noPause);
    leave();
    expect(isUnused).toBe(true);
    come(600);
    await done;
    expect(decoding.wav.isComplete).toBe(false);
  });

  it("lets others have their turn after each minute of voice", async () => {
    const speex = new Uint8Array(3 * 180_000);
    for (let i = 0; i < 3; i++) speex.set(voice("minute-60s").subarray(0, 180_000), i * 180_000);
    const decoding = new Decoding(wholeSource(speex), factsOf(speex), () => {});
    decoding.users.join();
    decoding.want(decoding.lengthBytes);
    const pauses: number[] = [];
    await decoding.run(async () => void pauses.push(decoding.wav.length));
    expect(pauses).toEqual([44 + 3_000 * 640, 44 + 6_000 * 640]);
  });
});

describe("the Ogg form", () => {
  const right = oggOf("voice-1", SPEEX);

  it("has the same bytes however the source is framed, and a frame cut off at the end is left out", () => {
    expect(oggOf("voice-1", withHeaderBytes(framesOf(SPEEX)))).toEqual(right);
    expect(oggOf("voice-1", Uint8Array.from([...SPEEX, 0x30]))).toEqual(right);
  });

  it("can be had in any part, however its source arrives meanwhile", async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.nat(right.length - 1),
        fc.nat(right.length - 1),
        async (chunkSizes, a, b) => {
          const range = { first: Math.min(a, b), last: Math.max(a, b) };
          const { source, come, end } = arrivingSource(SPEEX);
          const part = read(range, (to) => sendOgg(source, "voice-1", range, to));
          for (let i = 0; source.bytes.length < SPEEX.length; i++) {
            come(chunkSizes[i % chunkSizes.length] ?? 1);
            await Promise.resolve();
          }
          end();
          expect(await part).toEqual(right.subarray(range.first, range.last + 1));
        },
      ),
      { numRuns: 30 },
    );
  });

  it("of another voice with the same sound is another stream, and of the same voice the same", () => {
    const other = oggOf("voice-2", SPEEX);
    expect(oggOf("voice-1", SPEEX)).toEqual(right);
    expect(other).not.toEqual(right);
    expect(other.length).toBe(right.length);
  });

  it("is cut short where its source breaks off", async () => {
    const { source, come } = arrivingSource(SPEEX);
    come(600);
    const ogg = read(whole(right.length), (to) => sendOgg(source, "voice-1", whole(right.length), to));
    source.fail(new Error("broke off"));
    await expect(ogg).rejects.toThrow();
  });
});

describe("what is not Speex", () => {
  it.each<[string, Partial<Outlook>, string]>([
    ["another codec", { framing: null, looksLike: "amr" }, "it looks like AMR."],
    ["unknown", { framing: null, looksLike: null }, "it looks like nothing known."],
    [
      "Speex without a frame",
      { framing: "ogg", looksLike: null, frameCount: 0 },
      "Speex in Ogg without a frame.",
    ],
  ])("(%s) has no form but its own", async (_, change, words) => {
    const outlook = { ...factsOf(SPEEX), frameCount: 0, ...change };
    for (const format of ["ogg", "wav", "pcm"] as const) {
      expect(await failureOf((async () => describeForm(format, outlook))())).toMatchObject({
        code: "voice-undecodable",
        message: expect.stringContaining(words),
      });
    }
    expect(describeForm("speex", outlook).lengthBytes).toBe(SPEEX.length);
  });

  it("is called what it is", () => {
    const of = (looksLike: string | null) =>
      describeForm("speex", { ...factsOf(SPEEX), framing: null, looksLike }).mediaType;
    expect([of("amr"), of("amr-wb"), of("silk"), of(null)]).toEqual([
      "audio/amr",
      "audio/amr-wb",
      "audio/silk",
      "application/octet-stream",
    ]);
  });
});
