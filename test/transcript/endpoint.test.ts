/** The endpoint's client, with the stand-in at the other end. */
import { beforeEach, describe, expect, it } from "vitest";
import { wavHeader } from "../../src/audio/wav.ts";
import { ServiceError } from "../../src/errors.ts";
import { createEndpointTranscriber } from "../../src/transcript/endpoint.ts";
import { REAL_WORLD } from "../../src/world.ts";
import type { TranscriberRule } from "../../tools/simulator/transcriber/misbehaviour.ts";
import { createTranscriberStandIn } from "../../tools/simulator/transcriber/stand-in.ts";

const KEY = "sk-abcdefgh-the-key-that-nobody-may-see-wxyz";
const standIn = createTranscriberStandIn(KEY);
const RECORDING = {
  bytes: new Uint8Array([...wavHeader(8_000, 16_000), ...new Uint8Array(16_000)]),
  mediaType: "audio/wav",
  filename: "voice.wav",
  durationSeconds: 0.5,
};

function transcribe({
  key = KEY,
  model = "whisper-1",
  language = null as string | null,
  timeoutMs = 60_000,
} = {}) {
  const settings = { url: "https://speech.test/v1/audio/transcriptions", key, model };
  const fetch = async (url: string, init: RequestInit) => standIn.handle(new Request(url, init));
  const transcriber = createEndpointTranscriber(settings, { ...REAL_WORLD, fetch });
  return transcriber.transcribe(RECORDING, { language }, timeoutMs);
}

async function failureOf(work: Promise<unknown>): Promise<ServiceError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof ServiceError) return error;
  throw new Error(`no ServiceError: ${String(error)}`);
}

beforeEach(() => standIn.reset());

describe("an endpoint in OpenAI's manner", () => {
  it("is sent the recording, the model, and no hint unless there is one", async () => {
    const { heard } = await transcribe();
    expect(heard.text).toBe("(The stand-in does not know this recording of 0.50 s.)");
    expect(heard.language).toBe("english");
    await transcribe({ language: "zh" });
    const asked = {
      model: "whisper-1",
      responseFormat: "verbose_json",
      filename: "voice.wav",
      mediaType: "audio/wav",
      lengthBytes: 16_044,
      status: 200,
    };
    expect(standIn.calls()).toEqual([
      { ...asked, language: null },
      { ...asked, language: "zh" },
    ]);
  });

  it("that knows no times is asked again for the text alone", async () => {
    const { heard } = await transcribe({ model: "gpt-4o-transcribe" });
    expect(heard.segments).toEqual([{ startSeconds: 0, endSeconds: 0.5, text: heard.text }]);
    expect(standIn.calls().map(({ responseFormat, status }) => [responseFormat, status])).toEqual([
      ["verbose_json", 400],
      ["json", 200],
    ]);
  });

  it("that refuses the key is not quoted: it shows both ends of it", async () => {
    const error = await failureOf(transcribe({ key: `${KEY}-of-yesterday` }));
    expect(error).toMatchObject({
      code: "transcriber-refused",
      message: "The transcriber refused TRANSCRIBER_KEY with HTTP status 401.",
    });
  });

  it("that refuses the model says so in its own words", async () => {
    expect(await failureOf(transcribe({ model: "whisper-9" }))).toMatchObject({
      code: "transcriber-refused",
      message:
        "The transcriber answered with HTTP status 404: The model `whisper-9` does not exist or you do not have access to it.",
    });
  });

  it.each([
    [400, "transcriber-refused"],
    [301, "transcriber-refused"],
    [402, "transcriber-refused"],
    [408, "transcriber-unavailable"],
    [413, "transcriber-refused"],
    [425, "transcriber-unavailable"],
    [429, "transcriber-unavailable"],
    [500, "transcriber-unavailable"],
    [503, "transcriber-unavailable"],
  ])("that answers with status %i: %s", async (status, code) => {
    standIn.misbehave({ kind: "status", status });
    expect((await failureOf(transcribe())).code).toBe(code);
  });

  it.each([
    ["7", 7],
    ["0", 1],
    ["999999", 3_600],
    [new Date(Date.now() + 90_000).toUTCString(), 90],
    ["soon", 10],
  ])("says when to come again: %s", async (retryAfter, seconds) => {
    standIn.misbehave({ kind: "status", status: 429, retryAfter });
    const told = (await failureOf(transcribe())).retryAfterSeconds ?? 0;
    expect(Math.abs(told - seconds)).toBeLessThanOrEqual(1);
  });

  it.each<[string, TranscriberRule, string]>([
    ["can't be reached", { kind: "network-failure" }, "The transcriber could not be reached."],
    ["breaks off", { kind: "cut" }, "The transcriber broke off its answer."],
    ["falls silent", { kind: "hang" }, "The transcriber did not answer in time."],
  ])("that %s is unavailable", async (_, rule, message) => {
    standIn.misbehave(rule);
    expect(await failureOf(transcribe({ timeoutMs: 50 }))).toMatchObject({
      code: "transcriber-unavailable",
      message,
      retryAfterSeconds: 10,
    });
  });

  it.each(["", "<html>Sign in to the Wi-Fi</html>", "{}", "[]", '"text"', '{"text":7}', '{"text":"cut'])(
    "that answers %j has not transcribed",
    async (text) => {
      standIn.misbehave({ kind: "body", text });
      expect((await failureOf(transcribe())).code).toBe("transcriber-refused");
    },
  );

  it("that never stops talking is read no further than a transcript can go", async () => {
    standIn.misbehave({ kind: "body", text: `{"text":"${"a".repeat(4_100_000)}"}` });
    expect((await failureOf(transcribe())).code).toBe("transcriber-refused");
  });

  it.each([
    [`your key ${KEY} is blocked`, "your key […] is blocked"],
    ["your key sk-abcd****wxyz is blocked", "your key […] is blocked"],
    ["key ending in may-see-wxyz.", "key ending in […]"],
    ["see https://speech.test/?key=1", "see […]"],
    ["two\r\nlines\u0000", "two lines"],
    ["a".repeat(400), `${"a".repeat(300)} …`],
  ])("is quoted without what its key could be known by: %j", async (message, quoted) => {
    standIn.misbehave({ kind: "status", status: 400, message });
    expect((await failureOf(transcribe())).message).toBe(
      `The transcriber answered with HTTP status 400: ${quoted}`,
    );
  });
});
