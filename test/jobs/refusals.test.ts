import { describe, expect, it } from "vitest";
import { READER_KEY } from "../support/accounts.ts";
import { ask, jsonOf, storedKeys } from "../support/gateway.ts";
import { asBackend, post } from "../support/jobs.ts";

describe("/v1/fetches refuses", () => {
  it.each<[string, unknown, string]>([
    ["no ids", { mediaIds: [] }, "The body: mediaIds must hold 1 to 1000 media ids."],
    ["1,001 ids", { mediaIds: Array(1_001).fill("a") }, "The body: mediaIds must hold 1 to 1000 media ids."],
    [
      "an id that is none",
      { mediaIds: ["good", "not good"] },
      "The body: mediaIds[1] must be 1 to 256 letters, digits, '-' or '_'.",
    ],
    [
      "an unknown form",
      { mediaIds: ["a"], formats: ["mp3"] },
      "The body: formats[0] must be one of: speex, wav, ogg, pcm, txt, vtt, srt, transcript.json.",
    ],
    ["no form", { mediaIds: ["a"], formats: [] }, "The body: formats must name at least one form."],
    ["an unknown field", { mediaIds: ["a"], x: 1 }, "The body: has a field that is not known here."],
    [
      "a callback by http",
      { mediaIds: ["a"], callbackUrl: "http://hooks.example.com/" },
      "callbackUrl must begin with https://.",
    ],
    [
      "a callback to a host that isn't listed",
      { mediaIds: ["a"], callbackUrl: "https://169.254.169.254/latest/meta-data" },
      "callbackUrl names a host, or a port, that is not in CALLBACK_HOSTS.",
    ],
    [
      "a callback with a password",
      { mediaIds: ["a"], callbackUrl: "https://me:secret@hooks.example.com/" },
      "callbackUrl must be an https URL without a user name or a password.",
    ],
  ])("%s", async (_, body, detail) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await jsonOf(response)).toMatchObject({ code: "request-invalid", detail });
    expect(await storedKeys()).toEqual([]);
  });

  it.each([
    ["limit=0", "The query: limit must be a number from 1 to 100."],
    ["after=x", "The query: after must be the 'next' of a page."],
    ["page=2", "The query: has a field that is not known here."],
  ])("a list of ?%s", async (query, detail) => {
    const response = await asBackend(`/v1/fetches?${query}`);
    expect(await jsonOf(response)).toMatchObject({ status: 400, code: "request-invalid", detail });
  });

  it("a body that is no JSON", async () => {
    const response = await asBackend("/v1/fetches", { method: "POST", body: "{" });
    expect(await jsonOf(response)).toMatchObject({ status: 400, detail: "The body is not valid JSON." });
  });

  it("a body that is not UTF-8", async () => {
    const response = await asBackend("/v1/fetches", {
      method: "POST",
      body: Uint8Array.of(0x22, 0xff, 0x22),
    });
    expect(await jsonOf(response)).toMatchObject({ status: 400, detail: "The body is not UTF-8." });
  });

  it("more than 300,000 bytes", async () => {
    const response = await post({ mediaIds: ["a"], padding: "x".repeat(300_000) });
    expect(response.status).toBe(413);
    expect(await jsonOf(response)).toMatchObject({ code: "request-too-large" });
  });

  it.each([
    ["POST", "/v1/fetches", "fetches:create"],
    ["GET", "/v1/fetches", "fetches:read"],
    ["GET", "/v1/fetches/j_00000000000000000000000000000000", "fetches:read"],
    ["DELETE", "/v1/fetches/j_00000000000000000000000000000000", "fetches:create"],
  ])("%s %s without the scope %s", async (method, path, scope) => {
    const response = await ask(path, { method, headers: { authorization: `Bearer ${READER_KEY}` } });
    expect(response.status).toBe(403);
    expect(await jsonOf(response)).toMatchObject({ detail: `This key lacks the scope ${scope}.` });
  });

  it("unknown jobs, and ids that are none", async () => {
    for (const jobId of ["j_00000000000000000000000000000000", "by-time"]) {
      const response = await asBackend(`/v1/fetches/${jobId}`);
      expect(response.status).toBe(404);
      await jsonOf(response);
    }
  });

  it("other methods, by naming its own", async () => {
    const collection = await asBackend("/v1/fetches", { method: "PUT" });
    expect([collection.status, collection.headers.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
    const job = await asBackend("/v1/fetches/j_00000000000000000000000000000000", { method: "PUT" });
    expect([job.status, job.headers.get("allow")]).toEqual([405, "GET, HEAD, DELETE"]);
  });
});
