/** Several voices as one sound: the same manners as one voice, and nothing joined is stored. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { joinedMetadata } from "../../src/api/answers.ts";
import { APP_ID, BACKEND_KEY, DELETER_KEY } from "../support/accounts.ts";
import { oggFile, voice } from "../support/fixtures.ts";
import { ask, bytesOf, jsonOf, storedKeys, wechat } from "../support/gateway.ts";

const VOICES = { a: "short-half-second", b: "clipping-2s", c: "low-3s" } as const;
const IDS = Object.keys(VOICES);
const NAME = "a,b,c";
const AMR = new TextEncoder().encode(`#!AMR\n${"<".repeat(32 * 50)}`);

beforeEach(() => {
  for (const [mediaId, name] of Object.entries(VOICES)) wechat.addRecording(APP_ID, mediaId, voice(name));
});

const get = (name: string, headers: Record<string, string> = {}) => ask(`/v1/voices/${name}`, { headers });
/** What the headers of an answer say, whose body nobody wants. */
async function headersOf(name: string, headers: Record<string, string> = {}): Promise<Headers> {
  const response = await get(name, headers);
  await response.arrayBuffer();
  return response.headers;
}
const bytesAt = async (name: string) => bytesOf(await get(name));

/** A WAV is stored when it is asked for again. */
async function storeAll(): Promise<void> {
  for (const _ of ["first", "again"]) {
    for (const id of IDS) await bytesAt(`${id}.wav`);
    await storedKeys();
  }
}

/** What the parts' PCM comes to, one after another. */
async function joinedPcm(ids: readonly string[] = IDS): Promise<Uint8Array> {
  const parts = await Promise.all(ids.map((id) => bytesAt(`${id}.pcm`)));
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

describe("joined voices", () => {
  it("are their parts' PCM one after another, in that order", async () => {
    const pcm = await bytesAt(`${NAME}.pcm`);
    expect(pcm).toEqual(await joinedPcm());
    expect(await bytesAt("c,a,a.pcm")).toEqual(await joinedPcm(["c", "a", "a"]));
  });

  it("are a WAV of exactly that sound, under one header", async () => {
    const response = await get(`${NAME}.wav`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("audio/wav");
    const wav = await bytesOf(response);
    const pcm = await joinedPcm();
    expect(response.headers.get("content-length")).toBe(String(44 + pcm.length));
    expect(wav.subarray(44)).toEqual(pcm);
    const header = new DataView(wav.buffer);
    expect([header.getUint32(4, true), header.getUint32(24, true), header.getUint32(40, true)]).toEqual([
      pcm.length + 36,
      16_000,
      pcm.length,
    ]);
  });

  it("have the headers of a voice", async () => {
    const headers = await headersOf(`${NAME}.wav`);
    expect(Object.fromEntries(headers)).toMatchObject({
      "accept-ranges": "bytes",
      "cache-control": "private, max-age=86400, immutable",
      "cache-status": "hdvoice; fwd=uri-miss; stored",
      "content-disposition": 'inline; filename="a-and-2-more.wav"',
      etag: expect.stringMatching(/^"joined\.[0-9a-f]{32}\.wav"$/),
      "last-modified": expect.stringMatching(/GMT$/),
    });
    await storedKeys();
    expect((await headersOf(`${NAME}.wav`)).get("cache-status")).toBe("hdvoice; hit");
  });

  it("have an ETag of their own for each order, number and form", async () => {
    const names = [`${NAME}.wav`, `${NAME}.pcm`, "b,a,c.wav", "a,b.wav", "a,b,c,c.wav", `${NAME}.json`];
    const etags = await Promise.all(names.map(async (name) => (await headersOf(name)).get("etag")));
    expect(new Set(etags).size).toBe(names.length);
    const again = await Promise.all(
      names.slice(0, 5).map(async (name) => (await headersOf(name)).get("etag")),
    );
    expect(again).toEqual(etags.slice(0, 5));
  });

  it("tell what is known of each part, and of all", async () => {
    const response = await get(`${NAME}.json`);
    expect(response.headers.get("cache-control")).toBe("private, no-cache");
    const body = await jsonOf(response);
    expect(joinedMetadata.safeParse(body)).toMatchObject({ success: true });
    const alone = await Promise.all(IDS.map(async (id) => jsonOf(await get(`${id}.json`))));
    expect(body).toMatchObject({
      durationSeconds: 5.5,
      frames: 275,
      parts: alone.map(({ stored: _, ...part }) => part),
    });
  });

  it("ask WeChat once for each part, and nothing but the parts is stored", async () => {
    await Promise.all([bytesAt(`${NAME}.wav`), bytesAt(`${NAME}.wav`), bytesAt("c,b,a.pcm")]);
    expect(wechat.calls({ path: "/cgi-bin/media/get/jssdk" })).toHaveLength(3);
    const folders = (await storedKeys("voice/")).map((key) => key.replace(/\/[a-z]+$/, ""));
    expect(new Set(folders)).toEqual(new Set(IDS.map((id) => `voice/v1/${APP_ID}/${id}`)));
  });

  it("may be twenty, with ids as long as ids can be", async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `${index}`.padEnd(256, "x"));
    for (const id of ids) wechat.addRecording(APP_ID, id, voice("short-half-second"));
    const wav = await bytesAt(`${ids.join(",")}.wav`);
    expect(wav.length).toBe(44 + 20 * 16_000);
  });
});

