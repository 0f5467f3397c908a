import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ServiceError } from "../../src/errors.ts";
import { Inspector } from "../../src/voice/inspector.ts";
import { lengthOf, render } from "../../src/voice/render.ts";
import type { Outlook } from "../../src/voice/source.ts";
import { bodyOf, slices } from "../support/byte-streams.ts";
import { voice, voiceNames } from "../support/fixtures.ts";
import { framesOf, withHeaderBytes } from "../support/speex-frames.ts";
import { split } from "../support/split.ts";

function outlookOf(bytes: Uint8Array): Outlook {
  const inspector = new Inspector();
  inspector.write(bytes);
  return { ...inspector.end(), lengthBytes: bytes.length };
}

async function rendered(
  format: "speex" | "ogg",
  bytes: Uint8Array,
  sizes = [bytes.length],
  mediaId = "voice-1",
) {
  return new Response(render(format, bodyOf(slices(bytes, ...sizes)).stream, mediaId)).bytes();
}

describe.each(voiceNames)("%s", (name) => {
  const speex = voice(name);

  it("is as long in each form as was said before", async () => {
    for (const format of ["speex", "ogg"] as const) {
      expect((await rendered(format, speex)).length).toBe(lengthOf(format, outlookOf(speex)));
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

  it("fails in the stream when the source fails, and when it turns out not to be Speex", async () => {
    const broken = render("ogg", bodyOf([speex.slice(0, 600)], "break").stream, "voice-1");
    await expect(new Response(broken).bytes()).rejects.toThrow();
    await expect(rendered("ogg", new TextEncoder().encode("#!AMR\n"))).rejects.toThrow("AMR");
    await expect(rendered("ogg", new Uint8Array(0))).rejects.toThrow("empty");
  });

  it("lets the source go when its reader leaves", async () => {
    const { stream, state } = bodyOf([speex.slice(0, 600), speex.slice(600)], "silence");
    const reader = render("ogg", stream, "voice-1").getReader();
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
  ])("(%s) has no Ogg form, and says so before a byte is sent", (_, change, words) => {
    const outlook = { ...outlookOf(voice("low-3s")), frameCount: 0, ...change };
    const attempt = () => lengthOf("ogg", outlook);
    expect(attempt).toThrow(ServiceError);
    expect(attempt).toThrow(
      expect.objectContaining({ code: "voice-undecodable", message: expect.stringContaining(words) }),
    );
  });

  it("comes unchanged as it came", async () => {
    const bytes = new TextEncoder().encode("#!AMR\n and more");
    expect(lengthOf("speex", outlookOf(bytes))).toBe(bytes.length);
    expect(await rendered("speex", bytes)).toEqual(bytes);
  });
});
