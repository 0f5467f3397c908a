import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { SECRETS } from "./accounts.ts";
import {
  askedHosts,
  issuedTokens,
  mountWechat,
  otherHosts,
  said,
  unreachableHosts,
  wechat,
} from "./gateway.ts";
import { voicesSettled } from "./keepers.ts";
import { leaveQueue } from "./queue-watch.ts";
import { undeclared } from "./undeclared.ts";
import { startClock, wakeObjects } from "./wake.ts";
import { unbend } from "./world.ts";

const CONSOLE_METHODS = ["log", "info", "warn", "error", "debug"] as const;

beforeEach(() => {
  startClock();
  mountWechat();
  for (const method of CONSOLE_METHODS) {
    vi.spyOn(console, method).mockImplementation((...parts: unknown[]) => {
      said.push(parts.map(String).join(" "));
    });
  }
});

afterEach(async () => {
  await leaveQueue();
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
  unbend();
  otherHosts.clear();
  unreachableHosts.clear();
  issuedTokens.clear();
  askedHosts.length = 0;
  said.length = 0;
  const beyond = undeclared.splice(0);
  await wakeObjects();
  await reset();
  expect(beyond, "problems that api/operations.ts does not declare").toEqual([]);
  expect(leaked, "secrets, tokens or keys in a log line or an answer").toEqual([]);
});
