import { describe, expect, it } from "vitest";
import { renderTranscript } from "../../src/transcript/forms.ts";
import { joinHeard, joinTexts, type Transcript } from "../../src/transcript/transcript.ts";

const said = (texts: readonly string[], seconds = 2.5): Transcript => ({
  text: joinTexts(texts),
  language: "en",
  durationSeconds: texts.length * seconds,
  segments: texts.map((text, index) => ({
    startSeconds: index * seconds,
    endSeconds: (index + 1) * seconds,
    text,
  })),
  transcriber: "endpoint",
  model: "whisper-1",
});

describe("what was said", () => {
  it("is text, and a line break", () => {
    expect(renderTranscript(said(["Hello.", "Bye."]), "txt")).toBe("Hello. Bye.\n");
  });

  it("is WebVTT, with an empty line behind every cue", () => {
    expect(renderTranscript(said(["Hello.", "Bye."]), "vtt")).toBe(
      "WEBVTT\n\n00:00:00.000 --> 00:00:02.500\nHello.\n\n00:00:02.500 --> 00:00:05.000\nBye.\n",
    );
  });

  it("is SubRip, numbered from 1", () => {
    expect(renderTranscript(said(["Hello.", "Bye."]), "srt")).toBe(
      "1\n00:00:00,000 --> 00:00:02,500\nHello.\n\n2\n00:00:02,500 --> 00:00:05,000\nBye.\n",
    );
  });

  it("is all of it as JSON", () => {
    expect(JSON.parse(renderTranscript(said(["Hello."]), "transcript.json"))).toEqual(said(["Hello."]));
  });

  it("is nothing where nobody spoke", () => {
    expect(renderTranscript(said([]), "txt")).toBe("");
    expect(renderTranscript(said([]), "vtt")).toBe("WEBVTT\n");
    expect(renderTranscript(said([]), "srt")).toBe("");
  });

  it("can't end a cue or begin a tag by what was said", () => {
    const words = "1 < 2 & <b>bold</b> --> 00:00";
    expect(renderTranscript(said([words]), "vtt").split("\n")[3]).toBe(
      "1 &lt; 2 &amp; &lt;b&gt;bold&lt;/b&gt; --&gt; 00:00",
    );
    expect(renderTranscript(said([words]), "srt").split("\n")[2]).toBe("1 ＜ 2 & ＜b>bold＜/b> → 00:00");
  });

  it("gives a cue without length the least that players show, and counts hours", () => {
    const segments = [{ startSeconds: 3_661.25, endSeconds: 3_661.25, text: "Late." }];
    expect(renderTranscript({ ...said([]), segments }, "vtt")).toContain(
      "01:01:01.250 --> 01:01:01.350\nLate.",
    );
  });
});

describe("several recordings", () => {
  const heard = (text: string, language: string | null = null) => ({ ...said([text]), language });

  it("become one, each with its own time added", () => {
    const joined = joinHeard([
      { startSeconds: 0, heard: heard("One.") },
      { startSeconds: 60.02, heard: heard("") },
      { startSeconds: 120.1, heard: heard("Two.", "english") },
    ]);
    expect(joined).toMatchObject({ text: "One. Two.", language: "english" });
    expect(joined.segments.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])).toEqual([
      [0, 2.5],
      [60.02, 62.52],
      [120.1, 122.6],
    ]);
  });

  it("have a blank between them only where their languages have one", () => {
    expect(joinTexts(["你好。", "再见。"])).toBe("你好。再见。");
    expect(joinTexts(["Hello.", "", "Bye."])).toBe("Hello. Bye.");
    expect(joinTexts(["你好。", "Bye."])).toBe("你好。Bye.");
  });
});
