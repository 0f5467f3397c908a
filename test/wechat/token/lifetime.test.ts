import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { KeeperState } from "../../../src/wechat/token/keeper-state.ts";
import { tokenOf, withSaneEnd } from "../../../src/wechat/token/lifetime.ts";
import * as known from "../../support/accounts.ts";
import { otherHosts, wechat } from "../../support/gateway.ts";
import { createIsolates } from "../../support/isolates.ts";
import { authorize } from "../../support/platform.ts";
import { bend, letPass } from "../../support/world.ts";

const NOW = Date.UTC(2026, 2, 1, 4);

describe("a token lasts", () => {
  it.each([
    [7200, 7200],
    [300, 300],
    [60, 60],
    [59, 60],
    [0.4, 60],
    [0, 60],
    [-7200, 60],
    [7201, 7200],
    [1e20, 7200],
    [1e308, 7200],
    ["7200", 7200],
    ["1e20", 7200],
    [undefined, 60],
    [null, 60],
    ["soon", 60],
    [Number.POSITIVE_INFINITY, 60],
  ])("when it is told to last %j s, %d s", (told, seconds) => {
    expect(tokenOf("t", told, NOW)).toEqual({ value: "t", expiresAtMs: NOW + seconds * 1000 });
  });

  it.each([
    [NOW + 7_200_000, NOW + 7_200_000],
    [NOW - 1, NOW - 1],
    [1e23, NOW + 7_200_000],
  ])("until %d, as far as that can be: %d", (expiresAtMs, sane) => {
    expect(withSaneEnd({ value: "t", expiresAtMs }, NOW)).toEqual({ value: "t", expiresAtMs: sane });
  });
});

/** Every source that WeChat is asked by, and the call whose answer tells the token's life. */
const SOURCES = [
  ["stable", known.APP_ID, "/cgi-bin/stable_token"],
  ["classic", known.CLASSIC_APP_ID, "/cgi-bin/token"],
  ["work", known.CORP_ID, "/cgi-bin/gettoken"],
  ["authorizer", known.LISTED_MERCHANT_APP_ID, "/cgi-bin/component/api_authorizer_token"],
] as const;

/** What `expires_in` may hold, and for how many seconds the token is used then. */
const LIVES: readonly [string, number][] = [
  ["7200", 7200],
  ["1e20", 7200],
  ["1e308", 7200],
  ["0.4", 60],
  ["0", 60],
  ["-1", 60],
  ['"7200"', 7200],
  ['"300.5"', 300.5],
  ['"1e3"', 1000],
  ['"soon"', 60],
  ["1e309", 60],
  ["null", 60],
  ["[]", 60],
  ["", 60],
];

beforeEach(() => {
  bend({ stoppedAtMs: NOW, random: () => 0 });
  otherHosts.set("relay.test", (request) =>
    wechat.handle(new Request(request.url.replace("relay.test", "api.weixin.qq.com"), request)),
  );
});

describe.each(SOURCES)("from %s", (source, appId, path) => {
  const ref = { appId, componentAppId: source === "authorizer" ? known.PLATFORM_ID : null };
  const current = () => env.TOKEN_KEEPER.getByName(appId).current(ref);

  beforeEach(async () => {
    if (source === "authorizer") await authorize(appId);
  });

  it.each(LIVES)("expires_in %s is believed as far as it can be", async (json, seconds) => {
    wechat.misbehave({ kind: "expires-in", json, path });
    expect(await current()).toMatchObject({ ok: true, value: { expiresAtMs: NOW + seconds * 1000 } });
  });

  it("a token that has no life left is not asked for at every request", async () => {
    wechat.misbehave({ kind: "expires-in", json: "0.4", path });
    for (const isolate of createIsolates(appId, 20)) await isolate.get();
    expect(wechat.calls({ path })).toHaveLength(1);
  });

  it("numbers may be text, also WeCom's errcode 0", async () => {
    wechat.misbehave({ kind: "numbers-as-text" });
    expect(await current()).toMatchObject({ ok: true, value: { expiresAtMs: NOW + 7_200_000 } });
  });
});

it.each(LIVES)("a platform's own token, too: expires_in %s", async (json, seconds) => {
  wechat.misbehave({ kind: "expires-in", json, path: "/cgi-bin/component/api_component_token" });
  wechat.misbehave({ kind: "numbers-as-text" });
  await authorize(known.LISTED_MERCHANT_APP_ID);
  expect(await env.PLATFORM_KEEPER.getByName(known.PLATFORM_ID).status(known.PLATFORM_ID)).toMatchObject({
    ok: true,
    value: { token: { expiresAtMs: NOW + seconds * 1000 }, authorizations: [{ permissionSets: [1, 11] }] },
  });
});

it("a token without end that was stored before is renewed all the same", async () => {
  const keeper = env.TOKEN_KEEPER.getByName(known.APP_ID);
  const ref = { appId: known.APP_ID, componentAppId: null };
  await keeper.current(ref);
  await runInDurableObject(keeper, (_, { storage }) => {
    const state = storage.kv.get<KeeperState>("state/v1");
    const token = { value: state?.token?.value ?? "", expiresAtMs: 1e23 };
    storage.kv.put("state/v1", { ...state, token });
  });
  await evictDurableObject(keeper);

  expect(await keeper.status(ref)).toMatchObject({ value: { state: "fresh", expiresAtMs: NOW + 7_200_000 } });
  letPass(7_200_000);
  wechat.misbehave({ kind: "expires-in", json: "7200" });
  expect(await keeper.current(ref)).toMatchObject({ ok: true, value: { expiresAtMs: NOW + 14_400_000 } });
});
