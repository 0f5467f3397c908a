import { expect, it } from "vitest";
import { createTokenCache, type TokenMemory } from "../../../src/wechat/token/cache.ts";
import type { AccessToken } from "../../../src/wechat/token/source.ts";

const TOKEN: AccessToken = { value: "token-1", expiresAtMs: 7_200_000 };
const NEVER = new Promise<never>(() => {});

/** One isolate, in which some requests are ended by the runtime before their question is answered. */
function createIsolate(stored: AccessToken | null = null) {
  const memory: TokenMemory = new Map();
  return (keeper: { current?: () => Promise<AccessToken>; replace?: () => Promise<AccessToken> }) =>
    createTokenCache({
      kv: { get: async () => stored } as unknown as Pick<KVNamespace, "get">,
      key: "token:v1:wx1:stable",
      keeper: { current: () => NEVER, replace: () => NEVER, ...keeper },
      waitUntil: () => {},
      nowMs: () => 0,
      memory,
    });
}

it("a request gets its token although another one's question died with it", async () => {
  const request = createIsolate();
  void request({}).get();
  expect(await request({ current: async () => TOKEN }).get()).toEqual(TOKEN);
});

it("a refused token is replaced although another report of it died with its request", async () => {
  const request = createIsolate();
  void request({}).rotate("refused");
  expect(await request({ replace: async () => TOKEN }).rotate("refused")).toEqual(TOKEN);
});

it("a report that the account is in use delays nobody", async () => {
  const ending = { ...TOKEN, expiresAtMs: 1_800_000 };
  const request = createIsolate(ending);
  expect(await request({}).get()).toEqual(ending);
  expect(await request({}).get()).toEqual(ending);
});
