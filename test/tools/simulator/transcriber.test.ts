/** The stand-in for a transcriber says no where OpenAI does, and knows a voice by its sound. */
import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { wavHeader } from "../../../src/audio/wav.ts";
import { createVoice } from "../../../tools/cli/voice.ts";
import { createTranscriberStandIn } from "../../../tools/simulator/transcriber/stand-in.ts";
import { loadSpeexModule } from "../../../tools/speex-module.ts";

const KEY = "sk-test-0123456789abcdef";
const standIn = createTranscriberStandIn(KEY);
beforeEach(() => standIn.reset());

async function pcmOf(name: string): Promise<Uint8Array> {
  const speex = readFileSync(`test/fixtures/voices/${name}.speex`);
  const parts: Uint8Array[] = [];
  const input = (async function* () {
    yield new Uint8Array(speex);
  })();
  for await (const part of createVoice(loadSpeexModule(), input, { enhance: true }).pcm())
    parts.push(part.slice());
  return new Uint8Array(Buffer.concat(parts));
}

function wavOf(pcm: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat([wavHeader(pcm.length / 2, 16_000), pcm]));
}

interface Sent {
  fields?: Record<string, string>;
  file?: Uint8Array<ArrayBuffer> | null;
  name?: string;
  key?: string | null;
}

function send({
  fields = {},
  file = wavOf(new Uint8Array(16_000)),
  name = "voice.wav",
  key = KEY,
}: Sent = {}) {
  const form = new FormData();
  if (file) form.set("file", new File([file], name));
  for (const [field, value] of Object.entries({ model: "whisper-1", ...fields })) form.set(field, value);
  const headers = key === null ? {} : { authorization: `Bearer ${key}` };
  return standIn.handle(
    new Request("https://speech.test/v1/audio/transcriptions", { method: "POST", headers, body: form }),
  );
}

describe("the stand-in", () => {
  it("knows a voice by its sound alone", async () => {
    const file = wavOf(await pcmOf("low-3s"));
    const response = await send({ file, name: "child-3s.wav", fields: { response_format: "verbose_json" } });
    expect(await response.json()).toMatchObject({
      task: "transcribe",
      language: "english",
      duration: 3,
      text: "The old harbour bell rings twice at noon.",
    });
  });

  it.each<[string, (pcm: Uint8Array) => Uint8Array]>([
    ["cut", (pcm) => pcm.subarray(0, pcm.length - 640)],
    [
      "shifted by a fifth of a second",
      (pcm) => new Uint8Array(Buffer.concat([new Uint8Array(6_400), pcm.subarray(0, -6_400)])),
    ],
    ["shifted by a byte", (pcm) => new Uint8Array(Buffer.concat([new Uint8Array(1), pcm.subarray(0, -1)]))],
    [
      "half as loud",
      (pcm) => new Uint8Array(new Int16Array(pcm.slice().buffer).map((sample) => sample / 4).buffer),
    ],
    ["played backwards", (pcm) => new Uint8Array(new Int16Array(pcm.slice().buffer).reverse().buffer)],
  ])("does not know one that is %s", async (_, change) => {
    const file = wavOf(change(await pcmOf("low-3s")));
    expect((await (await send({ file })).json()) as object).toMatchObject({
      text: expect.stringContaining("does not know this recording"),
    });
  });

  it.each<[string, Sent, number, string]>([
    ["no key", { key: null }, 401, "You didn't provide an API key"],
    ["another key", { key: "sk-wrong-key-0123456789" }, 401, "sk-wrong************6789"],
    ["no model", { fields: { model: "" } }, 400, "you must provide a model parameter"],
    ["a model that there is not", { fields: { model: "whisper-9" } }, 404, "does not exist"],
    ["no file", { file: null }, 400, "file"],
    ["a file of another kind", { name: "voice.amr" }, 400, "Invalid file format"],
    ["a file that is no WAV", { file: new Uint8Array(100) }, 400, "could not be decoded"],
    ["a file that is too short", { file: wavOf(new Uint8Array(3_198)) }, 400, "too short"],
    ["a file that is too large", { file: new Uint8Array(26_300_000) }, 413, "Maximum content size"],
    ["a format that it does not know", { fields: { response_format: "xml" } }, 400, "response_format"],
    [
      "times of a model without",
      { fields: { model: "gpt-4o-transcribe", response_format: "verbose_json" } },
      400,
      "not compatible",
    ],
    ["a language that is none", { fields: { language: "zh-CN" } }, 400, "Language"],
  ])("refuses %s in OpenAI's words", async (_, sent, status, words) => {
    const response = await send(sent);
    const { error } = (await response.json()) as { error: { message: string; type: string } };
    expect(response.status).toBe(status);
    expect(error.message).toContain(words);
    expect(error.type).toBe("invalid_request_error");
  });

  it("refuses what is no form", async () => {
    const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };
    const request = new Request("https://speech.test/", { method: "POST", headers, body: "{}" });
    expect((await standIn.handle(request)).status).toBe(400);
  });

  it("misbehaves as often as it was told to", async () => {
    standIn.misbehave({ kind: "status", status: 429, times: 1 });
    expect((await send()).headers.get("retry-after")).toBe("20");
    expect((await send()).status).toBe(200);
  });
});
