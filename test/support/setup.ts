import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { voicesSettled } from "../../src/voice/service.ts";
import { forgetTokens } from "../../src/wechat/token/cache.ts";
import { SECRETS } from "./accounts.ts";
import { issuedTokens, mountWechat, said, servers, unreachableHosts, wechat } from "./gateway.ts";

const CONSOLE_METHODS = ["log", "info", "warn", "error", "debug"] as const;

beforeEach(() => {
  mountWechat();
  for (const method of CONSOLE_METHODS) {
    vi.spyOn(console, method).mockImplementation((...parts: unknown[]) => {
      said.push(parts.map(String).join(" "));
    });
  }
});

afterEach(async () => {
  await voicesSettled();
  const stored = (await env.TOKENS.list()).keys.map(({ name }) => name);
  for (const key of stored) {
    const token = await env.TOKENS.get<{ value?: string }>(key, "json");
    if (token?.value) issuedTokens.add(token.value);
  }
  const everything = said.join("\n");
  const leaked = [...SECRETS, ...issuedTokens].filter((secret) => everything.includes(secret));
  vi.restoreAllMocks();
  wechat.reset();
  forgetTokens();
  unreachableHosts.clear();
  servers.clear();
  issuedTokens.clear();
  said.length = 0;
  await reset();
  expect(leaked, "secrets, tokens or keys in a log line or an answer").toEqual([]);
});
