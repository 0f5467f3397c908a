/**
 * Everything that WeChat has been seen to do wrong, against a voice that isn't stored: either the right bytes come
 * out, or the right problem, and nothing wrong is ever kept.
 */
import { beforeEach, describe, expect, it } from "vitest";
import type { MisbehaviourRule } from "../../tools/simulator/simulator.ts";
import { APP_ID, OPERATOR_KEY } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { ask, bytesOf, jsonOf, storedKeys, unreachableHosts, wechat } from "../support/gateway.ts";
import { withoutBackoff } from "../support/world.ts";

const MEDIA_PATH = "/cgi-bin/media/get/jssdk";
const TOKEN_PATH = "/cgi-bin/stable_token";
const STORED = [`voice/v1/${APP_ID}/voice-1/source`];
const SPEEX = voice("short-half-second");

// Back-off is random: no need to wait for it.
beforeEach(() => {
  withoutBackoff();
});

function record(): void {
  wechat.addRecording(APP_ID, "voice-1", SPEEX);
}

const onMedia = (rule: MisbehaviourRule): MisbehaviourRule => ({ path: MEDIA_PATH, ...rule });

describe("the right bytes come out when", () => {
  it.each<[string, MisbehaviourRule]>([
    ["WeChat is busy twice", onMedia({ kind: "errcode", errcode: -1, times: 2 })],
    [
      "WeChat says so as text/plain",
      onMedia({ kind: "errcode", errcode: -1, contentType: "text/plain", times: 1 }),
    ],
    ["a host answers 502 twice", onMedia({ kind: "status", status: 502, times: 2 })],
    ["the first host answers 500 for good", onMedia({ kind: "status", status: 500, times: 3 })],
    ["the network fails once", onMedia({ kind: "network-failure", times: 1 })],
    ["a web page comes in place of the voice", onMedia({ kind: "html-page", times: 1 })],
    ["the body is empty once", onMedia({ kind: "empty-body", times: 1 })],
    ["the body breaks off inside, twice", onMedia({ kind: "cut", afterBytes: 700, times: 2 })],
    [
      "the body ends short of its length",
      onMedia({ kind: "cut", afterBytes: 700, ending: "close", times: 1 }),
    ],
    ["the body breaks off in its first bytes", onMedia({ kind: "cut", afterBytes: 7, times: 1 })],
    ["no Content-Length is sent", onMedia({ kind: "no-content-length" })],
    ["the body drips", onMedia({ kind: "drip", chunkBytes: 100, intervalMs: 2 })],
    ["the answer is late", onMedia({ kind: "delay", delayMs: 50 })],
    ["the Content-Type is new", onMedia({ kind: "content-type", contentType: "application/octet-stream" })],
    ["the token call fails twice", { kind: "status", status: 503, path: TOKEN_PATH, times: 2 }],
    ["the token call finds WeChat busy", { kind: "errcode", errcode: -1, path: TOKEN_PATH, times: 2 }],
  ])("%s", async (_, rule) => {
    record();
    wechat.misbehave(rule);
    const response = await ask("/v1/voices/voice-1.speex");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe(String(SPEEX.length));
    expect(await bytesOf(response)).toEqual(SPEEX);
    expect(await storedKeys()).toEqual(STORED);
  });

  it("the first host can't be reached", async () => {
    record();
    await bytesOf(await ask("/v1/voices/voice-1.json"));
    wechat.addRecording(APP_ID, "voice-2", SPEEX);
    unreachableHosts.add("api.weixin.qq.com");
    expect(await bytesOf(await ask("/v1/voices/voice-2.speex"))).toEqual(SPEEX);
  });

  it("frames come with header bytes: as they came for .speex, and counted right", async () => {
    record();
    wechat.misbehave(onMedia({ kind: "header-bytes" }));
    const speex = await bytesOf(await ask("/v1/voices/voice-1.speex"));
    expect(speex.length).toBe((SPEEX.length / 60) * 61);
    await storedKeys();
    const metadata = await jsonOf(await ask("/v1/voices/voice-1.json"));
    expect(metadata).toMatchObject({
      framing: "header-byte",
      frames: 25,
      durationSeconds: 0.5,
      contentType: "audio/x-speex-with-header-byte; rate=16000",
    });
  });
});

