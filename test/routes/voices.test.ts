import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { joinBytes } from "../../src/audio/bytes.ts";
import { createDecoder, DECODER_VERSION } from "../../src/audio/speex/decoder.ts";
import speexModule from "../../src/audio/speex/speex.wasm";
import { wavHeader } from "../../src/audio/wav.ts";
import { APP_ID, OTHER_APP_ID, OTHER_APP_KEY, SCOPELESS_KEY } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { ask, bytesOf, jsonOf, storedKeys, textOf, wechat } from "../support/gateway.ts";

const MEDIA_PATH = "/cgi-bin/media/get/jssdk";
const TOKEN_PATH = "/cgi-bin/stable_token";
const STORED = [`voice/v1/${APP_ID}/voice-1/source`];

const mediaCalls = () => wechat.calls({ path: MEDIA_PATH }).length;
const tokenCalls = () => wechat.calls({ path: TOKEN_PATH }).length;

/** All of a bare recording at once, straight from the decoder. */
function decodeFrames(speex: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  const decoder = createDecoder(speexModule, { mode: "wideband", framesPerPacket: 1 });
  const lengths = new Array<number>(speex.length / 60).fill(60);
  decoder.decode({ bytes: speex, lengths }, (pcm) => parts.push(pcm.slice()));
  return joinBytes(parts);
}

function record(name = "english-8s", mediaId = "voice-1", appId = APP_ID): Uint8Array {
  const bytes = voice(name);
  wechat.addRecording(appId, mediaId, bytes);
  return bytes;
}

