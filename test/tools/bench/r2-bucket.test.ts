import { expect, it } from "vitest";
import { createObject, describe, holds, partOf } from "../../../tools/bench/stand-ins/r2-bucket.ts";

const OBJECT = createObject("a/b", Buffer.from("voice"), { httpFields: { contentType: "audio/wav" } }, "5a");
const named = (value: string) => [{ type: "strong", value } as const];

it("describes an object as R2 does", () => {
  expect(describe(OBJECT)).toMatchObject({
    name: "a/b",
    size: 5,
    etag: "b95677216e439d96ec4fba1240a3c1f8",
    httpFields: { contentType: "audio/wav" },
    range: { offset: 0, length: 5 },
    checksums: { 0: "b95677216e439d96ec4fba1240a3c1f8", 2: "5a" },
  });
});

it.each([
  ["without conditions", undefined, true, true],
  ["where nothing is yet", { etagDoesNotMatch: [{ type: "wildcard" } as const] }, false, true],
  ["over the version that was read", { etagMatches: named(OBJECT.etag) }, true, false],
  ["over another version", { etagMatches: named("other") }, false, false],
  ["unless it is the version the client has", { etagDoesNotMatch: named(OBJECT.etag) }, false, true],
  ["if it is older", { uploadedBefore: OBJECT.uploadedMs }, false, true],
  ["if it is newer", { uploadedAfter: OBJECT.uploadedMs - 1 }, true, false],
])("allows a deed %s", (_, conditions, onObject, onNothing) => {
  expect(holds(conditions, OBJECT)).toBe(onObject);
  expect(holds(conditions, undefined)).toBe(onNothing);
});

it.each([
  ["nothing", undefined, undefined, { offset: 0, length: 100 }],
  ["an offset and a length", { offset: 20, length: 30 }, undefined, { offset: 20, length: 30 }],
  ["more than there is", { offset: 90, length: 30 }, undefined, { offset: 90, length: 10 }],
  ["the last bytes", { suffix: 10 }, undefined, { offset: 90, length: 10 }],
  ["a header's range", undefined, "bytes=20-49", { offset: 20, length: 30 }],
  ["a header's open range", undefined, "bytes=20-", { offset: 20, length: 80 }],
  ["a header's suffix", undefined, "bytes=-10", { offset: 90, length: 10 }],
])("gives the part that %s names", (_, wish, header, part) => {
  expect(partOf(100, wish, header)).toEqual(part);
});