describe("a part of joined voices", () => {
  /** Where the header and each part end: 44, 16,044 and 80,044. */
  const RANGES = [
    [0, 0],
    [0, 43],
    [40, 47],
    [44, 44],
    [16_043, 16_044],
    [16_000, 16_100],
    [16_044, 80_043],
    [80_043, 80_044],
    [1, 176_042],
    [176_043, 176_043],
    [0, 176_043],
  ] as const;

  it.each(["new", "stored"])("is that part of the whole, across the seams, of %s voices", async (state) => {
    const pcm = await joinedPcm();
    if (state === "stored") await storeAll();
    else await env.VOICES.delete(await storedKeys("voice/"));
    for (const [first, last] of RANGES) {
      const response = await get(`${NAME}.wav`, { range: `bytes=${first}-${last}` });
      expect(response.status).toBe(206);
      expect(response.headers.get("content-range")).toBe(`bytes ${first}-${last}/${44 + pcm.length}`);
      expect(response.headers.get("content-length")).toBe(String(last - first + 1));
      const bytes = await bytesOf(response);
      expect(bytes.length).toBe(last - first + 1);
      if (first >= 44) expect(bytes).toEqual(pcm.subarray(first - 44, last - 43));
      else expect(bytes.subarray(Math.max(44 - first, 0))).toEqual(pcm.subarray(0, Math.max(last - 43, 0)));
    }
  });

  it("is the end where a suffix is asked for, and none past the end", async () => {
    const pcm = await joinedPcm();
    const end = await get(`${NAME}.wav`, { range: "bytes=-100" });
    expect(await bytesOf(end)).toEqual(pcm.subarray(pcm.length - 100));
    const past = await get(`${NAME}.wav`, { range: "bytes=176044-" });
    expect(past.status).toBe(416);
    expect(past.headers.get("content-range")).toBe("bytes */176044");
    await past.arrayBuffer();
  });

  it("follows conditions, and HEAD tells the same without a body", async () => {
    const head = await ask(`/v1/voices/${NAME}.wav`, { method: "HEAD" });
    expect(head.status).toBe(200);
    expect(head.headers.get("content-length")).toBe("176044");
    expect((await head.arrayBuffer()).byteLength).toBe(0);
    const etag = head.headers.get("etag") ?? "";
    expect((await get(`${NAME}.wav`, { "if-none-match": etag })).status).toBe(304);
    const other = await get(`${NAME}.wav`, { "if-range": '"another"', range: "bytes=0-9" });
    expect(other.status).toBe(200);
    await other.arrayBuffer();
    const same = await get(`${NAME}.wav`, { "if-range": etag, range: "bytes=0-9" });
    expect((await bytesOf(same)).length).toBe(10);
  });
});

