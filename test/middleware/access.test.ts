import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config/config.ts";
import { ServiceError } from "../../src/errors.ts";
import { requireAccount, requireCaller, requireScope } from "../../src/middleware/access.ts";
import type { AppEnv } from "../../src/middleware/app-env.ts";
import { envOf, LEAST } from "../support/settings.ts";

async function sha256(key: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key))).toHex();
}

/** Accounts wx1 (the default) and wx2, and keys that may do different things with them. */
const CONFIG = parseConfig(
  envOf({
    ...LEAST,
    WECHAT_ACCOUNTS: JSON.stringify([{ appId: "wx2", secret: "secret-2" }]),
    API_KEYS: JSON.stringify([
      { id: "reader", sha256: await sha256("reader-key"), scopes: ["voices:read"] },
      { id: "operator", sha256: await sha256("operator-key"), scopes: ["accounts:read"] },
      { id: "second", sha256: await sha256("second-key"), scopes: ["voices:read"], apps: ["wx2"] },
      { id: "nowhere", sha256: await sha256("nowhere-key"), scopes: ["voices:read"], apps: [] },
      { id: "stale", sha256: await sha256("stale-key"), scopes: ["voices:read"], apps: ["wx3"] },
    ]),
  }),
);

const guards = [requireCaller, requireAccount, requireScope("voices:read")] as const;
const app = new Hono<AppEnv>()
  .use(async (c, next) => {
    c.set("config", CONFIG);
    c.set("findAccount", async (appId) => CONFIG.accounts.get(appId) ?? null);
    await next();
  })
  .get("/voice", ...guards, (c) => c.json({ caller: c.var.caller.id, account: c.var.account.appId }))
  .get("/apps/:appId/voice", ...guards, (c) =>
    c.json({ caller: c.var.caller.id, account: c.var.account.appId }),
  );
app.onError((error, c) => {
  if (!(error instanceof ServiceError)) throw error;
  return c.json({ code: error.code, detail: error.message, headers: error.headers });
});

async function outcome(path: string, key: string | null): Promise<unknown> {
  const headers = key === null ? {} : { authorization: `Bearer ${key}` };
  return (await app.request(path, { headers })).json();
}

describe("a caller with the scope", () => {
  it.each([
    ["/voice", "reader-key", "reader", "wx1"],
    ["/apps/wx1/voice", "reader-key", "reader", "wx1"],
    ["/apps/wx2/voice", "reader-key", "reader", "wx2"],
    ["/apps/wx2/voice", "second-key", "second", "wx2"],
  ])("reaches %s with %s", async (path, key, caller, account) => {
    expect(await outcome(path, key)).toEqual({ caller, account });
  });
});

describe("without a valid key", () => {
  it.each([
    ["/voice", null],
    ["/voice", "unknown-key"],
    ["/apps/wx2/voice", "unknown-key"],
    ["/apps/wx9/voice", null],
  ])("%s (%s) is refused, whether the account exists or not", async (path, key) => {
    expect(await outcome(path, key)).toEqual({
      code: "unauthorized",
      detail: "Send a valid API key as 'Authorization: Bearer <key>'.",
      headers: { "www-authenticate": 'Bearer realm="hdvoice"' },
    });
  });
});

describe("a valid key is not enough", () => {
  it.each([
    ["without the scope", "/voice", "operator-key", "This key lacks the scope voices:read."],
    [
      "for another account than the path's",
      "/apps/wx1/voice",
      "second-key",
      "This key may not use the account wx1.",
    ],
    [
      "for an account that isn't told to exist",
      "/apps/wx9/voice",
      "second-key",
      "This key may not use the account wx9.",
    ],
    ["for no account at all", "/apps/wx1/voice", "nowhere-key", "This key may not use the account wx1."],
    [
      "for another account than the default one",
      "/voice",
      "second-key",
      "This key may not use the default account: name another in the path, /v1/apps/{appId}/….",
    ],
  ])("%s", async (_, path, key, detail) => {
    expect(await outcome(path, key)).toEqual({ code: "forbidden", detail, headers: {} });
  });

  it.each([
    ["reader-key", "wx9"],
    ["stale-key", "wx3"],
  ])("for an account that is not configured (%s, %s)", async (key, appId) => {
    expect(await outcome(`/apps/${appId}/voice`, key)).toEqual({
      code: "account-unknown",
      detail: `No account ${appId} is configured here.`,
      headers: {},
    });
  });
});
