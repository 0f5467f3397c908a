import { describe, expect, it } from "vitest";
import { ConfigError, parseConfig } from "../../src/config/config.ts";
import type { Env } from "../../src/env.ts";

const KEY = { id: "k", sha256: "0".repeat(64), scopes: ["voices:read"] };
const PUSH = { token: "AAAAA", encodingAesKey: "A".repeat(43) };
const PLATFORM = { appId: "wx-platform", secret: "s", push: PUSH };

function parse(settings: Partial<Record<keyof Env, unknown>>) {
  const texts = Object.entries({ API_KEYS: [KEY], ...settings }).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return parseConfig(Object.fromEntries(texts) as Env);
}

function faultsOf(settings: Parameters<typeof parse>[0]): readonly string[] {
  try {
    parse(settings);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

const account = (entry: object) =>
  parse({ WECHAT_ACCOUNTS: [entry] })
    .accounts.values()
    .next().value;

describe("an account's hosts", () => {
  it("are WeChat's own in their documented order when nothing is set", () => {
    expect(account({ appId: "wx1", secret: "s" })).toEqual({
      appId: "wx1",
      source: "stable",
      secret: "s",
      apiOrigins: ["https://api.weixin.qq.com", "https://api2.weixin.qq.com", "https://hk.api.weixin.qq.com"],
      tokenOrigin: "https://api.weixin.qq.com",
    });
  });

  it("are qyapi for WeCom", () => {
    expect(account({ appId: "ww1", source: "work", secret: "s" })).toMatchObject({
      apiOrigins: ["https://qyapi.weixin.qq.com"],
      tokenOrigin: "https://qyapi.weixin.qq.com",
    });
  });

  it("are the account's own before all others, the token's too", () => {
    const own = { apiOrigins: ["https://relay.test"] };
    expect(account({ appId: "ww1", source: "work", secret: "s", ...own })).toMatchObject({
      ...own,
      tokenOrigin: "https://relay.test",
    });
  });

  it("are the platform's for an account that it acts for", () => {
    const { accounts } = parse({
      WECHAT_PLATFORMS: [{ ...PLATFORM, apiOrigins: ["https://relay.test"], relaySecret: "r" }],
      WECHAT_ACCOUNTS: [{ appId: "wx1", source: "authorizer", componentAppId: "wx-platform" }],
    });
    expect(accounts.get("wx1")).toMatchObject({
      apiOrigins: ["https://relay.test"],
      tokenOrigin: "https://relay.test",
      relaySecret: "r",
    });
  });

  it("get the relay's secret that is set for all, unless they have their own", () => {
    const { accounts } = parse({
      WECHAT_RELAY_SECRET: "for all",
      WECHAT_APP_ID: "wx0",
      WECHAT_APP_SECRET: "s",
      WECHAT_ACCOUNTS: [{ appId: "wx1", secret: "s", relaySecret: "its own" }],
    });
    expect([...accounts.values()].map(({ relaySecret }) => relaySecret)).toEqual(["for all", "its own"]);
  });
});

describe("a fault in an account", () => {
  it.each([
    [
      { appId: "wx1", source: "stabel", secret: "s" },
      "[0].source must be one of: stable, classic, authorizer, work, remote, pushed, cloud",
    ],
    [{ appId: "wx1" }, "[0].secret is missing or not a string"],
    [{ appId: "wx1", source: "pushed", secret: "s" }, "[0] has a field that is not known here"],
    [{ appId: "wx1", source: "remote" }, "[0].url is missing or not a string"],
    [
      { appId: "wx1", source: "remote", url: "ftp://x" },
      "[0].url must be an http or https URL without a user name",
    ],
    [
      { appId: "wx1", source: "remote", url: "https://x/", tokenPath: "a..b" },
      "[0].tokenPath must be field names with dots between, such as data.access_token",
    ],
    [
      { appId: "wx1", source: "remote", url: "https://x/", maxAgeSeconds: 5 },
      "[0].maxAgeSeconds must be 60 at least",
    ],
    [{ appId: "wx1", source: "cloud" }, "[0].apiOrigins is missing or not an array"],
    [
      { appId: "wx1", source: "cloud", apiOrigins: ["https://x"], carries: "token" },
      "[0].carries must be one of: none, cloudbase_access_token",
    ],
    [
      { appId: "wx1", source: "pushed", push: { token: "AAAAA", encodingAesKey: "short" } },
      "[0].push.encodingAesKey must be 43 letters and digits, as in WeChat's console",
    ],
    ["wx1", "[0] is missing or not an object"],
  ])("%o is told by field and rule", (entry, rule) => {
    expect(faultsOf({ WECHAT_ACCOUNTS: [entry] })).toEqual([`WECHAT_ACCOUNTS: ${rule}.`]);
  });

  it("never quotes a value", () => {
    const secret = "a secret that stands in the wrong place";
    const entry = { appId: secret, source: secret, secret: { secret }, [secret]: secret };
    expect(faultsOf({ WECHAT_ACCOUNTS: [entry] }).join()).not.toContain(secret);
  });
});

describe("a third-party platform", () => {
  it("is enough: its accounts need not be listed", () => {
    const { accounts, platforms } = parse({ WECHAT_PLATFORMS: [PLATFORM] });
    expect([accounts.size, [...platforms.keys()]]).toEqual([0, ["wx-platform"]]);
  });

  it.each([
    [{ ...PLATFORM, push: { token: "AAAAA" } }, "[0].push.encodingAesKey is missing or not a string"],
    [{ ...PLATFORM, secret: "" }, "[0].secret must not be empty"],
  ])("%o has a fault", (entry, rule) => {
    expect(faultsOf({ WECHAT_PLATFORMS: [entry] })).toEqual([`WECHAT_PLATFORMS: ${rule}.`]);
  });

  it("must be known where an account names it", () => {
    const entry = { appId: "wx1", source: "authorizer", componentAppId: "wx-other" };
    expect(faultsOf({ WECHAT_PLATFORMS: [PLATFORM], WECHAT_ACCOUNTS: [entry] })).toEqual([
      "WECHAT_ACCOUNTS: [0].componentAppId is not in WECHAT_PLATFORMS.",
    ]);
  });

  it("is told when it is listed twice, and when nothing is configured at all", () => {
    expect(faultsOf({ WECHAT_PLATFORMS: [PLATFORM, PLATFORM] })).toEqual([
      "WECHAT_PLATFORMS: [1].appId is already used by a platform before it.",
    ]);
    expect(faultsOf({})).toEqual([
      "No account: set WECHAT_APP_ID and WECHAT_APP_SECRET, WECHAT_ACCOUNTS, or WECHAT_PLATFORMS.",
    ]);
  });
});
