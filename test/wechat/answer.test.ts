import { describe, expect, it } from "vitest";
import { type Answer, readAnswer } from "../../src/wechat/answer.ts";
import { voice } from "../support/fixtures.ts";
import { framesOf, withHeaderBytes } from "../support/speex-frames.ts";

const SPEEX = voice("short-half-second");
const PEEK_BYTES = 256;
const utf8 = (text: string) => new TextEncoder().encode(text);
const bytes = (text: string, ...rest: number[]) => Uint8Array.of(...utf8(text), ...rest);
/** Noise, as compressed sound is. */
const noise = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 167 + (i >> 3) * 91) & 0xff);
const soundAfter = (...start: number[]) => Uint8Array.of(...start, ...noise(500));

const MEDIA: Answer = { kind: "media" };
const refused = (errcode: number, errmsg: string): Answer => ({
  kind: "refused",
  error: { errcode, errmsg },
});
const faulty = (what: string): Answer => ({ kind: "faulty", what, next: "ask again" });
const A_VIDEO: Answer = {
  kind: "lasting",
  code: "voice-not-found",
  detail: "The media id is a video's, not a voice's: WeChat answered with the video's address.",
};

const ERROR = '{"errcode":40007,"errmsg":"invalid media_id rid: 0123abcd-0123abcd-0123abcd"}';
const TOLD = refused(40007, "invalid media_id rid: 0123abcd-0123abcd-0123abcd");
/** As a carrier's portal in China may send it: not UTF-8. */
const GBK_PAGE = bytes("<html><title>", 0xb4, 0xed, 0xce, 0xf3, 0x3c, 0x2f);

/** What may come, and what it is, whatever it is called. */
const BODIES: readonly (readonly [string, Uint8Array, Answer])[] = [
  ["Speex", SPEEX, MEDIA],
  ["one frame of Speex", SPEEX.slice(0, 60), MEDIA],
  ["Speex that ends inside a frame", SPEEX.slice(0, 90), MEDIA],
  ["silence", new Uint8Array(600), MEDIA],
  ["Speex with header bytes, the first of which is '<'", withHeaderBytes(framesOf(SPEEX)), MEDIA],
  ["AMR", Uint8Array.of(...utf8("#!AMR\n"), ...soundAfter(0x3c)), MEDIA],
  ["AMR without a frame", utf8("#!AMR\n"), MEDIA],
  ["AMR-WB", Uint8Array.of(...utf8("#!AMR-WB\n"), ...soundAfter(0x24)), MEDIA],
  ["AMR without its header, whose first byte is '<' too", soundAfter(0x3c, 0x61), MEDIA],
  ["SILK", Uint8Array.of(2, ...utf8("#!SILK_V3"), ...noise(200)), MEDIA],
  ["Ogg", Uint8Array.of(...utf8("OggS"), 0, 2, ...noise(200)), MEDIA],
  ["WAV", Uint8Array.of(...utf8("RIFF"), 0x24, 0x01, 0, 0, ...utf8("WAVEfmt "), ...noise(200)), MEDIA],
  ["MP3 behind ID3", Uint8Array.of(...utf8("ID3"), 3, 0, ...noise(200)), MEDIA],
  ["MP3", soundAfter(0xff, 0xfb, 0x90), MEDIA],

  ["an error", utf8(ERROR), TOLD],
  ["an error behind a byte order mark", utf8(`\uFEFF${ERROR}`), TOLD],
  ["an error between line breaks", utf8(`\r\n${ERROR}\r\n`), TOLD],
  ["an error behind all of it", utf8(`\uFEFF \t\r\n${ERROR}\n`), TOLD],
  ["an error with blanks inside", utf8(ERROR.replace("{", "{\n  ").replace(":", " : ")), TOLD],
  ["an error whose number is text", utf8(ERROR.replace("40007", '"40007"')), TOLD],
  ["an error without words", utf8('{"errcode":-1}'), refused(-1, "")],
  ["an error in Chinese", utf8('{"errcode":-1,"errmsg":"系统繁忙"}'), refused(-1, "系统繁忙")],
  ["ok, and nothing else", utf8('{"errcode":0,"errmsg":"ok"}'), refused(0, "ok")],
  ["a video's address", utf8('{"video_url":"http://v.example/x"}'), A_VIDEO],
  ["a stored video's", utf8('{"title":"t","description":"d","down_url":"http://v.example/x"}'), A_VIDEO],

  ["other JSON", utf8('{"message":"no route"}'), faulty("JSON without an errcode")],
  ["empty JSON", utf8("{}"), faulty("JSON without an errcode")],
  ["half an error", utf8(ERROR.slice(0, 20)), faulty("text")],
  ["a brace", utf8("{"), faulty("text")],
  ["a list", utf8("[1]"), faulty("JSON without an errcode")],
  ["words", utf8("Bad gateway"), faulty("text")],
  ["words in Chinese", utf8("请稍后再试"), faulty("text")],
  ["a web page", utf8("<!DOCTYPE html><title>502</title>"), faulty("a web page")],
  ["a web page in capitals behind a mark", utf8("\uFEFF<HTML>"), faulty("a web page")],
  ["a web page behind blanks", utf8("\n  <html>"), faulty("a web page")],
  ["a web page in GBK", GBK_PAGE, faulty("a web page")],
  ["XML", utf8('<?xml version="1.0"?><Error/>'), faulty("a web page")],
  [
    "gzip that isn't said to be",
    soundAfter(0x1f, 0x8b, 8),
    faulty("compressed data without Content-Encoding"),
  ],
  ["nothing", new Uint8Array(0), faulty("an empty body")],
  ["blanks", utf8(" \r\n"), faulty("an empty body")],
];

