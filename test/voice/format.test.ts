import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ServiceError } from "../../src/errors.ts";
import { etagOf, FORMATS, type Format, parseVoiceName } from "../../src/voice/format.ts";
import { holds } from "../support/holds.ts";

const NAMES = Object.keys(FORMATS) as Format[];
const mediaId = fc.stringMatching(/^[A-Za-z0-9_-]{1,256}$/);

function codeOf(name: string): string {
  try {
    parseVoiceName(name, NAMES);
  } catch (error) {
    if (error instanceof ServiceError) return error.code;
    throw error;
  }
  return "parsed";
}

describe("a voice's name", () => {
  it("is its media id and its form", () => {
    holds(
      fc.property(mediaId, fc.constantFrom(...NAMES), (id, format) => {
        expect(parseVoiceName(`${id}.${format}`, NAMES)).toEqual({ mediaId: id, format });
      }),
    );
  });

  it("may leave the form open", () => {
    holds(
      fc.property(mediaId, (id) => {
        expect(parseVoiceName(id, NAMES)).toEqual({ mediaId: id, format: null });
      }),
    );
  });

  it.each([
    "",
    ".ogg",
    "a b",
    "a+b.ogg",
    "a/b",
    "ä",
    "a\n",
    "a".repeat(257),
    `${"a".repeat(257)}.ogg`,
    "a%20b",
    "../a",
  ])("without a media id in it is malformed: %j", (name) => {
    expect(codeOf(name)).toBe("media-id-malformed");
  });

  it.each(["a.", "a.flac", "a.OGG", "a.ogg.ogg", "a.ogg ", "a..ogg", "a.toString", "a.__proto__"])(
    "with an unknown form is told the known ones: %j",
    (name) => {
      expect(codeOf(name)).toBe("format-unknown");
      expect(() => parseVoiceName(name, NAMES)).toThrow(NAMES.map((known) => `.${known}`).join(", "));
    },
  );
});

it("a voice's ETag is strong and another one for each voice and form", () => {
  const tags = ["a", "b"].flatMap((id) => NAMES.map((format) => etagOf(id, format)));
  expect(new Set(tags).size).toBe(2 * NAMES.length);
  for (const tag of tags) expect(tag).toMatch(/^"[A-Za-z0-9._-]+"$/);
});
