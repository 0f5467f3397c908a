/** What a keeper has transcribed: once for everybody, and nothing after a removal. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Transcriber } from "../../src/transcript/transcriber.ts";
import { InOrder } from "../../src/voice/in-order.ts";
import { Room } from "../../src/voice/room.ts";
import { VoiceStore } from "../../src/voice/store.ts";
import { TranscriptsUnderWay } from "../../src/voice/transcripts-under-way.ts";
import { voice } from "../support/fixtures.ts";
import "../support/gateway.ts";
import { ACCOUNT, type Answer, NAME, type PlayedOptions, playKeeper } from "../support/voices-under-way.ts";

const SPEEX = voice("short-half-second");
const KEY = "voice/v1/wx1/voice-1/transcript";

/** A transcriber that says what it is told to, and counts. */
function play(
  answers: readonly Answer[],
  { heldBytes = 0, ...options }: PlayedOptions & { heldBytes?: number } = {},
) {
  const asked: (string | null)[] = [];
  const gate = { open: Promise.resolve() };
  const transcriber: Transcriber = {
    name: "endpoint",
    model: "m",
    async transcribe(_, { language }) {
      asked.push(language);
      const text = `${language} ${asked.length}`;
      await gate.open;
      return { heard: { text, language, segments: [] }, durationSeconds: null };
    },
  };
  const writes = new InOrder();
  const played = playKeeper(answers, { writes, ...options });
  const transcripts = new TranscriptsUnderWay({
    voices: played.voices,
    storeOf: ({ appId }) => new VoiceStore(env.VOICES, appId),
    transcriber,
    room: new Room(new Map([["other", heldBytes]]), "test"),
    writes,
    waitUntil: (promise) => void promise,
    nowMs: Date.now,
  });
  const textOf = async (language: string | null = null) =>
    (await transcripts.transcribe(NAME, language)).transcript.text;
  return { ...played, transcripts, transcriber, asked, gate, textOf };
}

function closed(): { promise: Promise<void>; resolve: () => void } {
  return Promise.withResolvers<void>();
}

describe("a keeper", () => {
  it("asks once for those who come together, and tells the later ones so", async () => {
    const { transcripts, asked } = play([SPEEX]);
    const both = await Promise.all([transcripts.transcribe(NAME, null), transcripts.transcribe(NAME, null)]);
    expect(both.map(({ cacheStatus }) => cacheStatus)).toEqual([
      "fwd=uri-miss; stored",
      "fwd=uri-miss; stored; collapsed",
    ]);
    expect(asked).toEqual([null]);
    expect((await transcripts.transcribe(NAME, null)).cacheStatus).toBe("hit");
  });

  it("has one question in flight a voice: another hint waits, and no hint takes what comes", async () => {
    const { textOf, asked, gate } = play([SPEEX]);
    const { promise, resolve } = closed();
    gate.open = promise;
    const all = Promise.all([textOf("zh"), textOf("en"), textOf(), textOf("zh"), textOf("en")]);
    await expect.poll(() => asked).toEqual(["zh"]);
    resolve();
    expect(await all).toEqual(["zh 1", "en 2", "zh 1", "zh 1", "en 2"]);
    expect(asked).toEqual(["zh", "en"]);
  });

  it("is not stopped by a failure that others waited for", async () => {
    const { textOf, transcriber, asked } = play([SPEEX]);
    const { transcribe } = transcriber;
    Object.assign(transcriber, { transcribe: () => Promise.reject(new Error("the first one fails")) });
    const [first, second] = await Promise.allSettled([textOf(), textOf()]);
    expect([first.status, second.status]).toEqual(["rejected", "rejected"]);
    Object.assign(transcriber, { transcribe });
    expect(await textOf()).toBe("null 1");
    expect(asked).toHaveLength(1);
  });

  it("gives what was under way to those who waited, and does not store it, once the voice is deleted", async () => {
    const { textOf, transcripts, voices, asked, gate } = play([SPEEX, SPEEX]);
    const { promise, resolve } = closed();
    gate.open = promise;
    const waiting = transcripts.transcribe(NAME, null);
    await expect.poll(() => asked).toHaveLength(1);
    transcripts.drop(ACCOUNT, "voice-1");
    await voices.remove(ACCOUNT, "voice-1");
    resolve();
    expect(await waiting).toMatchObject({ transcript: { text: "null 1" }, cacheStatus: "fwd=uri-miss" });
    expect(await env.VOICES.head(KEY)).toBeNull();
    expect(await textOf()).toBe("null 2");
  });

  it("deletes a stored transcript with its voice, a page's and a chat's", async () => {
    const { textOf, transcripts, voices } = play([SPEEX, SPEEX]);
    await textOf();
    await transcripts.transcribe({ ...NAME, recordedIn: "chat" }, null);
    await voices.remove(ACCOUNT, "voice-1");
    expect((await env.VOICES.list()).objects).toEqual([]);
  });

  it("fetches a voice once, also where its source is not stored", async () => {
    const played = play([SPEEX], { keep: [] });
    expect(await played.textOf()).toBe("null 1");
  });

  it("answers all the same where R2 takes nothing", async () => {
    const { transcripts } = play([SPEEX]);
    const put = env.VOICES.put.bind(env.VOICES);
    const bucket = new Proxy(env.VOICES, {
      get: (target, name) =>
        name === "put"
          ? (key: string, ...rest: [never]) =>
              key === KEY ? Promise.reject(new Error("no")) : put(key, ...rest)
          : Reflect.get(target, name).bind(target),
    });
    const failing = play([SPEEX], { bucket });
    expect(transcripts).toBeDefined();
    expect(await failing.textOf()).toBe("null 1");
  });

  it("refuses for now what it has no room for", async () => {
    const { transcripts } = play([SPEEX], { heldBytes: 24 * 1024 * 1024 - 1_000 });
    await expect(transcripts.transcribe(NAME, null)).rejects.toMatchObject({
      code: "transcriber-unavailable",
      retryAfterSeconds: 10,
    });
  });

  it("sends AMR as it came", async () => {
    const amr = new TextEncoder().encode(`#!AMR\n${"<".repeat(32 * 50)}`);
    const { transcripts, transcriber } = play([amr]);
    const sent: unknown[] = [];
    Object.assign(transcriber, {
      async transcribe(recording: { bytes: Uint8Array; mediaType: string; filename: string }) {
        sent.push([recording.bytes.length, recording.mediaType, recording.filename]);
        return { heard: { text: "Hi.", language: null, segments: [] }, durationSeconds: 1 };
      },
    });
    const { transcript } = await transcripts.transcribe({ ...NAME, recordedIn: "chat" }, null);
    expect(sent).toEqual([[amr.length, "audio/amr", "voice.amr"]]);
    expect(transcript).toMatchObject({ text: "Hi.", durationSeconds: 1 });
  });
});
