import { describe, expect, it } from "vitest";
import { APP_ID, BACKEND_KEY, OTHER_APP_ID, READER_KEY } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { ask, bytesOf, jsonOf, said, wechat } from "../support/gateway.ts";
import { bend, letPass } from "../support/world.ts";

const SPEEX = voice("short-half-second");
const NONE = { authorization: "none" };

async function makeLink(body: unknown, path = "/v1/voices/voice-1/links", key = BACKEND_KEY) {
  const headers = { authorization: `Bearer ${key}` };
  return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** The path and query of a new link to voice-1. Its making is not part of what is searched for the signature. */
async function linkTo(format: string, expiresInSeconds = 60): Promise<string> {
  wechat.addRecording(APP_ID, "voice-1", SPEEX);
  const { url } = (await (await makeLink({ format, expiresInSeconds })).json()) as { url: string };
  return url.slice("https://hdvoice.test".length);
}

describe("a signed link", () => {
  it("is made for one form of one voice, with its end", async () => {
    bend({ stoppedAtMs: 1_800_000_000_500 });
    const response = await makeLink({ format: "wav", expiresInSeconds: 600 });
    expect(response.status).toBe(201);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await jsonOf(response)).toEqual({
      url: expect.stringMatching(
        /^https:\/\/hdvoice\.test\/v1\/apps\/wx1234567890abcdef\/voices\/voice-1\.wav\?expires=1800000600&key=link-2&signature=[\w-]{43}$/,
      ),
      expiresAt: "2027-01-15T08:10:00.000Z",
    });
  });

  it("lasts an hour when nothing else is asked for", async () => {
    bend({ stoppedAtMs: 1_800_000_000_000 });
    const { expiresAt } = await jsonOf(await makeLink({ format: "wav" }));
    expect(expiresAt).toBe("2027-01-15T09:00:00.000Z");
  });

  it("names its account, also where that is not the default one", async () => {
    const response = await makeLink({ format: "ogg" }, `/v1/apps/${OTHER_APP_ID}/voices/voice-1/links`);
    const { url } = await jsonOf<{ url: string }>(response);
    expect(url).toContain(`/v1/apps/${OTHER_APP_ID}/voices/voice-1.ogg?`);
  });

  it("opens its voice by GET and HEAD, without a key, range and all", async () => {
    const link = await linkTo("speex");
    const whole = await ask(link, { headers: NONE });
    expect(whole.status).toBe(200);
    expect(await bytesOf(whole)).toEqual(SPEEX);

    const head = await ask(link, { method: "HEAD", headers: NONE });
    expect(head.status).toBe(200);
    expect(head.headers.get("content-length")).toBe(String(SPEEX.length));

    const part = await ask(link, { headers: { ...NONE, range: "bytes=60-119" } });
    expect(part.status).toBe(206);
    expect(await bytesOf(part)).toEqual(SPEEX.subarray(60, 120));
  });

  it.each(["POST", "PUT", "DELETE"])("opens nothing by %s", async (method) => {
    const response = await ask(await linkTo("speex"), { method, headers: NONE });
    expect(response.status).toBe(401);
  });

  it("answers 410 once it has expired", async () => {
    const link = await linkTo("speex");
    letPass(61_000);
    const response = await ask(link, { headers: NONE });
    expect(response.status).toBe(410);
    expect(await jsonOf(response)).toEqual({
      type: "https://hdvoice.test/problems/link-expired",
      title: "Link has expired",
      status: 410,
      detail: "This link has expired.",
      code: "link-expired",
      requestId: expect.any(String),
    });
    expect(wechat.calls()).toEqual([]);
  });

  it("answers 403 when it was changed, and asks WeChat nothing", async () => {
    const link = (await linkTo("speex")).replace(".speex", ".wav");
    const response = await ask(link, { headers: NONE });
    expect(response.status).toBe(403);
    expect(await jsonOf(response)).toEqual({
      type: "https://hdvoice.test/problems/link-forged",
      title: "Link is not genuine",
      status: 403,
      detail: "The signature does not fit this link: the link was changed, or its key was removed.",
      code: "link-forged",
      requestId: expect.any(String),
    });
    expect(wechat.calls()).toEqual([]);
  });

  it.each(["&from=singlemessage&isappinstalled=0", "&utm_source=wechat", "&fbclid=x&signature=other", "&"])(
    "works with %s behind it, as apps append when it is passed on",
    async (appended) => {
      const response = await ask((await linkTo("speex")) + appended, { headers: NONE });
      expect(response.status).toBe(200);
      expect(await bytesOf(response)).toEqual(SPEEX);
    },
  );

  it.each([
    ["?a=1&", "?"],
    ["?expires=9999999999&", "?"],
    ["&expires=9999999999&signature=", "&signature="],
  ])("is not genuine with %s put in front of what is signed", async (put, at) => {
    const response = await ask((await linkTo("speex")).replace(at, put), { headers: NONE });
    expect(response.status).toBe(403);
    expect(await jsonOf(response)).toMatchObject({ code: "link-forged" });
  });

  it("never shows its signature in a log or an answer, good or bad", async () => {
    const link = await linkTo("speex");
    const signature = link.slice(link.indexOf("signature=") + "signature=".length);
    said.length = 0;
    await bytesOf(await ask(link, { headers: NONE }));
    await jsonOf(await ask(link.replace(".speex", ".mp3"), { headers: NONE }));
    await jsonOf(await ask(link.replace("voice-1", "voice-2"), { headers: NONE }));
    await jsonOf(await ask(link.replace("/voices/", "/nothing/"), { headers: NONE }));
    await jsonOf(await ask(link, { method: "DELETE", headers: NONE }));
    expect(said.join("\n")).toContain("signed-link");
    expect(said.join("\n")).not.toContain(signature);
    expect(said.join("\n")).not.toContain("signature=");
  });

  it("does not stand in for a wrong key", async () => {
    const response = await ask(await linkTo("speex"), { headers: { authorization: "Bearer wrong" } });
    expect(response.status).toBe(401);
  });
});