const TYPES: readonly (string | null)[] = [
  null,
  "voice/speex",
  "audio/x-speex-with-header-byte; rate=16000",
  "audio/amr",
  "application/octet-stream",
  "text/plain",
  " Text/Plain; charset=GBK",
  "text/html; charset=utf-8",
  "application/json; encoding=utf-8",
  "application/xml",
  "image/jpeg",
  "nonsense",
];

/** As media.ts asks: by the first bytes, and by more of them where those are not enough. */
function readAll(body: Uint8Array, headers: Headers, status = 200): Answer {
  const head = body.subarray(0, PEEK_BYTES);
  const extent = head.length < PEEK_BYTES ? "whole" : "beginning";
  const answer = readAnswer({ status, headers, head, extent });
  return answer.kind === "unfinished" ? readAnswer({ status, headers, head: body, extent: "whole" }) : answer;
}

const headersOf = (contentType: string | null) =>
  new Headers(contentType === null ? {} : { "content-type": contentType });

it.each(TYPES)("whatever comes is what its bytes say, called %s", (type) => {
  const read = BODIES.map(([name, body]) => [name, readAll(body, headersOf(type))]);
  expect(read).toEqual(BODIES.map(([name, , answer]) => [name, answer]));
});

describe("only where bytes can't tell, the type does:", () => {
  const digits = utf8("502 and no more");

  it.each(TYPES)("text that begins as a frame of Speex does, called %s", (type) => {
    const says = /text|json|xml/i.test(type ?? "");
    expect(readAll(digits, headersOf(type))).toEqual(says ? faulty("text") : MEDIA);
  });
});

describe("a long error", () => {
  const long = utf8(ERROR.replace("invalid", "x".repeat(5_000)));

  it("is read to its end before it is believed", () => {
    const arrival = { status: 200, headers: headersOf("voice/speex") };
    for (const length of [PEEK_BYTES, long.length - 1]) {
      const head = long.subarray(0, length);
      expect(readAnswer({ ...arrival, head, extent: "beginning" })).toEqual({ kind: "unfinished" });
    }
    expect(readAll(long, arrival.headers)).toMatchObject({ kind: "refused", error: { errcode: 40007 } });
  });

  it("may have more blanks in front than are looked at first", () => {
    expect(readAll(utf8(" ".repeat(1_000) + ERROR), headersOf(null))).toEqual(TOLD);
  });

  it("is no voice if it never ends", () => {
    expect(readAll(utf8(`{"a":"${"x".repeat(20_000)}`), headersOf("voice/speex"))).toEqual(faulty("text"));
  });
});

describe("a status", () => {
  const status = (code: number, next: "ask again" | "give up"): Answer => ({
    kind: "faulty",
    what: `HTTP status ${code}`,
    next,
  });

  it.each([200, 201, 203, 206])("%d says nothing: the bytes do", (code) => {
    for (const [name, body, answer] of BODIES)
      expect(readAll(body, new Headers(), code), name).toEqual(answer);
  });

  it.each([500, 502, 503, 599])("%d is no voice and may pass", (code) => {
    for (const body of [SPEEX, utf8("<html>"), utf8("oops"), new Uint8Array(0), utf8('{"message":"x"}')]) {
      expect(readAll(body, new Headers(), code)).toEqual(status(code, "ask again"));
    }
  });

  it.each([301, 302, 304, 400, 401, 403, 404, 429])("%d is no voice, and not asked about again", (code) => {
    for (const body of [SPEEX, utf8("<html>"), utf8("oops"), new Uint8Array(0)]) {
      expect(readAll(body, new Headers(), code)).toEqual(status(code, "give up"));
    }
  });

  it.each([200, 302, 404, 500])("%d with WeChat's words is what those say", (code) => {
    expect(readAll(utf8(ERROR), new Headers(), code)).toEqual(TOLD);
  });
});

describe("WeCom's headers", () => {
  const told = new Headers({ "error-code": "40007", "error-msg": "invalid media_id" });

  it("are believed whatever the body is", () => {
    for (const [, body] of BODIES) expect(readAll(body, told)).toEqual(refused(40007, "invalid media_id"));
  });

  it.each(["0", "", "abc", "1.5", "40007, 40007", "99999999999"])("with the code %j are not", (code) => {
    expect(readAll(SPEEX, new Headers({ "error-code": code }))).toEqual(MEDIA);
  });
});