describe("a voice as speex", () => {
  it("comes from WeChat on the first request and from the store on the second", async () => {
    const speex = record();

    const first = await ask("/v1/voices/voice-1.speex");
    expect(first.status).toBe(200);
    expect(await bytesOf(first)).toEqual(speex);
    expect(Object.fromEntries(first.headers)).toMatchObject({
      "accept-ranges": "bytes",
      "cache-control": "private, max-age=86400, immutable",
      "cache-status": "hdvoice; fwd=uri-miss; stored",
      "content-disposition": 'inline; filename="voice-1.speex"',
      "content-length": String(speex.length),
      "content-type": "voice/speex",
      etag: '"voice-1.speex.1"',
      "server-timing": expect.stringMatching(/^store;dur=\d+, token;dur=\d+, wechat;dur=\d+$/),
      "x-content-type-options": "nosniff",
      "x-request-id": expect.stringMatching(/./),
    });
    expect(first.headers.has("vary")).toBe(false);
    expect(await storedKeys()).toEqual(STORED);

    const second = await ask("/v1/voices/voice-1.speex");
    expect(await bytesOf(second)).toEqual(speex);
    expect(second.headers.get("cache-status")).toBe("hdvoice; hit");
    expect(second.headers.get("content-length")).toBe(String(speex.length));
    expect(mediaCalls()).toBe(1);
  });

  it("is what a request without suffix and Accept gets, marked as negotiated", async () => {
    const speex = record();
    const response = await ask("/v1/voices/voice-1");
    expect(await bytesOf(response)).toEqual(speex);
    expect(response.headers.get("vary")).toBe("Accept, Sec-Fetch-Dest");
  });

  it("is kept with what is known about it", async () => {
    const speex = record();
    await bytesOf(await ask("/v1/voices/voice-1.speex"));
    await storedKeys();

    const object = await env.VOICES.head(`voice/v1/${APP_ID}/voice-1/source`);
    const digest = await crypto.subtle.digest("SHA-256", speex as Uint8Array<ArrayBuffer>);
    expect(object?.checksums.sha256).toEqual(digest);
    expect(object?.httpMetadata?.contentType).toBe("voice/speex");
    expect(object?.customMetadata).toEqual({
      bytes: String(speex.length),
      sha256: new Uint8Array(digest).toHex(),
      framing: "bare",
      looksLike: "",
      mode: "wideband",
      frames: "400",
      rateHz: "16000",
      soundMs: "",
      trailingBytes: "0",
      oggLengthBytes: expect.stringMatching(/^\d+$/),
      fetchedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  it("of another account is fetched with that account's token and stored under its name", async () => {
    const speex = record("low-3s", "voice-2", OTHER_APP_ID);
    const headers = { authorization: `Bearer ${OTHER_APP_KEY}` };
    const response = await ask(`/v1/apps/${OTHER_APP_ID}/voices/voice-2.speex`, { headers });
    expect(await bytesOf(response)).toEqual(speex);
    expect(await storedKeys()).toEqual([`voice/v1/${OTHER_APP_ID}/voice-2/source`]);
  });
});

describe("a voice as ogg", () => {
  it("has its exact length and the same bytes on the first request as from the store", async () => {
    record("minute-60s");
    const first = await ask("/v1/voices/voice-1.ogg");
    const ogg = await bytesOf(first);
    expect(first.headers.get("content-type")).toBe("audio/ogg; codecs=speex");
    expect(first.headers.get("content-length")).toBe(String(ogg.length));
    expect(new TextDecoder().decode(ogg.subarray(0, 4))).toBe("OggS");
    await storedKeys();

    const second = await ask("/v1/voices/voice-1.ogg");
    expect(second.headers.get("cache-status")).toBe("hdvoice; hit");
    expect(await bytesOf(second)).toEqual(ogg);
  });

  it("is made from frames with header bytes too, whose length only the whole body tells", async () => {
    record();
    const bare = await bytesOf(await ask("/v1/voices/voice-1.ogg"));
    await storedKeys();
    await env.VOICES.delete(STORED);

    wechat.misbehave({ kind: "header-bytes" });
    const response = await ask("/v1/voices/voice-1.ogg");
    expect(response.headers.get("content-length")).toBe(String(bare.length));
    expect(await bytesOf(response)).toEqual(bare);
  });
});

describe("a voice as wav", () => {
  it("is decoded while it comes, stored once it is asked for again, and then served as stored", async () => {
    const speex = record("english-8s");
    const first = await ask("/v1/voices/voice-1.wav");
    expect(first.status).toBe(200);
    expect(Object.fromEntries(first.headers)).toMatchObject({
      "cache-status": "hdvoice; fwd=uri-miss; stored",
      "content-length": String(44 + 8 * 32_000),
      "content-type": "audio/wav",
      etag: `"voice-1.wav.${DECODER_VERSION}"`,
    });
    const wav = await bytesOf(first);
    expect(wav.subarray(0, 44)).toEqual(wavHeader(8 * 16_000, 16_000));
    expect(wav.subarray(44)).toEqual(decodeFrames(speex));
    expect(await storedKeys()).toEqual(STORED);

    for (let time = 2; time <= 3; time++) {
      const again = await ask("/v1/voices/voice-1.wav");
      expect(again.headers.get("cache-status")).toBe("hdvoice; hit");
      expect(await bytesOf(again)).toEqual(wav);
      expect(await storedKeys()).toEqual([...STORED, `voice/v1/${APP_ID}/voice-1/wav`]);
    }
    expect(mediaCalls()).toBe(1);
  });

  it("is made from a stored source without asking WeChat", async () => {
    const speex = record("low-3s");
    await bytesOf(await ask("/v1/voices/voice-1.speex"));
    await storedKeys();
    const response = await ask("/v1/voices/voice-1.wav");
    expect((await bytesOf(response)).subarray(44)).toEqual(decodeFrames(speex));
    expect(mediaCalls()).toBe(1);
  });

  it("is made anew when another version of the decoder has made the stored one", async () => {
    const speex = record("low-3s");
    await bytesOf(await ask("/v1/voices/voice-1.speex"));
    await storedKeys();
    const key = `voice/v1/${APP_ID}/voice-1/wav`;
    await env.VOICES.put(key, "old", { customMetadata: { decoderVersion: "0" } });

    const response = await ask("/v1/voices/voice-1.wav");
    expect((await bytesOf(response)).subarray(44)).toEqual(decodeFrames(speex));
    await storedKeys();
    expect((await env.VOICES.head(key))?.size).toBe(44 + 3 * 32_000);
  });

  it("is what Accept: audio/wav and audio/* get", async () => {
    record("low-3s");
    for (const accept of ["audio/wav", "audio/*", "audio/webm,audio/ogg,audio/wav,audio/*;q=0.9,*/*;q=0.5"]) {
      const response = await ask("/v1/voices/voice-1", { headers: { accept } });
      expect(response.headers.get("content-type"), accept).toBe("audio/wav");
      await bytesOf(response);
    }
  });

  it("is refused where the bytes are not Speex, which stay available as they came", async () => {
    const amr = new TextEncoder().encode(`#!AMR\n${"x".repeat(400)}`);
    wechat.addRecording(APP_ID, "voice-1", amr);
    for (const format of ["wav", "pcm", "ogg"]) {
      const response = await ask(`/v1/voices/voice-1.${format}`);
      expect(response.status).toBe(422);
      expect(await jsonOf(response)).toMatchObject({
        code: "voice-undecodable",
        detail: expect.stringContaining("it looks like AMR."),
      });
    }
    expect(await bytesOf(await ask("/v1/voices/voice-1.speex"))).toEqual(amr);
    expect(await jsonOf(await ask("/v1/voices/voice-1.json"))).toMatchObject({
      framing: null,
      looksLike: "amr",
    });
    expect(await storedKeys()).toEqual(STORED);
  });
});

describe("a voice as pcm", () => {
  it("is the samples of the wav, without its header", async () => {
    const speex = record("low-3s");
    const response = await ask("/v1/voices/voice-1.pcm");
    expect(response.headers.get("content-type")).toBe("audio/pcm;rate=16000;encoding=signed-int;bits=16");
    expect(response.headers.get("content-length")).toBe(String(3 * 32_000));
    expect(await bytesOf(response)).toEqual(decodeFrames(speex));
  });
});

describe("a voice as json", () => {
  it("tells what is known about it, on the first request as from the store", async () => {
    const speex = record("chinese-6s");
    const response = await ask("/v1/voices/voice-1.json");
    const digest = await crypto.subtle.digest("SHA-256", speex as Uint8Array<ArrayBuffer>);
    const metadata = {
      mediaId: "voice-1",
      durationSeconds: 6,
      frames: 300,
      bytes: 18_000,
      framing: "bare",
      contentType: "voice/speex",
      sha256: new Uint8Array(digest).toHex(),
      fetchedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      stored: ["source"],
    };
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("cache-control")).toBe("private, no-cache");
    expect(await jsonOf(response)).toEqual(metadata);

    const again = await ask("/v1/voices/voice-1", { headers: { accept: "application/json" } });
    expect(await jsonOf(again)).toEqual(metadata);
    expect(again.headers.get("cache-status")).toBe("hdvoice; hit");
    expect(mediaCalls()).toBe(1);
  });
});

describe("HEAD", () => {
  it.each(["speex", "ogg", "json"])(
    "tells the same headers as GET for .%s, cold and stored",
    async (format) => {
      record();
      const cold = await ask(`/v1/voices/voice-1.${format}`, { method: "HEAD" });
      expect(cold.status).toBe(200);
      expect(await bytesOf(cold)).toEqual(new Uint8Array(0));
      await storedKeys();

      const stored = await ask(`/v1/voices/voice-1.${format}`, { method: "HEAD" });
      const get = await ask(`/v1/voices/voice-1.${format}`);
      await bytesOf(get);
      for (const name of ["content-length", "content-type", "etag", "last-modified", "content-disposition"]) {
        expect(cold.headers.get(name), name).toBe(get.headers.get(name));
        expect(stored.headers.get(name), name).toBe(get.headers.get(name));
      }
      expect(mediaCalls()).toBe(1);
    },
  );
});

describe("tokens", () => {
  it("are asked for once: 50 first requests at the same time with a warm token make no token call", async () => {
    record("short-half-second", "warm-up");
    await bytesOf(await ask("/v1/voices/warm-up.speex"));
    expect(tokenCalls()).toBe(1);

    const ids = Array.from({ length: 50 }, (_, index) => `voice-${index}`);
    for (const id of ids) record("short-half-second", id);
    const responses = await Promise.all(ids.map((id) => ask(`/v1/voices/${id}.speex`)));
    for (const response of responses) expect(await bytesOf(response)).toEqual(voice("short-half-second"));
    expect(tokenCalls()).toBe(1);
    expect(await storedKeys()).toHaveLength(51);
  });

  it.each(["revoked", "malformed", "expired"] as const)(
    "that are %s are replaced, and the call is repeated once",
    async (because) => {
      const speex = record();
      wechat.misbehave({ kind: "token-refused", because, path: MEDIA_PATH, times: 1 });
      const response = await ask("/v1/voices/voice-1.speex");
      expect(response.status).toBe(200);
      expect(await bytesOf(response)).toEqual(speex);
      expect(mediaCalls()).toBe(2);
    },
  );

  it("that WeChat revokes behind our back heal with one retry", async () => {
    record("short-half-second", "warm-up");
    await bytesOf(await ask("/v1/voices/warm-up.speex"));
    wechat.revokeTokens(APP_ID);

    const speex = record();
    const response = await ask("/v1/voices/voice-1.speex");
    expect(await bytesOf(response)).toEqual(speex);
    expect(tokenCalls()).toBe(2);
    expect(wechat.calls({ path: MEDIA_PATH, mediaId: "voice-1" })).toHaveLength(2);
  });

  it("that are refused again after the replacement are the operator's problem, told once", async () => {
    record();
    wechat.misbehave({ kind: "token-refused", because: "revoked", path: MEDIA_PATH });
    const response = await ask("/v1/voices/voice-1.speex");
    expect(response.status).toBe(502);
    expect(await jsonOf(response)).toMatchObject({ code: "wechat-credential", wechat: { errcode: 40001 } });
    expect(mediaCalls()).toBe(2);
    expect(await storedKeys()).toEqual([]);
  });
});

describe("bad requests", () => {
  it.each([
    ["a malformed media id", "GET", "/v1/voices/a%20b.speex", 400, "media-id-malformed"],
    ["a media id of 257 characters", "GET", `/v1/voices/${"a".repeat(257)}`, 400, "media-id-malformed"],
    ["an unknown suffix", "GET", "/v1/voices/voice-1.flac", 400, "format-unknown"],
    ["an unknown account", "GET", "/v1/apps/wxunknown/voices/voice-1", 404, "account-unknown"],
    ["a wrong method", "PUT", "/v1/voices/voice-1", 405, "method-not-allowed"],
    ["an oversize path", "GET", `/v1/voices/${"a".repeat(6000)}`, 414, "path-too-long"],
    ["an unknown path", "GET", "/v2/voices/voice-1", 404, "route-not-found"],
    ["a media id that WeChat doesn't know", "GET", "/v1/voices/gone.speex", 404, "voice-not-found"],
  ])("%s is a problem of its own", async (_, method, path, status, code) => {
    const response = await ask(path, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const problem = await jsonOf<Record<string, string>>(response);
    expect(problem).toMatchObject({
      type: `https://hdvoice.test/problems/${code}`,
      status,
      code,
      title: expect.stringMatching(/./),
      detail: expect.stringMatching(/./),
      requestId: response.headers.get("x-request-id"),
    });

    const explanation = await ask(new URL(problem.type ?? "").pathname);
    expect(explanation.status).toBe(200);
    expect(await textOf(explanation)).toContain(code);
  });

  it("an Accept header that no form fits is 406", async () => {
    const response = await ask("/v1/voices/voice-1", { headers: { accept: "image/png" } });
    expect(response.status).toBe(406);
    expect(await jsonOf(response)).toMatchObject({ code: "not-acceptable" });
    expect(mediaCalls()).toBe(0);
  });

  it.each([
    ["no key", "none", 401, "unauthorized"],
    ["a wrong key", "Bearer hdv_reader_wrong", 401, "unauthorized"],
    ["another scheme", "Basic cmVhZGVyOng=", 401, "unauthorized"],
    ["a key without the scope", `Bearer ${SCOPELESS_KEY}`, 403, "forbidden"],
    ["a key for other accounts", `Bearer ${OTHER_APP_KEY}`, 403, "forbidden"],
  ])("%s gets nothing, and WeChat is not asked", async (_, authorization, status, code) => {
    record();
    const response = await ask("/v1/voices/voice-1.speex", { headers: { authorization } });
    expect(response.status).toBe(status);
    expect(await jsonOf(response)).toMatchObject({ code });
    expect(response.headers.get("www-authenticate")).toBe(status === 401 ? 'Bearer realm="hdvoice"' : null);
    expect(wechat.calls()).toEqual([]);
  });

  it("a wrong method is told the right ones", async () => {
    const response = await ask("/v1/voices/voice-1", { method: "POST", body: "{}" });
    expect(response.headers.get("allow")).toBe("GET, HEAD, DELETE");
    await textOf(response);
  });
});
