/** Answers of servers that call themselves compatible, good and odd. */
import { describe, expect, it } from "vitest";
import { readHeard } from "../../src/transcript/heard.ts";

const segment = (start: unknown, end: unknown, text: unknown, more = {}) => ({ start, end, text, ...more });

describe("an answer", () => {
  it("of OpenAI's has text, language, duration and times", () => {
    const body = {
      task: "transcribe",
      language: "Chinese",
      duration: 3.1,
      text: " 你好。 再见。 ",
      segments: [segment(0, 1.5, " 你好。"), segment(1.5, 3.1, "再见。")],
    };
    expect(readHeard(body, 3)).toEqual({
      heard: {
        text: "你好。 再见。",
        language: "chinese",
        segments: [
          { startSeconds: 0, endSeconds: 1.5, text: "你好。" },
          { startSeconds: 1.5, endSeconds: 3, text: "再见。" },
        ],
      },
      durationSeconds: 3.1,
    });
  });

  it("of Workers AI's has its language elsewhere", () => {
    const body = {
      text: "Hi.",
      transcription_info: { language: "en", duration: 2 },
      segments: [],
      vtt: "WEBVTT",
    };
    expect(readHeard(body, null)).toMatchObject({
      heard: { language: "en", segments: [{ startSeconds: 0, endSeconds: 2, text: "Hi." }] },
      durationSeconds: 2,
    });
  });

  it("that has only a text is one segment as long as the voice", () => {
    expect(readHeard({ text: "Hi." }, 4)).toEqual({
      heard: { text: "Hi.", language: null, segments: [{ startSeconds: 0, endSeconds: 4, text: "Hi." }] },
      durationSeconds: null,
    });
  });

  it("without words is empty, not a segment", () => {
    expect(readHeard({ text: " \n" }, 4)?.heard).toEqual({ text: "", language: null, segments: [] });
  });

  it.each([null, 7, "text", [], {}, { text: 7 }, { error: { message: "no" } }, { segments: [] }])(
    "that is none is told apart: %j",
    (body) => {
      expect(readHeard(body, 4)).toBeNull();
    },
  );

  it.each([
    ["a time that is none", [segment("soon", 2, "a")]],
    ["a time before the beginning", [segment(-1, 2, "a")]],
    ["an end before its start", [segment(2, 1, "a")]],
    ["no text", [segment(0, 1, null)]],
    ["something else", [null]],
    ["an object", { 0: segment(0, 1, "a") }],
  ])("whose segments have %s is one segment", (_, segments) => {
    expect(readHeard({ text: "All of it.", segments }, 4)?.heard.segments).toEqual([
      { startSeconds: 0, endSeconds: 4, text: "All of it." },
    ]);
  });

  it("has its cues in order and within the voice, also where the recogniser was off", () => {
    const segments = [
      segment("0.5", "2", "a"),
      segment(0.2, 9, "b"),
      segment(7, 8, "c"),
      segment(3, 3.5, " "),
    ];
    expect(readHeard({ text: "a b c", segments }, 4)?.heard.segments).toEqual([
      { startSeconds: 0.5, endSeconds: 2, text: "a" },
      { startSeconds: 0.5, endSeconds: 4, text: "b" },
      { startSeconds: 4, endSeconds: 4, text: "c" },
    ]);
  });

  it("loses what Whisper itself takes for an invention", () => {
    const invented = { no_speech_prob: 0.9, avg_logprob: -1.4 };
    const segments = [segment(0, 1, "Hello."), segment(1, 4, "Thank you for watching!", invented)];
    expect(readHeard({ text: "Hello. Thank you for watching!", segments }, 4)?.heard.text).toBe("Hello.");
    const all = readHeard({ text: "Thanks!", segments: [segment(0, 4, "Thanks!", invented)] }, 4);
    expect(all?.heard).toEqual({ text: "", language: null, segments: [] });
  });

  it("holds no line breaks, control characters or halves of characters", () => {
    const text = "one\r\n\r\ntwo\u0000\u2028three\ud800";
    expect(readHeard({ text }, 1)?.heard.segments[0]?.text).toBe("one two three\ufffd");
  });
});
