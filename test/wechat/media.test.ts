import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isWechatError, type Media, openMedia } from "../../src/wechat/media.ts";
import { blocksOf, bodyOf, type Ending, gather, slices } from "../support/byte-streams.ts";
import { failureOf } from "../support/failing.ts";
import { voice } from "../support/fixtures.ts";
import { framesOf, withHeaderBytes } from "../support/speex-frames.ts";
import { deadlineOf } from "../support/transport.ts";

const PATIENCE_MS = 10;
const SPEEX = voice("short-half-second");
const ERROR = '{"errcode":40007,"errmsg":"invalid media_id rid: 0123abcd-0123abcd-0123abcd"}';
const TOLD = { errcode: 40007, errmsg: "invalid media_id rid: 0123abcd-0123abcd-0123abcd" };
const OCTETS = "application/octet-stream";

function answer(body: Iterable<Uint8Array | string>, headers: Record<string, string>, ending?: Ending) {
  const { stream, state } = bodyOf(body, ending);
  return { response: new Response(stream, { headers }), state };
}

/** Whoever opens an answer sees to it that this ends in time; the silence inside a voice is watched here. */
const look = (response: Response) => openMedia(response, deadlineOf(60_000), PATIENCE_MS);

async function open(body: Iterable<Uint8Array | string>, headers: Record<string, string>): Promise<Media> {
  const media = await look(answer(body, headers).response);
  if (isWechatError(media)) throw new Error(`taken for an error: ${media.errcode}`);
  return media;
}

const split = (text: string) => Array.from(text, (character) => character);

describe("a voice", () => {
  it("comes byte for byte, with its type and length, however it is cut", async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(sizes, async (chunkSizes) => {
        const headers = { "content-type": "voice/speex", "content-length": String(SPEEX.length) };
        const media = await open(slices(SPEEX, ...chunkSizes), headers);
        expect(media).toMatchObject({ contentType: "voice/speex", lengthBytes: SPEEX.length });
        expect(await gather(blocksOf(media))).toEqual(SPEEX);
      }),
      { numRuns: 30 },
    );
  });

  it("is one with header bytes too, whose first byte is '<'", async () => {
    const blocks = withHeaderBytes(framesOf(SPEEX));
    expect(blocks[0]).toBe("<".charCodeAt(0));
    const media = await open([blocks], { "content-type": OCTETS });
    expect(await gather(blocksOf(media))).toEqual(blocks);
  });

  it("without a Content-Type is just bytes", async () => {
    const media = await open([SPEEX], {});
    expect(media.contentType).toBe(OCTETS);
  });

  it.each(["", "abc", "-1", "1500, 1500", "0x5dc", "9999999999999999"])(
    "has no promised length when Content-Length is %j",
    async (value) => {
      const media = await open([SPEEX], { "content-length": value });
      expect(media.lengthBytes).toBeNull();
      expect(await gather(blocksOf(media))).toEqual(SPEEX);
    },
  );

  it("has no promised length when it came compressed: Content-Length counts what was sent", async () => {
    const { stream } = bodyOf([SPEEX]);
    const headers = { "content-encoding": "gzip", "content-length": "900" };
    const media = await look(new Response(stream, { headers, encodeBody: "manual" }));
    expect(media).toMatchObject({ lengthBytes: null });
    expect(await gather(blocksOf(media as Media))).toEqual(SPEEX);
  });
});

describe("an error of WeChat is told by its bytes", () => {
  it.each<[string, string, Iterable<string>]>([
    ["as JSON", "application/json; encoding=utf-8", [ERROR]],
    ["as plain text", "text/plain", [ERROR]],
    ["under a voice's type", "voice/speex", [ERROR]],
    ["under no particular type", OCTETS, [ERROR]],
    ["behind white space", OCTETS, [` \r\n\t${ERROR}`]],
    ["behind a byte order mark", OCTETS, [`\uFEFF${ERROR}`]],
    ["behind both", OCTETS, [`\uFEFF \n${ERROR}\n`]],
    ["character by character", OCTETS, split(ERROR)],
    ["with a long hint", OCTETS, [`{"hint":"${"x".repeat(5_000)}",`, ERROR.slice(1)]],
  ])("%s", async (_, type, body) => {
    const { response, state } = answer(body, { "content-type": type });
    const told = await look(response);
    expect(told).toEqual(TOLD);
    expect(isWechatError(told)).toBe(true);
    expect(state.cancelled).toBe(false);
  });

  it("and what follows it without end is let go", async () => {
    function* endless() {
      yield ERROR;
      for (;;) yield " ".repeat(1_000);
    }
    const { response, state } = answer(endless(), { "content-type": OCTETS });
    expect(await look(response)).toEqual(TOLD);
    await expect.poll(() => state.cancelled).toBe(true);
  });

  it("without a message, too", async () => {
    const { response } = answer(['{"errcode":-1,"errmsg":7}'], { "content-type": OCTETS });
    expect(await look(response)).toEqual({ errcode: -1, errmsg: "" });
  });
});

