import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { preferredType } from "../../src/http/accept.ts";
import { holds } from "../support/holds.ts";

const OFFERS = ["voice/speex", "audio/wav", "application/json", "audio/ogg; codecs=speex"];

describe("of voice/speex, audio/wav, application/json and audio/ogg, in this order, a client gets", () => {
  it.each<[string, string | undefined, string]>([
    ["the first without an Accept header", undefined, "voice/speex"],
    ["the first with an empty one", "", "voice/speex"],
    ["the first with a blank one", "  ", "voice/speex"],
    ["the first with one that nobody can read", "nonsense", "voice/speex"],
    ["the first when anything will do", "*/*", "voice/speex"],
    ["what it names", "application/json", "application/json"],
    ["what it names, in capitals", "Application/JSON", "application/json"],
    ["the first that its wildcard covers", "audio/*", "audio/wav"],
    ["what it likes better", "voice/speex;q=0.5, application/json;q=0.9", "application/json"],
    ["what it likes better, though it stands late", "audio/wav;q=0.1, audio/ogg", "audio/ogg; codecs=speex"],
    ["what it names before what a wildcard covers", "*/*;q=0.1, application/json", "application/json"],
    ["what it names before what an equal wildcard covers", "*/*, application/json", "application/json"],
    ["not what it rules out", "*/*, voice/speex;q=0", "audio/wav"],
    ["what its codec names", "audio/ogg;codecs=speex", "audio/ogg; codecs=speex"],
    ["the earlier of two that it likes alike", "audio/ogg, audio/wav", "audio/wav"],
    ["what a browser can play", "audio/webm,audio/ogg,audio/wav,audio/*;q=0.9,*/*;q=0.5", "audio/wav"],
  ])("%s", (_, accept, type) => {
    expect(preferredType(accept, OFFERS)).toBe(type);
  });

  it.each(["image/png", "audio/ogg;codecs=opus", "*/*;q=0", "audio/mpeg, text/html"])(
    "nothing for %s",
    (accept) => {
      expect(preferredType(accept, OFFERS)).toBeNull();
    },
  );
});

it("any header at all is answered with one of the types, or none", () => {
  const types: readonly (string | null)[] = [...OFFERS, null];
  holds(
    fc.property(fc.string(), (accept) => {
      expect(types).toContain(preferredType(accept, OFFERS));
    }),
  );
});
