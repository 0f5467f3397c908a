import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { DECODER_VERSION } from "../../src/audio/speex/decoder.ts";
import type { SourceFacts } from "../../src/voice/facts.ts";
import { type Shelf, VoiceStore } from "../../src/voice/store.ts";
import { voice } from "../support/fixtures.ts";

const SPEEX = voice("short-half-second") as Uint8Array<ArrayBuffer>;
const KEY = "voice/v1/wx1/voice-1/source";
const SHA256 = new Uint8Array(await crypto.subtle.digest("SHA-256", SPEEX)).toHex();
const FACTS: SourceFacts = {
  lengthBytes: SPEEX.length,
  contentType: "voice/speex",
  framing: "bare",
  looksLike: null,
  mode: "wideband",
  frameCount: 25,
  rateHz: 16_000,
  soundSeconds: null,
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
  mode: "wideband",
  frames: "25",
  rateHz: "16000",
  soundMs: "",
  trailingBytes: "0",
  oggLengthBytes: "1700",
  fetchedAt: "2026-03-01T04:00:00.123Z",
};

const store = new VoiceStore(env.VOICES, "wx1");
let shelf: Shelf;
/** One piece of work. */
beforeEach(() => {
  shelf = store.of("voice-1", "page");
});

async function bytesOf(body: ReadableStream | undefined | null): Promise<Uint8Array | null> {
  return body ? new Response(body).bytes() : null;
}

describe("a source", () => {
  it.each<[string, Partial<SourceFacts>]>([
    ["as Speex", {}],
    ["with a part of a frame", { trailingBytes: 59 }],
    [
      "as what it looks like",
      { framing: null, mode: null, looksLike: "amr", frameCount: 0, oggLengthBytes: 0 },
    ],
    ["of narrow band", { mode: "narrowband", rateHz: 8_000 }],
    ["in Ogg, under another type", { framing: "ogg", contentType: "audio/ogg" }],
    ["with header bytes", { framing: "header-byte" }],
  ])("comes back %s, with all that was known of it", async (_, change) => {
    const facts = { ...FACTS, ...change };
    await shelf.writeSource(SPEEX, facts);
    const stored = await shelf.readSource({ wants: "body" });
    expect(stored?.facts).toEqual(facts);
    expect(await bytesOf(stored?.object?.body)).toEqual(SPEEX);
    expect(await shelf.readSource({ wants: "facts" })).toEqual({ facts, object: null });
  });

  it("is absent before it is written, and under other names", async () => {
    await shelf.writeSource(SPEEX, FACTS);
    for (const other of [
      store.of("voice-2", "page"),
      store.of("voice", "page"),
      store.of("voice-1", "chat"),
      new VoiceStore(env.VOICES, "wx2").of("voice-1", "page"),
    ]) {
      expect(await other.readSource({ wants: "body" })).toBeNull();
      expect(await other.readSource({ wants: "facts" })).toBeNull();
    }
  });

  it("is not written when its bytes are not those that were seen", async () => {
    const wrong = { ...FACTS, sha256: SHA256.replace(/^./, (digit) => (digit === "0" ? "1" : "0")) };
    await expect(shelf.writeSource(SPEEX, wrong)).rejects.toThrow();
    expect(await env.VOICES.head(KEY)).toBeNull();
  });

  it("can be read in part", async () => {
    await shelf.writeSource(SPEEX, FACTS);
    const part = await shelf.readRange("source", { first: 60, last: 119 });
    expect(await bytesOf(part)).toEqual(SPEEX.slice(60, 120));
  });

  it("that has gone is null, in part as in whole", async () => {
    await shelf.writeSource(SPEEX, FACTS);
    await env.VOICES.delete(KEY);
    expect(await shelf.readRange("source", { first: 0, last: 1 })).toBeNull();
    expect(await shelf.readSource({ wants: "body" })).toBeNull();
  });
});

/** What was stored before these were written is as good as ever: WeChat may not have it any more. */
const ADDED_LATER = ["looksLike", "mode", "soundMs"];

