import { createExecutionContext, env, waitOnExecutionContext } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { APP_ID, READER_KEY } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { ask, bytesOf, jsonOf, wechat } from "../support/gateway.ts";
import { fetchApp } from "../support/worker.ts";

const SITE = "https://app.example.com";
const SPEEX = voice("short-half-second");
const withCors = { ...env, CORS_ORIGINS: `https://admin.example.com, ${SITE}` };

async function fromSite(
  origin: string,
  init: RequestInit = {},
  settings: object = withCors,
  path = "voice-1.speex",
) {
  wechat.addRecording(APP_ID, "voice-1", SPEEX);
  const headers = new Headers({ origin, ...(init.headers as Record<string, string>) });
  const context = createExecutionContext();
  const response = await fetchApp(
    new Request(`https://hdvoice.test/v1/voices/${path}`, { ...init, headers }),
    settings as typeof env,
    context,
  );
  const body = await response.arrayBuffer();
  await waitOnExecutionContext(context);
  return { response, body };
}

const authorization = `Bearer ${READER_KEY}`;

describe("a page on a configured site", () => {
  it("may read a voice and the headers that say what it got", async () => {
    const { response, body } = await fromSite(SITE, { headers: { authorization, range: "bytes=0-9" } });
    expect(response.status).toBe(206);
    expect(body.byteLength).toBe(10);
    expect(response.headers.get("access-control-allow-origin")).toBe(SITE);
    expect(response.headers.get("access-control-allow-credentials")).toBeNull();
    expect(response.headers.get("vary")).toBe("Origin");
    const exposed = response.headers.get("access-control-expose-headers")?.split(",");
    expect(exposed).toEqual(
      expect.arrayContaining(["Content-Range", "ETag", "Cache-Status", "X-Request-Id"]),
    );
  });

  it("may ask beforehand without a key", async () => {
    const { response, body } = await fromSite(SITE, {
      method: "OPTIONS",
      headers: {
        "access-control-request-method": "GET",
        "access-control-request-headers": "authorization,if-range,range",
      },
    });
    expect(response.status).toBe(204);
    expect(body.byteLength).toBe(0);
    expect(response.headers.get("access-control-allow-origin")).toBe(SITE);
    expect(response.headers.get("access-control-allow-methods")).toBe("GET,HEAD,POST,PUT,DELETE");
    const allowed = response.headers.get("access-control-allow-headers")?.toLowerCase().split(",");
    expect(allowed).toEqual(expect.arrayContaining(["authorization", "range", "if-range", "if-none-match"]));
    expect(response.headers.get("access-control-max-age")).toBe("7200");
    expect(wechat.calls()).toEqual([]);
  });

  it("may read why it got no voice", async () => {
    const { response } = await fromSite(SITE);
    expect(response.status).toBe(401);
    expect(response.headers.get("access-control-allow-origin")).toBe(SITE);
  });

  it("is told by what a negotiated answer varies", async () => {
    const { response } = await fromSite(SITE, { headers: { authorization } }, withCors, "voice-1");
    expect(response.headers.get("vary")).toBe("Accept, Sec-Fetch-Dest, Origin");
  });
});

describe("a page on any other site", () => {
  it.each([
    "https://evil.example.com",
    "https://app.example.com.evil.example",
    "null",
    "https://APP.example.com",
  ])("is told nothing: %s", async (origin) => {
    const { response } = await fromSite(origin, { headers: { authorization } });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect(response.headers.get("vary")).toBe("Origin");
  });

  it("is told nothing where no site is configured, and no answer varies", async () => {
    const { response } = await fromSite(SITE, { headers: { authorization } }, env);
    expect([...response.headers.keys()].filter((name) => /^access-control|^vary/.test(name))).toEqual([]);
    const preflight = await fromSite(SITE, { method: "OPTIONS" }, env);
    expect(preflight.response.status).toBe(401);
  });
});

it("a wrong CORS_ORIGINS is named", async () => {
  const { response, body } = await fromSite(
    SITE,
    {},
    { ...env, CORS_ORIGINS: "https://app.example.com/path" },
  );
  expect(response.status).toBe(503);
  expect(JSON.parse(new TextDecoder().decode(body))).toMatchObject({
    code: "not-configured",
    detail: expect.stringContaining("CORS_ORIGINS: must be an origin"),
  });
});

it.each(["/v1/voices/voice-1.wav", "/v1/voices/gone.speex", "/nowhere", "/healthz"])(
  "%s keeps a browser from making more of it than it is",
  async (path) => {
    wechat.addRecording(APP_ID, "voice-1", SPEEX);
    const response = await ask(path);
    await bytesOf(response);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-security-policy": expect.stringContaining("default-src 'none'"),
      "cross-origin-resource-policy": "cross-origin",
      "referrer-policy": "no-referrer",
      "strict-transport-security": "max-age=31536000",
      "x-content-type-options": "nosniff",
    });
  },
);

it("a failure tells how long its parts took", async () => {
  const response = await ask("/v1/voices/gone.speex");
  await jsonOf(response);
  expect(response.headers.get("server-timing")).toMatch(/store;dur=\d+/);
});
