import { expect, it } from "vitest";
import { createTokenCache, type TokenMemory } from "../../../src/wechat/token/cache.ts";
import type { AccessToken } from "../../../src/wechat/token/source.ts";

const TOKEN: AccessToken = { value: "token-1", expiresAtMs: 7_200_000 };
const NEVER = new Promise<never>(() => {});

/** One isolate, in which some requests are ended by the runtime before their question is answered. */
function createIsolate(readKv: () => Promise<AccessToken | null> = async () => null) {
  const memory: TokenMemory = new Map();
  return (keeper: { current?: () => Promise<AccessToken>; replace?: () => Promise<AccessToken> }) =>
    createTokenCache({
      kv: { get: readKv } as unknown as Pick<KVNamespace, "get">,
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
  const request = createIsolate(async () => ending);
  expect(await request({}).get()).toEqual(ending);
  expect(await request({}).get()).toEqual(ending);
});

it("an answer of the keeper's that set out before a refusal doesn't bring the refused token back", async () => {
  const ending = { ...TOKEN, expiresAtMs: 1_800_000 };
  const fresh = { ...TOKEN, value: "token-2" };
  const report = Promise.withResolvers<AccessToken>();
  const kv = [Promise.withResolvers<AccessToken>(), Promise.withResolvers<AccessToken>()];
  let reads = 0;
  const request = createIsolate(() => (kv[reads++] as (typeof kv)[number]).promise);
  const tokens = request({ current: () => report.promise, replace: async () => fresh });
  kv[0]?.resolve(ending);
  // In its last hour, so that its use is reported.
  await tokens.get();
  const rotated = tokens.rotate(ending.value);
  report.resolve(ending);
  await report.promise.then(() => {});
  kv[1]?.resolve(ending);
  expect(await rotated).toEqual(fresh);
  expect(await tokens.get()).toEqual(fresh);
});
