import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { preferredType } from "../../src/http/accept.ts";
import { holds } from "../support/holds.ts";

const TIERS = [["voice/speex", "application/json"], ["audio/ogg; codecs=speex"]];

describe("of voice/speex and application/json, and audio/ogg as a last resort, a client gets", () => {
  it.each<[string, string | undefined, string]>([
    ["the first without an Accept header", undefined, "voice/speex"],
    ["the first with an empty one", "", "voice/speex"],
    ["the first with a blank one", "  ", "voice/speex"],
    ["the first when anything will do", "*/*", "voice/speex"],
    ["what it names", "application/json", "application/json"],
    ["what it names, in capitals", "Application/JSON", "application/json"],
    ["what its wildcard covers", "application/*", "application/json"],
    ["what it likes better", "voice/speex;q=0.5, application/json;q=0.9", "application/json"],
    ["what it names before what a wildcard covers", "*/*;q=0.1, application/json", "application/json"],
    ["not what it rules out", "*/*, voice/speex;q=0", "application/json"],
    ["the last resort when nothing else will do", "audio/ogg", "audio/ogg; codecs=speex"],
    ["the last resort by wildcard", "audio/*", "audio/ogg; codecs=speex"],
    ["the last resort by its codec", "audio/ogg;codecs=speex", "audio/ogg; codecs=speex"],
    ["anything but the last resort when it can", "audio/ogg, */*;q=0.1", "voice/speex"],
  ])("%s", (_, accept, type) => {
    expect(preferredType(accept, TIERS)).toBe(type);
  });

  it.each(["image/png", "audio/ogg;codecs=opus", "*/*;q=0", "audio/mpeg, text/html", "nonsense"])(
    "nothing for %s",
    (accept) => {
      expect(preferredType(accept, TIERS)).toBeNull();
    },
  );
});

it("any header at all is answered with one of the types, or none", () => {
  const types: readonly (string | null)[] = [...TIERS.flat(), null];
  holds(
    fc.property(fc.string(), (accept) => {
      expect(types).toContain(preferredType(accept, TIERS));
    }),
  );
});
