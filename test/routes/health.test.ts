import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Env } from "../../src/env.ts";
import { READER_KEY } from "../support/accounts.ts";
import { ask, jsonOf, textOf } from "../support/gateway.ts";
import { fetchApp } from "../support/worker.ts";

const UNCONFIGURED = { TOKENS: env.TOKENS, VOICES: env.VOICES } as Env;

async function askUnconfigured(path: string) {
  const headers = { authorization: `Bearer ${READER_KEY}` };
  return fetchApp(new Request(`https://hdvoice.test${path}`, { headers }), UNCONFIGURED);
}

describe("/healthz", () => {
  it("says that the Worker runs, to anybody", async () => {
    const response = await ask("/healthz", { headers: { authorization: "none" } });
    expect(response.status).toBe(200);
    expect(await jsonOf(response)).toEqual({ status: "ok" });
  });

  it("says so without any settings", async () => {
    const response = await askUnconfigured("/healthz");
    expect(response.status).toBe(200);
    expect(await jsonOf(response)).toEqual({ status: "ok" });
  });
});

describe("/readyz", () => {
  it("says that everything is set, to anybody", async () => {
    const response = await ask("/readyz", { headers: { authorization: "none" } });
    expect(response.status).toBe(200);
    expect(await jsonOf(response)).toEqual({ status: "ready" });
  });
});

describe("without settings", () => {
  it.each(["/readyz", "/v1/voices/voice-1", "/v1/apps/wx1/voices/voice-1.ogg", "/v1/whatever"])(
    "%s says what is missing",
    async (path) => {
      const response = await askUnconfigured(path);
      expect(response.status).toBe(503);
      expect(await jsonOf(response)).toEqual({
        type: "https://hdvoice.test/problems/not-configured",
        title: "Not configured",
        status: 503,
        detail:
          "No account: set WECHAT_APP_ID and WECHAT_APP_SECRET, WECHAT_ACCOUNTS, or WECHAT_PLATFORMS. API_KEYS is empty: nobody may call. 'npm run key' makes a key and its entry. See the README, \"Configure\".",
        code: "not-configured",
        requestId: response.headers.get("x-request-id"),
      });
    },
  );
});

describe.each(["/healthz", "/readyz"])("%s", (path) => {
  it("answers HEAD without a body", async () => {
    const response = await ask(path, { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(await textOf(response)).toBe("");
  });

  it.each(["POST", "PUT", "DELETE"])("does not answer %s, and says what it answers", async (method) => {
    const response = await ask(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET, HEAD");
    expect(await jsonOf(response)).toMatchObject({ code: "method-not-allowed" });
  });
});