it.each([
  ["16000", "wideband"],
  ["8000", "narrowband"],
])("a source of %s Hz from before the mode was noted is read as %s", async (rateHz, mode) => {
  const { mode: _, soundMs: __, ...before } = { ...METADATA, rateHz };
  await env.VOICES.put(KEY, SPEEX, { sha256: SHA256, customMetadata: before });
  expect((await shelf.readSource({ wants: "facts" }))?.facts).toEqual({
    ...FACTS,
    contentType: "application/octet-stream",
    rateHz: Number(rateHz),
    mode,
  });
});

describe("what we can't have written is as good as absent:", () => {
  beforeEach(async () => {
    await shelf.writeSource(SPEEX, FACTS);
    expect(await env.VOICES.head(KEY)).toMatchObject({ customMetadata: METADATA });
  });

  async function put(
    metadata: Record<string, string>,
    bytes = SPEEX,
    options: R2PutOptions = { sha256: SHA256 },
  ) {
    await env.VOICES.put(KEY, bytes, { ...options, customMetadata: metadata });
    const asBody = await shelf.readSource({ wants: "body" });
    await asBody?.object?.body.cancel();
    return [asBody?.facts ?? null, (await shelf.readSource({ wants: "facts" }))?.facts ?? null];
  }

  it.each(Object.keys(METADATA).filter((name) => !ADDED_LATER.includes(name)))("no %s", async (field) => {
    const rest = Object.fromEntries(Object.entries(METADATA).filter(([name]) => name !== field));
    expect(await put(rest)).toEqual([null, null]);
  });

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

  it.each([{ framing: "tar" }, { mode: "ultrawideband" }, { mode: "" }, { framing: "" }])(
    "metadata with %j",
    async (change) => {
      expect(await put({ ...METADATA, ...change })).toEqual([null, null]);
    },
  );

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

describe("a WAV", () => {
  const WAV = new Uint8Array(100);
  const FACTS_OF_WAV = { lengthBytes: 100, rateHz: 16_000, fetchedAtMs: FACTS.fetchedAtMs };
  const other = (version: number) => ({
    customMetadata: {
      bytes: "3",
      rateHz: "16000",
      fetchedAt: METADATA.fetchedAt,
      decoderVersion: `${version}`,
    },
  });
  const size = async () => (await env.VOICES.head(shelf.key("wav")))?.size;

  it("comes back with all that was known of it, out of one piece or a stream", async () => {
    for (const value of [WAV, new Response(WAV).body as ReadableStream<Uint8Array>]) {
      await store.delete("voice-1");
      await shelf.writeWav(value, FACTS_OF_WAV);
      const stored = await store.of("voice-1", "page").readWav({ wants: "body" });
      expect(stored?.facts).toEqual(FACTS_OF_WAV);
      expect(await bytesOf(stored?.object?.body)).toEqual(WAV);
    }
  });

  it("takes the place of an older decoder's, though nobody had looked before", async () => {
    await env.VOICES.put(shelf.key("wav"), "old", other(DECODER_VERSION - 1));
    await shelf.writeWav(WAV, FACTS_OF_WAV);
    expect(await size()).toBe(100);
  });

  it.each([DECODER_VERSION, DECODER_VERSION + 1])("leaves one of version %i alone", async (version) => {
    await env.VOICES.put(shelf.key("wav"), "new", other(version));
    await shelf.writeWav(WAV, FACTS_OF_WAV);
    expect(await size()).toBe(3);
  });
});

it("a voice is removed with all its forms, of a page and of a chat, and no other one", async () => {
  for (const [mediaId, place] of [
    ["voice-1", "page"],
    ["voice-1", "chat"],
    ["voice-10", "page"],
  ] as const) {
    await store.of(mediaId, place).writeSource(SPEEX, FACTS);
    await env.VOICES.put(store.of(mediaId, place).key("wav"), "wav");
  }
  await store.delete("voice-1");
  const { objects } = await env.VOICES.list();
  expect(objects.map(({ key }) => key)).toEqual([
    "voice/v1/wx1/voice-10/source",
    "voice/v1/wx1/voice-10/wav",
  ]);
});
