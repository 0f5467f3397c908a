import { describe, expect, it } from "vitest";
import type { ServiceError } from "../../src/errors.ts";
import { type Representation, sendRepresentation } from "../../src/http/representation.ts";

const BYTES = Uint8Array.from({ length: 100 }, (_, index) => index);
const MODIFIED = "Sun, 06 Nov 1994 08:49:37 GMT";
const SECOND_BEFORE = "Sun, 06 Nov 1994 08:49:36 GMT";
const COMMON = {
  etag: '"v1"',
  "last-modified": MODIFIED,
  "accept-ranges": "bytes",
  "cache-control": "private",
};

/** A resource of a hundred bytes, and what became of it. */
function openResource() {
  const state = { fate: "untouched" as "untouched" | "sent" | "discarded" };
  const representation: Representation = {
    etag: '"v1"',
    lastModifiedMs: Date.parse(MODIFIED) + 500,
    mediaType: "voice/speex",
    lengthBytes: BYTES.length,
    async body(range) {
      state.fate = "sent";
      return range ? BYTES.subarray(range.first, range.last + 1) : BYTES;
    },
    async discard() {
      state.fate = "discarded";
    },
  };
  return { state, representation };
}

async function send(method: string, requestHeaders: Record<string, string>) {
  const { state, representation } = openResource();
  const request = new Request("https://hdvoice.test/", { method, headers: requestHeaders });
  const headers = new Headers({ "cache-control": "private" });
  const response = await sendRepresentation(request, representation, headers);
  const bytes = await response.bytes();
  return { status: response.status, headers: Object.fromEntries(response.headers), bytes, fate: state.fate };
}

async function failureOf(requestHeaders: Record<string, string>) {
  const { state, representation } = openResource();
  const request = new Request("https://hdvoice.test/", { headers: requestHeaders });
  try {
    await sendRepresentation(request, representation, new Headers());
  } catch (error) {
    const { code, headers } = error as ServiceError;
    return { code, headers, fate: state.fate };
  }
  throw new Error("it was sent");
}

describe("GET", () => {
  it("sends the whole with its length", async () => {
    expect(await send("GET", {})).toEqual({
      status: 200,
      headers: { ...COMMON, "content-type": "voice/speex", "content-length": "100" },
      bytes: BYTES,
      fate: "sent",
    });
  });

  it.each([
    ["bytes=10-19", 10, 19],
    ["bytes=90-", 90, 99],
    ["bytes=-10", 90, 99],
    ["bytes=0-999", 0, 99],
  ])("with Range: %s sends that part", async (range, first, last) => {
    expect(await send("GET", { range })).toEqual({
      status: 206,
      headers: {
        ...COMMON,
        "content-type": "voice/speex",
        "content-length": String(last - first + 1),
        "content-range": `bytes ${first}-${last}/100`,
      },
      bytes: BYTES.slice(first, last + 1),
      fate: "sent",
    });
  });

  it.each(["bytes=0-1,5-6", "seconds=0-1", "nonsense"])("with Range: %s sends the whole", async (range) => {
    const { status, bytes } = await send("GET", { range });
    expect(status).toBe(200);
    expect(bytes).toEqual(BYTES);
  });

  it("with a range past the end fails with the length, and lets go of the resource", async () => {
    expect(await failureOf({ range: "bytes=100-" })).toEqual({
      code: "range-not-satisfiable",
      headers: {
        "content-range": "bytes */100",
        "accept-ranges": "bytes",
        etag: '"v1"',
        "last-modified": "Sun, 06 Nov 1994 08:49:37 GMT",
      },
      fate: "discarded",
    });
  });
});

describe("HEAD", () => {
  it.each([{}, { range: "bytes=10-19" }, { range: "bytes=100-" }])(
    "tells what GET would send as a whole, whatever the range (RFC 9110 §14.2): %j",
    async (headers: Record<string, string>) => {
      expect(await send("HEAD", headers)).toEqual({
        status: 200,
        headers: { ...COMMON, "content-type": "voice/speex", "content-length": "100" },
        bytes: new Uint8Array(0),
        fate: "discarded",
      });
    },
  );
});

describe("preconditions come before ranges", () => {
  it.each([
    ["GET", { "if-none-match": 'W/"v1"' }],
    ["GET", { "if-none-match": '"v1"', range: "bytes=100-" }],
    ["GET", { "if-modified-since": MODIFIED, range: "bytes=0-1" }],
    ["HEAD", { "if-none-match": "*" }],
  ])("%s %j is 304 with the headers that a cache updates (§15.4.5)", async (method, headers) => {
    expect(await send(method, headers as Record<string, string>)).toEqual({
      status: 304,
      headers: COMMON,
      bytes: new Uint8Array(0),
      fate: "discarded",
    });
  });

  it.each([
    { "if-match": 'W/"v1"' },
    { "if-match": '"v2"', range: "bytes=100-" },
    { "if-unmodified-since": SECOND_BEFORE },
  ])("%j fails and tells the present version", async (headers) => {
    expect(await failureOf(headers as Record<string, string>)).toEqual({
      code: "precondition-failed",
      headers: { etag: '"v1"', "last-modified": MODIFIED },
      fate: "discarded",
    });
  });
});

describe("If-Range", () => {
  it.each(['"v1"', MODIFIED])("with this version, %s, lets the range through", async (value) => {
    const { status, bytes } = await send("GET", { range: "bytes=0-1", "if-range": value });
    expect(status).toBe(206);
    expect(bytes).toEqual(BYTES.slice(0, 2));
  });

  it.each(['"v2"', 'W/"v1"', SECOND_BEFORE])(
    "with another version, %s, sends the whole, even for a range past the end",
    async (value) => {
      const { status, bytes } = await send("GET", { range: "bytes=100-", "if-range": value });
      expect(status).toBe(200);
      expect(bytes).toEqual(BYTES);
    },
  );

  it("without a Range says nothing", async () => {
    expect((await send("GET", { "if-range": '"v2"' })).status).toBe(200);
  });
});
