import { expect, it, vi } from "vitest";
import type { Account } from "../../../src/wechat/token/sources/registry.ts";
import { createSimulator } from "../../../tools/simulator/simulator.ts";
import { createSimulatedAccount } from "../../support/simulated-account.ts";

const DAY_MS = 86_400_000;
/** An isolate looks no further than its own memory for so long; what comes in between costs nothing. */
const MEMORY_MS = 30_000;
const ORIGINS = { apiOrigins: ["https://api.weixin.qq.com"], tokenOrigin: "https://api.weixin.qq.com" };

/** Requests a second over all isolates, and how many isolates serve them. */
const LOADS = [
  { rate: 0.01, isolates: 1 },
  { rate: 1, isolates: 3 },
  { rate: 100, isolates: 20 },
  { rate: 10_000, isolates: 200 },
];

/** One day of one account under a load, request by request wherever a request does more than look into memory. */
async function liveADay(rate: number, isolateCount: number) {
  const clock = { nowMs: Date.UTC(2026, 2, 1, 16) };
  const endMs = clock.nowMs + DAY_MS;
  const wechat = createSimulator({
    now: () => clock.nowMs,
    accounts: [{ appId: "wx-main", secret: "s" }],
  });
  const settings: Account = { appId: "wx-main", source: "stable", secret: "s", ...ORIGINS };
  const account = createSimulatedAccount(settings, clock, wechat.handle);
  const random = createRandom();
  /** Time to the next request in one isolate: requests come independently of each other. */
  const pauseMs = () => (-Math.log(1 - random()) * 1000 * isolateCount) / rate;

  const nextMs = Array.from({ length: isolateCount }, () => clock.nowMs + pauseMs());
  let worstMs = 0;
  for (;;) {
    const isolate = nextMs.indexOf(Math.min(...nextMs));
    const atMs = nextMs[isolate] ?? endMs;
    if (atMs >= endMs) break;
    while ((account.alarmAtMs() ?? endMs) <= atMs) {
      clock.nowMs = Math.max(clock.nowMs, account.alarmAtMs() ?? 0);
      await account.ring();
    }
    clock.nowMs = Math.max(clock.nowMs, atMs);
    const { expiresAtMs } = await account.token(isolate);
    worstMs = Math.max(worstMs, clock.nowMs - expiresAtMs);
    nextMs[isolate] = clock.nowMs + MEMORY_MS + pauseMs();
  }
  return {
    tokenCalls: wechat.calls({ path: "/cgi-bin/stable_token" }).length,
    keeperCalls: account.keeperCalls(),
    kvReads: account.kvReads(),
    endedTokensServed: worstMs > 0,
  };
}

it("costs WeChat as many token calls at 10,000 requests a second as at one", async () => {
  const days = [];
  for (const { rate, isolates } of LOADS) days.push({ rate, isolates, ...(await liveADay(rate, isolates)) });
  vi.restoreAllMocks();
  console.log(
    [
      "| requests a second | isolates | token calls a day | requests to the keeper | reads of KV |",
      "|---|---|---|---|---|",
      ...days.map(
        (day) =>
          `| ${day.rate} | ${day.isolates} | ${day.tokenCalls} | ${day.keeperCalls} | ${day.kvReads} |`,
      ),
    ].join("\n"),
  );

  for (const day of days) {
    expect(day.endedTokensServed).toBe(false);
    // A token lasts two hours, and is renewed some minutes before its end.
    expect(day.tokenCalls).toBeLessThanOrEqual(13);
  }
}, 120_000);

/** The same numbers in every run (mulberry32). */
function createRandom(): () => number {
  let state = 20_260_301;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
