import { describe, expect, it } from "vitest";
import { faultsWith, parse } from "../support/settings.ts";

const URL = "https://api.openai.com/v1/audio/transcriptions";

describe("the transcriber", () => {
  it("is Workers AI's Whisper, where nothing is said", () => {
    expect(parse({}).transcriber).toEqual({ endpoint: null, aiModel: "@cf/openai/whisper-large-v3-turbo" });
  });

  it("is an endpoint, with a key and a model or without", () => {
    expect(parse({ TRANSCRIBER_URL: URL }).transcriber.endpoint).toEqual({
      url: URL,
      key: null,
      model: "whisper-1",
    });
    const settings = {
      TRANSCRIBER_URL: "http://127.0.0.1:8080/inference",
      TRANSCRIBER_KEY: "k",
      TRANSCRIBER_MODEL: "small",
    };
    expect(parse(settings).transcriber.endpoint).toEqual({
      url: "http://127.0.0.1:8080/inference",
      key: "k",
      model: "small",
    });
  });

  it.each([
    "https://api.openai.com",
    "https://api.openai.com/",
    "openai",
    "ftp://a/b",
    "https://user:pass@a.test/b",
  ])("is not %s", (url) => {
    expect(faultsWith({ TRANSCRIBER_URL: url })).toEqual([
      "TRANSCRIBER_URL must be the whole URL of the endpoint, such as https://api.openai.com/v1/audio/transcriptions, without a user name.",
    ]);
  });

  it("is not told a key by plain http", () => {
    expect(faultsWith({ TRANSCRIBER_URL: "http://speech.test/v1/audio/transcriptions" })).toEqual([
      "TRANSCRIBER_URL must begin with https://: only this machine may be asked by http://.",
    ]);
  });

  it("has no blanks that came along", () => {
    expect(faultsWith({ TRANSCRIBER_URL: `${URL} `, TRANSCRIBER_KEY: "k\n" })).toEqual([
      "TRANSCRIBER_URL ends with a blank.",
      "TRANSCRIBER_KEY ends with a line break.",
    ]);
  });
});