describe("joined voices that can't be had", () => {
  it.each(["gone,a,b", "a,gone,b", "a,b,gone"])(
    "fail as the missing part of %s does, which is named",
    async (name) => {
      for (const form of ["wav", "pcm", "json"]) {
        const response = await get(`${name}.${form}`);
        expect(response.status).toBe(404);
        expect(await jsonOf(response)).toMatchObject({
          code: "voice-not-found",
          detail: expect.stringMatching(/^The voice gone: WeChat answered 40007/),
          wechat: { errcode: 40007 },
        });
      }
    },
  );

  it("fail where one is no Speex, and its metadata still tell", async () => {
    wechat.addRecording(APP_ID, "amr", AMR);
    const response = await get("a,amr.wav");
    expect(response.status).toBe(422);
    expect(await jsonOf(response)).toMatchObject({
      code: "voice-undecodable",
      detail: expect.stringMatching(/^The voice amr: /),
    });
    expect(await jsonOf(await get("a,amr.json"))).toMatchObject({
      parts: [{ mediaId: "a" }, { mediaId: "amr" }],
    });
  });

  it("fail where their sample rates differ", async () => {
    wechat.addRecording(APP_ID, "narrow", oggFile("speexenc-8000"));
    const response = await get("a,narrow.wav");
    expect(response.status).toBe(422);
    expect(await jsonOf(response)).toMatchObject({
      detail: "The voice narrow has another sample rate than the voice a: they can't be joined.",
    });
  });

  it.each([
    ["a,.wav", "media-id-malformed"],
    [",a.wav", "media-id-malformed"],
    ["a,,b.wav", "media-id-malformed"],
    ["a, b.wav", "media-id-malformed"],
    [`a,${"b".repeat(257)}.wav`, "media-id-malformed"],
    [`${Array.from({ length: 21 }, () => "a").join()}.wav`, "media-id-malformed"],
    ["a,b", "format-unknown"],
    ["a,b.speex", "format-unknown"],
    ["a,b.ogg", "format-unknown"],
    ["a,b.wav.wav", "format-unknown"],
    ["a,b.toString", "format-unknown"],
  ])("are named right, and %s isn't", async (name, code) => {
    const response = await get(name);
    expect(response.status).toBe(400);
    expect(await jsonOf(response)).toMatchObject({ code });
    expect(wechat.calls()).toEqual([]);
  });

  it("are cut short, never filled up, where a part has gone while they are sent", async () => {
    await storeAll();
    const response = await get(`${NAME}.wav`);
    expect(response.headers.get("content-length")).toBe("176044");
    // The last part is opened when those before it have been read.
    for (const form of ["source", "wav"]) await env.VOICES.delete(`voice/v1/${APP_ID}/c/${form}`);
    await expect(response.arrayBuffer()).rejects.toThrow();
  });

  it("are deleted one by one", async () => {
    const headers = { authorization: `Bearer ${DELETER_KEY}` };
    const response = await ask(`/v1/voices/${NAME}`, { method: "DELETE", headers });
    expect(response.status).toBe(400);
    await response.arrayBuffer();
  });
});

describe("a signed link to joined voices", () => {
  async function linkTo(name: string, format: string): Promise<Response> {
    const headers = { authorization: `Bearer ${BACKEND_KEY}` };
    return ask(`/v1/voices/${name}/links`, { method: "POST", headers, body: JSON.stringify({ format }) });
  }
  const open = (url: string) =>
    ask(url.slice("https://hdvoice.test".length), { headers: { authorization: "none" } });

  it("opens them, with the commas as they are or encoded", async () => {
    // Read past the search for leaks, since here the signature is the answer.
    const { url } = await (await linkTo(NAME, "wav")).json<{ url: string }>();
    expect(url).toContain("/voices/a,b,c.wav?");
    for (const spelled of [url, url.replaceAll(",", "%2C"), url.replace(",", "%2c")]) {
      expect((await bytesOf(await open(spelled))).length).toBe(176_044);
    }
    for (const changed of [
      url.replace("a,b,c", "a,c,b"),
      url.replace("a,b,c", "a,b"),
      url.replace(".wav", ".pcm"),
    ]) {
      const response = await open(changed);
      expect(response.status).toBe(403);
      await response.arrayBuffer();
    }
  });

  it("is made for forms that they have", async () => {
    const response = await linkTo(NAME, "ogg");
    expect(response.status).toBe(400);
    expect(await jsonOf(response)).toMatchObject({ code: "format-unknown" });
    const tooMany = await linkTo(Array.from({ length: 21 }, () => "a").join(), "wav");
    expect(await jsonOf(tooMany)).toMatchObject({ code: "media-id-malformed" });
  });
});
