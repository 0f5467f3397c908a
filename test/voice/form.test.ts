import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createOggStream } from "../../src/audio/ogg-stream.ts";
import { encodedForm } from "../../src/voice/form.ts";
import { Inspector } from "../../src/voice/inspector.ts";
import type { Outlook, Source } from "../../src/voice/source.ts";
import { bodyOf, slices } from "../support/byte-streams.ts";
import { failureOf } from "../support/failing.ts";
import { voice, voiceNames } from "../support/fixtures.ts";
import { framesOf, withHeaderBytes } from "../support/speex-frames.ts";
import { split } from "../support/split.ts";

function outlookOf(bytes: Uint8Array): Outlook {
  const inspector = new Inspector();
  inspector.write(bytes);
  return { ...inspector.end(), lengthBytes: bytes.length };
}

function sourceOf(stream: ReadableStream<Uint8Array>, outlook: Outlook): Source {
  return {
    cacheStatus: "hit",
    fetchedAtMs: 0,
    outlook: async () => outlook,
    facts: () => Promise.reject(new Error("nobody asks for facts here")),
    read: async () => stream,
    discard: () => stream.cancel(),
  };
}

async function bodyOfForm(
  format: "speex" | "ogg",
  stream: ReadableStream<Uint8Array>,
  outlook: Outlook,
  mediaId = "voice-1",
) {
  const form = await encodedForm(mediaId, format, sourceOf(stream, outlook));
  return { lengthBytes: form.lengthBytes, body: (await form.body(null)) as ReadableStream<Uint8Array> };
}

async function rendered(
  format: "speex" | "ogg",
  bytes: Uint8Array,
  sizes = [bytes.length],
  mediaId = "voice-1",
) {
  const { body } = await bodyOfForm(
    format,
    bodyOf([...slices(bytes, ...sizes)]).stream,
    outlookOf(bytes),
    mediaId,
  );
  return new Response(body).bytes();
}

describe.each(voiceNames)("%s", (name) => {
  const speex = voice(name);

  it("is as long in each form as was said before", async () => {
    for (const format of ["speex", "ogg"] as const) {
      const { lengthBytes, body } = await bodyOfForm(format, bodyOf([speex]).stream, outlookOf(speex));
      expect((await new Response(body).bytes()).length).toBe(lengthBytes);
    }
  });

  it("has the same frames in Ogg", async () => {
    const { framing, packets } = split(await rendered("ogg", speex));
    expect(framing).toBe("ogg");
    expect(packets).toEqual(framesOf(speex));
  });
});

describe("the Ogg form", () => {
  const speex = voice("short-half-second");

  it("has the same bytes however the source is cut, and whatever its framing", async () => {
    const whole = await rendered("ogg", speex);
    expect(await rendered("ogg", withHeaderBytes(framesOf(speex)))).toEqual(whole);
    expect(await rendered("ogg", Uint8Array.from([...speex, 0x30]))).toEqual(whole);
    const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(sizes, async (chunkSizes) => {
        expect(await rendered("ogg", speex, chunkSizes)).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  it("of another voice with the same sound is another stream, and of the same voice the same", async () => {
    const [one, again, other] = await Promise.all(
      ["voice-1", "voice-1", "voice-2"].map((mediaId) => rendered("ogg", speex, [speex.length], mediaId)),
    );
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
    expect(other?.length).toBe(one?.length);
  });

  it("fails in the stream when the source fails", async () => {
    const { body } = await bodyOfForm("ogg", bodyOf([speex.slice(0, 600)], "break").stream, outlookOf(speex));
    await expect(new Response(body).bytes()).rejects.toThrow();
  });

  it("lets the source go when its reader leaves", async () => {
    const { stream, state } = bodyOf([speex.slice(0, 600), speex.slice(600)], "silence");
    const reader = stream.pipeThrough(createOggStream("voice-1")).getReader();
    await reader.read();
    await reader.cancel();
    expect(state.cancelled).toBe(true);
  });
});

describe("what is not Speex", () => {
  it.each<[string, Partial<Outlook>, string]>([
    ["another codec", { framing: null, looksLike: "amr" }, "it looks like amr."],
    ["unknown", { framing: null, looksLike: null }, "it looks like nothing we know."],
    [
      "Speex without a frame",
      { framing: "ogg", looksLike: null, frameCount: 0 },
      "it looks like nothing we know.",
    ],
  ])(
    "(%s) has no Ogg form, says so before a byte is sent, and lets the source go",
    async (_, change, words) => {
      const outlook = { ...outlookOf(voice("low-3s")), frameCount: 0, ...change };
      const { stream, state } = bodyOf([voice("low-3s")], "silence");
      expect(await failureOf(bodyOfForm("ogg", stream, outlook))).toMatchObject({
        code: "voice-undecodable",
        message: expect.stringContaining(words),
      });
      expect(state.cancelled).toBe(true);
    },
  );

  it("comes unchanged as it came", async () => {
    const bytes = new TextEncoder().encode("#!AMR\n and more");
    expect(await rendered("speex", bytes)).toEqual(bytes);
  });
});
