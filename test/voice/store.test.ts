import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { SourceFacts } from "../../src/voice/facts.ts";
import { VoiceStore } from "../../src/voice/store.ts";
import { voice } from "../support/fixtures.ts";

const SPEEX = voice("short-half-second") as Uint8Array<ArrayBuffer>;
const KEY = "voice/v1/wx1/voice-1/source";
const SHA256 = new Uint8Array(await crypto.subtle.digest("SHA-256", SPEEX)).toHex();
const FACTS: SourceFacts = {
  lengthBytes: SPEEX.length,
  contentType: "voice/speex",
  framing: "bare",
  looksLike: null,
  frameCount: 25,
  rateHz: 16_000,
  trailingBytes: 0,
  oggLengthBytes: 1_700,
  sha256: SHA256,
  fetchedAtMs: Date.UTC(2026, 2, 1, 4, 0, 0, 123),
};
/** As the store writes it. */
const METADATA = {
  bytes: String(SPEEX.length),
  sha256: SHA256,
  framing: "bare",
  looksLike: "",
  frames: "25",
  rateHz: "16000",
  trailingBytes: "0",
  oggLengthBytes: "1700",
  fetchedAt: "2026-03-01T04:00:00.123Z",
};

let store: VoiceStore;
/** A store lives for one request. */
beforeEach(() => {
  store = new VoiceStore(env.VOICES, "wx1");
});

async function bytesOf(body: ReadableStream | undefined | null): Promise<Uint8Array | null> {
  return body ? new Response(body).bytes() : null;
}

describe("a source", () => {
  it.each<[string, Partial<SourceFacts>]>([
    ["as Speex", {}],
    ["with a part of a frame", { trailingBytes: 59 }],
    ["as what it looks like", { framing: null, looksLike: "amr", frameCount: 0, oggLengthBytes: 0 }],
    ["in Ogg, under another type", { framing: "ogg", contentType: "audio/ogg" }],
    ["with header bytes", { framing: "header-byte" }],
  ])("comes back %s, with all that was known of it", async (_, change) => {
    const facts = { ...FACTS, ...change };
    await store.writeSource("voice-1", SPEEX, facts);
    const stored = await store.readSource("voice-1", "body");
    expect(stored?.facts).toEqual(facts);
    expect(await bytesOf(stored?.object?.body)).toEqual(SPEEX);
    expect(await store.readSource("voice-1", "facts")).toEqual({ facts, object: null });
  });

  it("is absent before it is written, and under other names", async () => {
    await store.writeSource("voice-1", SPEEX, FACTS);
    for (const [reader, mediaId] of [
      [store, "voice-2"],
      [store, "voice"],
      [new VoiceStore(env.VOICES, "wx2"), "voice-1"],
    ] as const) {
      expect(await reader.readSource(mediaId, "body")).toBeNull();
      expect(await reader.readSource(mediaId, "facts")).toBeNull();
    }
  });

  it("is not written when its bytes are not those that were seen", async () => {
    const wrong = { ...FACTS, sha256: SHA256.replace(/^./, (digit) => (digit === "0" ? "1" : "0")) };
    await expect(store.writeSource("voice-1", SPEEX, wrong)).rejects.toThrow();
    expect(await env.VOICES.head(KEY)).toBeNull();
  });

  it("can be read in part", async () => {
    await store.writeSource("voice-1", SPEEX, FACTS);
    const part = await store.readRange("voice-1", "source", { first: 60, last: 119 });
    expect(await bytesOf(part)).toEqual(SPEEX.slice(60, 120));
  });

  it("that has gone is null, in part as in whole", async () => {
    await store.writeSource("voice-1", SPEEX, FACTS);
    await env.VOICES.delete(KEY);
    expect(await store.readRange("voice-1", "source", { first: 0, last: 1 })).toBeNull();
    expect(await store.readSource("voice-1", "body")).toBeNull();
  });
});

describe("what we can't have written is as good as absent:", () => {
  beforeEach(async () => {
    await store.writeSource("voice-1", SPEEX, FACTS);
    expect(await env.VOICES.head(KEY)).toMatchObject({ customMetadata: METADATA });
  });

  async function put(
    metadata: Record<string, string>,
    bytes = SPEEX,
    options: R2PutOptions = { sha256: SHA256 },
  ) {
    await env.VOICES.put(KEY, bytes, { ...options, customMetadata: metadata });
    const asBody = await store.readSource("voice-1", "body");
    await asBody?.object?.body.cancel();
    return [asBody?.facts ?? null, (await store.readSource("voice-1", "facts"))?.facts ?? null];
  }

  it.each(["bytes", "sha256", "frames", "rateHz", "trailingBytes", "oggLengthBytes", "fetchedAt", "framing"])(
    "no %s",
    async (field) => {
      const rest = Object.fromEntries(Object.entries(METADATA).filter(([name]) => name !== field));
      expect(await put(rest)).toEqual([null, null]);
    },
  );

  it.each([
    ...["", " ", "-1", "1.5", "1e3", "0x19", "Infinity", "9".repeat(17)].map((value) => ["frames", value]),
    ["trailingBytes", "1.5"],
    ["oggLengthBytes", ""],
  ])("%s of %j", async (field, value) => {
    expect(await put({ ...METADATA, [String(field)]: String(value) })).toEqual([null, null]);
  });

  it.each(["", "yesterday", "1969-12-31T23:59:59.000Z"])("fetched at %j", async (fetchedAt) => {
    expect(await put({ ...METADATA, fetchedAt })).toEqual([null, null]);
  });

  it("an unknown framing", async () => {
    expect(await put({ ...METADATA, framing: "tar" })).toEqual([null, null]);
  });

  it("no checksum", async () => {
    expect(await put(METADATA, SPEEX, {})).toEqual([null, null]);
  });

  it("no bytes", async () => {
    const nothing = new Uint8Array(0);
    const digest = await crypto.subtle.digest("SHA-256", nothing);
    expect(await put(METADATA, nothing, { sha256: digest })).toEqual([null, null]);
  });

  it("no metadata at all", async () => {
    expect(await put({})).toEqual([null, null]);
  });
});

it("the forms that are stored are found by looking, for this voice alone", async () => {
  expect(await store.listForms("voice-1")).toEqual([]);
  await store.writeSource("voice-1", SPEEX, FACTS);
  await store.writeSource("voice-10", SPEEX, FACTS);
  await new VoiceStore(env.VOICES, "wx2").writeSource("voice-2", SPEEX, FACTS);
  await env.VOICES.put(store.key("voice-1", "wav"), "wav");
  expect(await store.listForms("voice-1")).toEqual(["source", "wav"]);
  expect(await store.listForms("voice-2")).toEqual([]);
});
