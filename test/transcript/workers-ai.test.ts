import { describe, expect, it } from "vitest";
import { createAiTranscriber, DEFAULT_AI_MODEL } from "../../src/transcript/workers-ai.ts";
import { REAL_WORLD } from "../../src/world.ts";

const RECORDING = {
  bytes: Uint8Array.from([82, 73, 70, 70]),
  mediaType: "audio/wav",
  filename: "voice.wav",
  durationSeconds: 2,
};

function transcribe(run: () => Promise<unknown>, language: string | null = null) {
  const asked: unknown[] = [];
  const ai = {
    run(model: string, input: unknown) {
      asked.push([model, input]);
      return run();
    },
  };
  return {
    asked,
    heard: createAiTranscriber(ai, DEFAULT_AI_MODEL, REAL_WORLD).transcribe(RECORDING, { language }, 50),
  };
}

describe("Workers AI", () => {
  it("is given the recording in base64, and told to skip what is no voice", async () => {
    const { asked, heard } = transcribe(
      async () => ({ text: "Hi.", transcription_info: { language: "en" } }),
      "en",
    );
    expect((await heard).heard).toMatchObject({ text: "Hi.", language: "en" });
    expect(asked).toEqual([
      [DEFAULT_AI_MODEL, { audio: "UklGRg==", task: "transcribe", vad_filter: true, language: "en" }],
    ]);
  });

  it.each([
    ["3040: Capacity temporarily exceeded, please try again.", "transcriber-unavailable", 10],
    ["AiError: 3007: Request timeout", "transcriber-unavailable", 10],
    ["3036: you have used up your daily free allocation of 10,000 neurons", "transcriber-unavailable", 3_600],
    ["Network connection lost.", "transcriber-unavailable", 10],
    ["5007: No such model @cf/openai/whisper-9 or task", "transcriber-refused", null],
    ["AiError: 3006: Request is too large", "transcriber-refused", null],
    ["5004: Invalid data type for base64 input", "transcriber-refused", null],
  ])("that fails with %j: %s", async (message, code, retryAfterSeconds) => {
    const { heard } = transcribe(() => Promise.reject(new Error(message)));
    await expect(heard).rejects.toMatchObject({
      code,
      retryAfterSeconds,
      message: `Workers AI failed: ${message}`,
    });
  });

  it("that falls silent is unavailable", async () => {
    const { heard } = transcribe(() => new Promise(() => {}));
    await expect(heard).rejects.toMatchObject({ code: "transcriber-unavailable" });
  });

  it("with a model that is no recogniser is refused", async () => {
    const { heard } = transcribe(async () => ({ response: "How can I help you?" }));
    await expect(heard).rejects.toMatchObject({ code: "transcriber-refused" });
  });
});
