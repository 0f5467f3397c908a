/** What was said, through the whole gateway. The stand-in at the other end knows the voices by their sound. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { TranscriberRule } from "../../tools/simulator/transcriber/misbehaviour.ts";
import {
  APP_ID,
  BACKEND_KEY,
  DELETER_KEY,
  LISTENER_KEY,
  OTHER_APP_ID,
  READER_KEY,
} from "../support/accounts.ts";
import { oggFile, voice } from "../support/fixtures.ts";
import { ask, jsonOf, storedKeys, textOf, wechat } from "../support/gateway.ts";
import { bend } from "../support/world.ts";

const ENGLISH =
  "Hello. This voice message left a phone as bare Speex frames. Now any player, anywhere, can open it.";
const CHINESE = "你好，这是一条高清语音，到处都能播放。";
const FORMS = ["txt", "vtt", "srt", "transcript.json"] as const;
const KEY = `voice/v1/${APP_ID}/voice-1/transcript`;

function listen(name: string, headers: Record<string, string> = {}, method = "GET"): Promise<Response> {
  return ask(`/v1/voices/${name}`, {
    method,
    headers: { authorization: `Bearer ${LISTENER_KEY}`, ...headers },
  });
}

function record(name: string, mediaId = "voice-1", appId = APP_ID): void {
  wechat.addRecording(appId, mediaId, voice(name));
}

const transcriptions = () => wechat.transcriber.calls().length;

describe("what was said", () => {
  it("comes in every form, asked for once, and then out of the store", async () => {
    record("english-8s");
    const first = await listen("voice-1.txt");
    expect(await textOf(first)).toBe(`${ENGLISH}\n`);
    expect(first.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(first.headers.get("cache-status")).toBe("hdvoice; fwd=uri-miss; stored");
    expect(first.headers.get("cache-control")).toBe("private, no-cache");
    expect(first.headers.get("content-disposition")).toBe('inline; filename="voice-1.txt"');

    const vtt = await listen("voice-1.vtt");
    expect(vtt.headers.get("content-type")).toBe("text/vtt; charset=utf-8");
    expect(vtt.headers.get("cache-status")).toBe("hdvoice; hit");
    expect(await textOf(vtt)).toBe(`WEBVTT\n\n00:00:00.000 --> 00:00:08.000\n${ENGLISH}\n`);
    expect(await textOf(await listen("voice-1.srt"))).toBe(`1\n00:00:00,000 --> 00:00:08,000\n${ENGLISH}\n`);
    expect(await jsonOf(await listen("voice-1.transcript.json"))).toEqual({
      text: ENGLISH,
      language: "english",
      segments: [{ startSeconds: 0, endSeconds: 8, text: ENGLISH }],
      durationSeconds: 8,
      transcriber: "endpoint",
      model: "whisper-1",
    });
    expect(wechat.transcriber.calls()).toEqual([
      {
        model: "whisper-1",
        language: null,
        responseFormat: "verbose_json",
        filename: "voice.wav",
        mediaType: "audio/wav",
        lengthBytes: 44 + 8 * 32_000,
        status: 200,
      },
    ]);
    expect((await env.VOICES.head(KEY))?.customMetadata).toMatchObject({
      transcriber: "endpoint",
      model: "whisper-1",
    });
  });

  it.each([
    ["chinese-6s", CHINESE],
    ["child-3s", "Look, the kite is flying higher than our house!"],
    ["low-3s", "The old harbour bell rings twice at noon."],
    ["noisy-5s", "I am at the station. The train is late, and it is loud in here."],
    ["clipping-2s", "Too close to the microphone!"],
    ["short-half-second", "Okay."],
  ])("is heard in %s", async (name, text) => {
    record(name);
    expect(await textOf(await listen("voice-1.txt"))).toBe(`${text}\n`);
  });

  it("has the times of its sentences, over a whole minute", async () => {
    record("minute-60s");
    const { segments } = await jsonOf<{ segments: { startSeconds: number; endSeconds: number }[] }>(
      await listen("voice-1.transcript.json"),
    );
    expect(segments).toHaveLength(8);
    expect(segments[0]?.startSeconds).toBe(0);
    expect(segments.at(-1)?.endSeconds).toBe(60);
  });

  it.each(["digital-silence-1s", "near-silence-2s"])(
    "is nothing in %s, and nobody is asked",
    async (name) => {
      record(name);
      const response = await listen("voice-1.txt");
      expect(response.headers.get("content-length")).toBe("0");
      expect(await textOf(response)).toBe("");
      expect(await textOf(await listen("voice-1.vtt"))).toBe("WEBVTT\n");
      expect(await jsonOf(await listen("voice-1.transcript.json"))).toMatchObject({
        text: "",
        segments: [],
        language: null,
      });
      expect(transcriptions()).toBe(0);
    },
  );

  it("is heard in a voice that lies in the store as WAV, WeChat or no WeChat", async () => {
    record("english-8s");
    await ask("/v1/voices/voice-1.wav").then((response) => response.arrayBuffer());
    await ask("/v1/voices/voice-1.wav").then((response) => response.arrayBuffer());
    await storedKeys();
    wechat.misbehave({ kind: "errcode", errcode: 40007 });
    expect(await textOf(await listen("voice-1.txt"))).toBe(`${ENGLISH}\n`);
  });

  it("is told by the stand-in to be a cut recording, where it is one", async () => {
    wechat.addRecording(APP_ID, "voice-1", voice("english-8s").subarray(0, 6_000));
    expect(await textOf(await listen("voice-1.txt"))).toBe(
      "(The stand-in does not know this recording of 2.00 s.)\n",
    );
  });

  it("is heard at other rates than 16 kHz, as far as its transcriber takes them", async () => {
    wechat.addRecording(APP_ID, "voice-1", oggFile("speexenc-8000"));
    const body = await jsonOf(await listen("voice-1.txt"));
    // OpenAI resamples; the stand-in wants the rate that WeChat's voices have, and says so.
    expect(body).toMatchObject({
      code: "transcriber-refused",
      detail: expect.stringContaining("its rate is another"),
    });
  });
});

describe("a hint of the language", () => {
  it("is passed on, and a transcript that was made without it is made anew", async () => {
    record("chinese-6s");
    await textOf(await listen("voice-1.txt"));
    await textOf(await listen("voice-1.txt?language=zh"));
    await textOf(await listen("voice-1.txt?language=zh"));
    const last = await listen("voice-1.txt");
    expect(last.headers.get("cache-status")).toBe("hdvoice; hit");
    expect(wechat.transcriber.calls().map(({ language }) => language)).toEqual([null, "zh"]);
  });

  it.each(["Klingon", "zh-CN", "", "z", "ZH"])("is not %j", async (language) => {
    expect(await jsonOf(await listen(`voice-1.txt?language=${language}`))).toMatchObject({
      code: "request-invalid",
    });
    expect(transcriptions()).toBe(0);
  });

  it("can't be hung onto a signed link, whose holder would spend the operator's money", async () => {
    record("chinese-6s");
    const headers = { authorization: `Bearer ${BACKEND_KEY}` };
    const body = JSON.stringify({ format: "txt" });
    const made = await ask("/v1/voices/voice-1/links", { method: "POST", headers, body });
    const { pathname, search } = new URL((await jsonOf<{ url: string }>(made)).url);
    const open = (more: string) => ask(pathname + search + more, { headers: { authorization: "none" } });
    expect(await textOf(await open(""))).toBe(`${CHINESE}\n`);
    expect(await textOf(await open("&language=en&from=singlemessage"))).toBe(`${CHINESE}\n`);
    expect(wechat.transcriber.calls().map(({ language }) => language)).toEqual([null]);
  });
});

describe.each(FORMS)("the form .%s", (form) => {
  const name = `voice-1.${form}`;

  it("is known by its content: 304, 412", async () => {
    record("english-8s");
    const first = await listen(name);
    const etag = first.headers.get("etag") ?? "";
    await textOf(first);
    expect(etag).toMatch(/^"voice-1\..+\.[0-9a-f]{32}"$/);
    expect((await listen(name, { "if-none-match": etag })).status).toBe(304);
    expect((await listen(name, { "if-match": '"another"' })).status).toBe(412);
  });

  it("answers HEAD on the very first request", async () => {
    record("english-8s");
    const head = await listen(name, {}, "HEAD");
    const body = await listen(name);
    expect(head.status).toBe(200);
    expect(head.headers.get("content-length")).toBe(body.headers.get("content-length"));
    expect(head.headers.get("etag")).toBe(body.headers.get("etag"));
    await textOf(body);
  });

  it("is given in part", async () => {
    record("english-8s");
    const whole = new Uint8Array(await (await listen(name)).arrayBuffer());
    const part = await listen(name, { range: "bytes=1-4" });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe(`bytes 1-4/${whole.length}`);
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(whole.subarray(1, 5));
    const beyond = await listen(name, { range: `bytes=${whole.length}-` });
    expect(beyond.status).toBe(416);
    await textOf(beyond);
  });

  it.each<[string, TranscriberRule, string, string | null]>([
    ["is busy", { kind: "status", status: 429 }, "transcriber-unavailable", "20"],
    ["fails", { kind: "status", status: 500 }, "transcriber-unavailable", "10"],
    ["can't be reached", { kind: "network-failure" }, "transcriber-unavailable", "10"],
    ["breaks off", { kind: "cut" }, "transcriber-unavailable", "10"],
    ["falls silent", { kind: "hang" }, "transcriber-unavailable", "10"],
    ["refuses the sound", { kind: "status", status: 400 }, "transcriber-refused", null],
    ["refuses the key", { kind: "status", status: 401 }, "transcriber-refused", null],
    ["finds it too large", { kind: "status", status: 413 }, "transcriber-refused", null],
    ["is a web page", { kind: "body", text: "<html>" }, "transcriber-refused", null],
    ["sends on to elsewhere", { kind: "status", status: 302 }, "transcriber-refused", null],
  ])("is a problem while the transcriber %s, and nothing is stored", async (_, rule, code, retryAfter) => {
    bend({ hurry: 1_000 });
    record("english-8s");
    wechat.transcriber.misbehave(rule);
    const response = await listen(name);
    expect(response.headers.get("retry-after")).toBe(retryAfter);
    expect(response.status).toBe(code === "transcriber-refused" ? 502 : 503);
    expect(await jsonOf(response)).toMatchObject({ code });
    expect(await storedKeys()).toEqual([`voice/v1/${APP_ID}/voice-1/source`]);

    wechat.transcriber.behave();
    const next = await listen(name);
    expect(next.status).toBe(200);
    await textOf(next);
  });

  it.each([
    ["of a key that may only read voices", READER_KEY, 403],
    ["of a key that may only listen", LISTENER_KEY, 200],
  ])("is for the scope voices:transcribe: a request %s", async (_, key, status) => {
    record("short-half-second");
    const response = await listen(name, { authorization: `Bearer ${key}` });
    expect(response.status).toBe(status);
    await textOf(response);
  });

  it("leaves the voice itself to those who may read it", async () => {
    const response = await listen("voice-1.wav");
    expect(response.status).toBe(403);
    await textOf(response);
  });
});

describe("a stored transcript", () => {
  it("goes with its voice", async () => {
    record("english-8s");
    await textOf(await listen("voice-1.txt"));
    const headers = { authorization: `Bearer ${DELETER_KEY}` };
    expect((await ask("/v1/voices/voice-1", { method: "DELETE", headers })).status).toBe(204);
    expect(await storedKeys()).toEqual([]);
    await textOf(await listen("voice-1.txt"));
    expect(transcriptions()).toBe(2);
  });

  it("of another model is made anew; where nobody can, it would be gone", async () => {
    record("english-8s");
    await textOf(await listen("voice-1.txt"));
    const stored = await env.VOICES.get(KEY);
    const transcript = {
      ...(await stored?.json<Record<string, unknown>>()),
      text: "Old.",
      model: "whisper-0",
    };
    const customMetadata = { ...stored?.customMetadata, model: "whisper-0" };
    await env.VOICES.put(KEY, JSON.stringify(transcript), { customMetadata });

    const response = await listen("voice-1.txt");
    expect(response.headers.get("cache-status")).toBe("hdvoice; fwd=uri-miss; stored");
    expect(await textOf(response)).toBe(`${ENGLISH}\n`);
    expect((await env.VOICES.head(KEY))?.customMetadata?.model).toBe("whisper-1");
  });

  it.each([
    ["no metadata", "{}", {}],
    ["no JSON", "{", { v: "1", madeAt: new Date(0).toISOString() }],
    ["something else", "{}", { v: "1", madeAt: new Date(0).toISOString() }],
  ])("with %s in it is as good as absent", async (_, body, customMetadata) => {
    record("english-8s");
    await env.VOICES.put(KEY, body, { customMetadata });
    expect(await textOf(await listen("voice-1.txt"))).toBe(`${ENGLISH}\n`);
  });

  it("belongs to one account", async () => {
    record("english-8s");
    record("chinese-6s", "voice-1", OTHER_APP_ID);
    expect(await textOf(await listen("voice-1.txt"))).toBe(`${ENGLISH}\n`);
    const other = await ask(`/v1/apps/${OTHER_APP_ID}/voices/voice-1.txt`, {
      headers: { authorization: `Bearer ${LISTENER_KEY}` },
    });
    expect(await textOf(other)).toBe(`${CHINESE}\n`);
  });
});

describe("joined voices", () => {
  it("are told one after the other, each with the time of those before it", async () => {
    record("short-half-second", "a");
    record("digital-silence-1s", "b");
    record("low-3s", "c");
    const response = await listen("a,b,c.transcript.json");
    expect(response.headers.get("content-disposition")).toBe(
      'inline; filename="a-and-2-more.transcript.json"',
    );
    expect(await jsonOf(response)).toEqual({
      text: "Okay. The old harbour bell rings twice at noon.",
      language: "english",
      segments: [
        { startSeconds: 0, endSeconds: 0.5, text: "Okay." },
        { startSeconds: 1.5, endSeconds: 4.5, text: "The old harbour bell rings twice at noon." },
      ],
      durationSeconds: 4.5,
      transcriber: "endpoint",
      model: "whisper-1",
    });
    expect(await textOf(await listen("c,a.srt"))).toContain("00:00:03,000 --> 00:00:03,500\nOkay.");
    expect(transcriptions()).toBe(2);
  });

  it("fail with the problem of the one that can't be had, which names it", async () => {
    record("short-half-second", "a");
    expect(await jsonOf(await listen("a,gone.txt"))).toMatchObject({
      code: "voice-not-found",
      detail: expect.stringContaining("The voice gone:"),
    });
    expect(await jsonOf(await listen("a,not%20an%20id.txt"))).toMatchObject({ code: "media-id-malformed" });
  });
});

describe("fifty requests at once", () => {
  it("are one transcription", async () => {
    record("english-8s");
    wechat.transcriber.misbehave({ kind: "slow", delayMs: 300 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => listen(`voice-1.${FORMS[index % FORMS.length]}`)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    for (const answer of answers) expect(await textOf(answer)).toContain("Hello.");
    expect(transcriptions()).toBe(1);
    expect(wechat.calls({ path: "/cgi-bin/media/get/jssdk" })).toHaveLength(1);
  });
});