describe("making a link is refused", () => {
  it.each<[string, unknown, string]>([
    [
      "an unknown form",
      { format: "mp3" },
      "The body: format must be one of: speex, wav, ogg, pcm, json, txt, vtt, srt, transcript.json.",
    ],
    [
      "no form",
      {},
      "The body: format must be one of: speex, wav, ogg, pcm, json, txt, vtt, srt, transcript.json.",
    ],
    [
      "a time in the past",
      { format: "wav", expiresInSeconds: -1 },
      "The body: expiresInSeconds must be a whole number of seconds from 1 to 604800.",
    ],
    [
      "more than a week",
      { format: "wav", expiresInSeconds: 604_801 },
      "The body: expiresInSeconds must be a whole number of seconds from 1 to 604800.",
    ],
    ["an unknown field", { format: "wav", expires: 1 }, "The body: has a field that is not known here."],
    ["a list", [], "The body: is missing or not an object."],
  ])("with %s", async (_, body, detail) => {
    const response = await makeLink(body);
    expect(response.status).toBe(400);
    expect(await jsonOf(response)).toMatchObject({ code: "request-invalid", detail });
  });

  it("without the scope links:create", async () => {
    const response = await makeLink({ format: "wav" }, undefined, READER_KEY);
    expect(response.status).toBe(403);
    expect(await jsonOf(response)).toMatchObject({ detail: "This key lacks the scope links:create." });
  });

  it("for a media id that is none", async () => {
    const response = await makeLink({ format: "wav" }, "/v1/voices/a%20b/links");
    expect(response.status).toBe(400);
    expect(await jsonOf(response)).toMatchObject({ code: "media-id-malformed" });
  });

  it("with a body of more than 4,096 bytes", async () => {
    const response = await makeLink({ format: "wav", padding: "x".repeat(5_000) });
    expect(response.status).toBe(413);
    expect(await jsonOf(response)).toMatchObject({
      code: "request-too-large",
      detail: "The body may have at most 4096 bytes.",
    });
  });

  it("by any method but POST", async () => {
    const response = await ask("/v1/voices/voice-1/links", { method: "PUT" });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST");
    await jsonOf(response);
  });
});
