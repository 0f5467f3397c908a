import { expect, it } from "vitest";
import { readMediaIds } from "../../../tools/cli/media-ids.ts";

const read = (text: string) => readMediaIds(new TextEncoder().encode(text));

it("takes ids one a line, each once, and leaves out what people write around them", () => {
  expect(read("\ufeffa-1\r\n\r\n# a comment\n  b_2  # the second\n\ta-1\nc")).toEqual({
    mediaIds: ["a-1", "b_2", "c"],
    faults: [],
  });
});

it("names each bad line, and takes the good ones", () => {
  expect(read("a\n../../etc/passwd\nb c\n\nd\n,\n")).toEqual({
    mediaIds: ["a", "d"],
    faults: [
      { line: 2, text: "../../etc/passwd" },
      { line: 3, text: "b c" },
      { line: 6, text: "," },
    ],
  });
});

it.each([
  ["too long", "x".repeat(257)],
  ["with a NUL", "a\0b"],
  ["with letters from elsewhere", "аbc"],
  ["with a full-width letter", "ａbc"],
  ["with something that can't be seen", "a\u200bb"],
])("takes no id %s", (_, id) => {
  expect(read(id)).toEqual({ mediaIds: [], faults: [{ line: 1, text: id }] });
});

it.each(["utf-16le", "utf-16be"])("reads what Windows saves as %s", (encoding) => {
  const bytes = Buffer.from("\ufeffabc\r\nd\r\n", "utf16le");
  expect(readMediaIds(encoding === "utf-16le" ? bytes : bytes.swap16())).toEqual({
    mediaIds: ["abc", "d"],
    faults: [],
  });
});

it("takes no file of another kind for a list", () => {
  const { mediaIds, faults } = readMediaIds(Uint8Array.from({ length: 256 }, (_, byte) => byte));
  expect(mediaIds).toEqual([]);
  expect(faults.map(({ line }) => line)).toEqual([1, 2]);
});

it("has nothing to say of an empty list", () => {
  expect(read("\n# nothing yet\n")).toEqual({ mediaIds: [], faults: [] });
});
