import { describe, expect, it } from "vitest";
import { evaluatePreconditions, ifRangeHolds } from "../../src/http/conditional.ts";

const MODIFIED = "Sun, 06 Nov 1994 08:49:37 GMT";
const SECOND_BEFORE = "Sun, 06 Nov 1994 08:49:36 GMT";
const SECOND_AFTER = "Sun, 06 Nov 1994 08:49:38 GMT";
/** Half a second more than any HTTP date can say. */
const VALIDATORS = { etag: '"a,b"', lastModifiedMs: Date.parse(MODIFIED) + 500 };

const verdictOn = (headers: Record<string, string>) =>
  evaluatePreconditions(new Headers(headers), VALIDATORS);

it("a request without preconditions proceeds", () => {
  expect(verdictOn({})).toBe("proceed");
});

describe("If-None-Match compares weakly (RFC 9110 §13.1.2)", () => {
  it.each(['"a,b"', 'W/"a,b"', '"x", "a,b"', 'W/"x",W/"a,b"', "*", " * "])("%s is a match", (value) => {
    expect(verdictOn({ "if-none-match": value })).toBe("not-modified");
  });

  it.each(['"x"', "a,b", '"a"', '"b"', '"A,B"', '"a,b', ""])("%j is none", (value) => {
    expect(verdictOn({ "if-none-match": value })).toBe("proceed");
  });

  it("makes If-Modified-Since unread", () => {
    expect(verdictOn({ "if-none-match": '"x"', "if-modified-since": SECOND_AFTER })).toBe("proceed");
  });
});

describe("If-Match compares strongly (RFC 9110 §13.1.1)", () => {
  it.each(['"a,b"', '"x", "a,b"', 'W/"a,b", "a,b"', "*"])("%s is a match", (value) => {
    expect(verdictOn({ "if-match": value })).toBe("proceed");
  });

  it.each(['W/"a,b"', '"x"', "a,b", ""])("%j is none", (value) => {
    expect(verdictOn({ "if-match": value })).toBe("failed");
  });

  it("makes If-Unmodified-Since unread", () => {
    expect(verdictOn({ "if-match": '"a,b"', "if-unmodified-since": SECOND_BEFORE })).toBe("proceed");
  });

  it("comes before If-None-Match", () => {
    expect(verdictOn({ "if-match": '"x"', "if-none-match": '"a,b"' })).toBe("failed");
    expect(verdictOn({ "if-match": '"a,b"', "if-none-match": '"a,b"' })).toBe("not-modified");
  });
});

describe("dates count whole seconds", () => {
  it.each([
    ["if-modified-since", SECOND_BEFORE, "proceed"],
    ["if-modified-since", MODIFIED, "not-modified"],
    ["if-modified-since", SECOND_AFTER, "not-modified"],
    ["if-unmodified-since", SECOND_BEFORE, "failed"],
    ["if-unmodified-since", MODIFIED, "proceed"],
    ["if-unmodified-since", SECOND_AFTER, "proceed"],
  ])("%s %s: %s", (name, value, verdict) => {
    expect(verdictOn({ [name]: value })).toBe(verdict);
  });

  it.each(["Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])(
    "and come in the obsolete form %s too (RFC 9110 §5.6.7)",
    (value) => {
      expect(verdictOn({ "if-modified-since": value })).toBe("not-modified");
      expect(verdictOn({ "if-unmodified-since": value })).toBe("proceed");
    },
  );

  it.each([
    "yesterday",
    "2040",
    "99999",
    "2040-01-01",
    "2040-01-01T00:00:00Z",
    "Sun, 06 Nov 2040 08:49:37",
    "Sun, 06 Nov 2040 08:49:37 +0100",
    "Sun, 99 Nov 2040 08:49:37 GMT",
    `${SECOND_AFTER}, ${SECOND_AFTER}`,
  ])("and count for nothing when they are no HTTP date, as %j is not", (value) => {
    expect(verdictOn({ "if-modified-since": value })).toBe("proceed");
    expect(verdictOn({ "if-unmodified-since": value.replace("2040", "1980") })).toBe("proceed");
  });
});

describe("If-Range (RFC 9110 §13.1.5)", () => {
  const holdsFor = (value: string) => ifRangeHolds(new Headers({ "if-range": value }), VALIDATORS);

  it("holds when it is absent", () => {
    expect(ifRangeHolds(new Headers(), VALIDATORS)).toBe(true);
  });

  it.each(['"a,b"', MODIFIED])("holds for exactly this version: %s", (value) => {
    expect(holdsFor(value)).toBe(true);
  });

  it.each([
    'W/"a,b"',
    '"x"',
    '"x", "a,b"',
    "*",
    "a,b",
    "",
    SECOND_BEFORE,
    SECOND_AFTER,
    "1994-11-06T08:49:37Z",
    "784111777000",
  ])("does not hold for %j", (value) => {
    expect(holdsFor(value)).toBe(false);
  });
});
