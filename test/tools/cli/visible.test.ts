import fc from "fast-check";
import { expect, it } from "vitest";
import { visible } from "../../../tools/cli/visible.ts";

it.each([
  ["a colour", "\x1b[31mred\x1b[0m", "\\u001b[31mred\\u001b[0m"],
  ["the one-byte form of the same", "\u009b31m", "\\u009b31m"],
  ["a line of its own", "gone\nhdvoice: all is well", "gone\\nhdvoice: all is well"],
  ["a line over the line", "failed\rdone  ", "failed\\rdone  "],
  ["backspaces and a bell", "no\b\byes\x07", "no\\u0008\\u0008yes\\u0007"],
  ["a name that reads backwards", "gpj.\u202egepj", "gpj.\\u202egepj"],
  ["half a character", "a\ud83d", "a\\ud83d"],
  ["letters that can't be seen, outside the first plane", "a\u{e0041}", "a\\udb40\\udc41"],
  ["a separator of lines", "a\u2028b", "a\\u2028b"],
])("shows %s", (_, text, shown) => {
  expect(visible(text)).toBe(shown);
});

it.each(["语音 №1.speex", "été", "👩‍👩‍👧.speex", "می‌خواهم", "C:\\voices\\a.speex"])(
  "leaves %s as it is",
  (text) => {
    expect(visible(text)).toBe(text);
  },
);

it("leaves every JSON the same JSON, on one line", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const line = visible(JSON.stringify({ text }));
      expect(JSON.parse(line)).toEqual({ text });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
    }),
  );
});