describe("what is neither a voice nor an error fails", () => {
  it.each<[string, string, Iterable<string>, string]>([
    ["an HTML page", OCTETS, ["<!DOCTYPE html><title>502</title>"], "a web page."],
    ["an HTML page behind white space", OCTETS, ["\n  <html>"], "a web page."],
    ["an HTML page behind a byte order mark", OCTETS, ["\uFEFF<HTML>"], "a web page."],
    ["XML", OCTETS, ['<?xml version="1.0"?>'], "a web page."],
    ["a page that says it is one", "text/html; charset=utf-8", ["  <p>"], "a web page."],
    ["plain text", " Text/Plain", ["try again"], "text."],
    ["half an error", OCTETS, [ERROR.slice(0, 20)], "text."],
    ["other JSON", "application/json", ['{"access_token":"secret-token"}'], "JSON without an errcode."],
    ["a JSON list", "application/json", ["[1]"], "JSON without an errcode."],
    ["JSON's null", "application/json", ["null"], "text."],
    ["an errcode that is no number", OCTETS, ['{"errcode":"4000x"}'], "JSON without an errcode."],
    ["nothing", "voice/speex", [], "an empty body."],
    ["nothing, called JSON", "application/json", [], "an empty body."],
  ])("as %s does", async (_, type, body, end) => {
    const error = await failureOf(look(answer(body, { "content-type": type }).response));
    expect(error).toMatchObject({ code: "wechat-unavailable", retryAfterSeconds: 10 });
    expect(error.message).toBe(`WeChat answered with ${end}`);
  });

  it("as no body at all does", async () => {
    const error = await failureOf(look(new Response(null)));
    expect(error.message).toBe("WeChat answered with an empty body.");
  });

  it("and an endless page is not read to its end", async () => {
    function* endless() {
      for (;;) yield "<p>".repeat(1_000);
    }
    const { response, state } = answer(endless(), { "content-type": "text/html" });
    await failureOf(look(response));
    await expect.poll(() => state.cancelled).toBe(true);
  });
});

describe("a body whose length isn't the promised one", () => {
  it("fails at its end when it is shorter", async () => {
    const media = await open([SPEEX], { "content-length": String(SPEEX.length + 60) });
    const error = await failureOf(gather(blocksOf(media)));
    expect(error.message).toBe(`WeChat promised ${SPEEX.length + 60} bytes and sent ${SPEEX.length}.`);
  });

  it("fails when it is longer, hands out no byte too many, and is let go", async () => {
    const promised = SPEEX.length - 701;
    const { response, state } = answer(slices(SPEEX, 100), { "content-length": String(promised) });
    const media = (await look(response)) as Media;
    let received = 0;
    const error = await failureOf(
      (async () => {
        for await (const chunk of blocksOf(media)) received += chunk.length;
      })(),
    );
    expect(error.message).toBe(`WeChat promised ${promised} bytes and sent more.`);
    expect(received).toBeLessThanOrEqual(promised);
    await expect.poll(() => state.cancelled).toBe(true);
  });
});

describe("a body that doesn't come to its end", () => {
  it("for a break in its first bytes is not even opened", async () => {
    const { response } = answer([SPEEX.slice(0, 100)], {}, "break");
    await expect(look(response)).rejects.toThrow("reset");
  });

  it.each<[Ending, string]>([
    ["silence", "WeChat stopped sending in the middle of an answer."],
    ["break", "The connection to WeChat broke in the middle of an answer."],
  ])("for a %s further on gives what came, and then fails", async (ending, message) => {
    const { response } = answer(slices(SPEEX.slice(0, 600), 300), {}, ending);
    const media = (await look(response)) as Media;
    let received = 0;
    const error = await failureOf(
      (async () => {
        for await (const chunk of blocksOf(media)) received += chunk.length;
      })(),
    );
    expect(error).toMatchObject({ code: "wechat-unavailable", message });
    expect(received).toBe(600);
  });

  it("because its reader has left is let go", async () => {
    const { response, state } = answer(slices(SPEEX, 300), {});
    const media = (await look(response)) as Media;
    expect(await media.read(1)).toEqual(SPEEX.slice(0, 300));
    await media.letGo();
    await expect.poll(() => state.cancelled).toBe(true);
  });
});