describe("the right problem comes out, and nothing is stored, when", () => {
  it.each<[string, MisbehaviourRule, number, string]>([
    ["WeChat stays busy", onMedia({ kind: "errcode", errcode: -1 }), 503, "wechat-unavailable"],
    ["every host answers 502", onMedia({ kind: "status", status: 502 }), 503, "wechat-unavailable"],
    ["the network is down", onMedia({ kind: "network-failure" }), 503, "wechat-unavailable"],
    ["a web page comes each time", onMedia({ kind: "html-page" }), 503, "wechat-unavailable"],
    ["the body is empty each time", onMedia({ kind: "empty-body" }), 503, "wechat-unavailable"],
    [
      "the body never gets past its first bytes",
      onMedia({ kind: "cut", afterBytes: 7 }),
      503,
      "wechat-unavailable",
    ],
    [
      "the media id is unknown, told as text/plain",
      onMedia({ kind: "errcode", errcode: 40007, contentType: "text/plain" }),
      404,
      "voice-not-found",
    ],
    ["the minute's quota is used up", onMedia({ kind: "errcode", errcode: 45011 }), 429, "rate-limited"],
    ["the day's quota is used up", onMedia({ kind: "errcode", errcode: 45009 }), 429, "rate-limited"],
    [
      "the account lacks the permission",
      onMedia({ kind: "errcode", errcode: 48001 }),
      502,
      "wechat-permission",
    ],
    [
      "the platform lacks the permission set",
      onMedia({ kind: "errcode", errcode: 61007 }),
      502,
      "wechat-permission",
    ],
    ["the secret is frozen", { kind: "errcode", errcode: 40243, path: TOKEN_PATH }, 502, "wechat-credential"],
    ["an errcode is not in our table", onMedia({ kind: "errcode", errcode: 99_999 }), 502, "wechat-refused"],
    ["the token call fails", { kind: "status", status: 500, path: TOKEN_PATH }, 503, "wechat-unavailable"],
  ])("%s", async (_, rule, status, code) => {
    record();
    wechat.misbehave(rule);
    const response = await ask("/v1/voices/voice-1.speex");
    expect(response.status).toBe(status);
    expect(await jsonOf(response)).toMatchObject({ code });
    const retryable = code === "wechat-unavailable" || code === "rate-limited";
    expect(response.headers.has("retry-after")).toBe(retryable);
    expect(await storedKeys()).toEqual([]);
  });

  it.each<[MisbehaviourRule]>([
    [{ kind: "text-errors" }],
    [{ kind: "error-prefix", prefix: "  \n" }],
    [{ kind: "error-prefix", prefix: "\uFEFF" }],
  ])("an error comes dressed as %j", async (rule) => {
    wechat.misbehave(onMedia(rule));
    const response = await ask("/v1/voices/unknown.speex");
    expect(response.status).toBe(404);
    expect(await jsonOf(response)).toMatchObject({
      code: "voice-not-found",
      wechat: {
        errcode: 40007,
        errmsg: expect.stringMatching(/^invalid media_id hint: \[\w+\]$/),
        rid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/),
      },
    });
  });

  it("the body breaks off for good: the client's body is cut short, not padded", async () => {
    record();
    wechat.misbehave(onMedia({ kind: "cut", afterBytes: 700 }));
    const response = await ask("/v1/voices/voice-1.speex");
    expect(response.headers.get("content-length")).toBe(String(SPEEX.length));
    await expect(response.arrayBuffer()).rejects.toThrow();
    expect(await storedKeys()).toEqual([]);
  });

  it("Content-Length promised more than ever comes", async () => {
    record();
    wechat.misbehave(onMedia({ kind: "wrong-content-length", offByBytes: 60 }));
    const response = await ask("/v1/voices/voice-1.speex");
    await expect(response.arrayBuffer()).rejects.toThrow();
    expect(await storedKeys()).toEqual([]);
  });

  it("Content-Length promised less than comes", async () => {
    record();
    wechat.misbehave(onMedia({ kind: "wrong-content-length", offByBytes: -60 }));
    const response = await ask("/v1/voices/voice-1.speex");
    expect(response.status).toBe(503);
    expect(await jsonOf(response)).toMatchObject({ code: "wechat-unavailable" });
    expect(await storedKeys()).toEqual([]);
  });
});

describe("WeChat's IP allow-list", () => {
  const rule = onMedia({
    kind: "errcode",
    errcode: 40164,
    errmsg:
      "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 0123abcd-0123abcd-0123abcd",
  });

  it("is named with the address for operators", async () => {
    wechat.misbehave(rule);
    const headers = { authorization: `Bearer ${OPERATOR_KEY}` };
    const response = await ask("/v1/voices/voice-1.speex", { headers });
    expect(response.status).toBe(502);
    expect(await jsonOf(response)).toMatchObject({
      code: "wechat-ip-not-allowed",
      detail: expect.stringContaining("203.0.113.7"),
      wechat: {
        errcode: 40164,
        errmsg: "invalid ip … ipv6 …, not in whitelist",
        rid: "0123abcd-0123abcd-0123abcd",
      },
    });
  });

  it("is named without the address for other callers", async () => {
    wechat.misbehave(rule);
    const problem = await jsonOf(await ask("/v1/voices/voice-1.speex"));
    expect(problem).toMatchObject({ code: "wechat-ip-not-allowed" });
    expect(JSON.stringify(problem)).not.toContain("203.0.113.7");
  });
});
