import { expect, it, vi } from "vitest";
import { ServiceError } from "../../../src/errors.ts";
import type { Account } from "../../../src/wechat/token/sources/registry.ts";
import { createSimulator } from "../../../tools/simulator/simulator.ts";
import { createSimulatedAccount } from "../../support/simulated-account.ts";

const START_MS = Date.UTC(2026, 2, 1, 16);
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const ORIGINS = { apiOrigins: ["https://api.weixin.qq.com"], tokenOrigin: "https://api.weixin.qq.com" };

/** `09:05` into the two days. */
function clockFace(atMs: number): string {
  const minutes = Math.floor((atMs - START_MS) / MINUTE_MS);
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

interface Failures {
  readonly account: string;
  readonly code: string;
  readonly from: string;
  to: string;
  count: number;
}

/** Failed requests, those in a row with the same cause as one. */
function createFailureList() {
  const list: Failures[] = [];
  return {
    list,
    add(account: string, error: unknown, atMs: number) {
      const code = error instanceof ServiceError ? error.code : String(error);
      const last = list.findLast((entry) => entry.account === account);
      if (last?.code === code && minutesBetween(last.to, clockFace(atMs)) <= 5) {
        last.to = clockFace(atMs);
        last.count++;
        return;
      }
      list.push({ account, code, from: clockFace(atMs), to: clockFace(atMs), count: 1 });
    },
  };
}

function minutesBetween(from: string, to: string): number {
  const minutes = (face: string) => Number(face.slice(0, -3)) * 60 + Number(face.slice(-2));
  return minutes(to) - minutes(from);
}

it("lives through two days, and no request fails that need not", async () => {
  const clock = { nowMs: START_MS };
  const secrets = { appId: "wx-main", secret: "the first secret" };
  const wechat = createSimulator({
    now: () => clock.nowMs,
    accounts: [secrets, { appId: "wx-pushed", secret: "kept by the job that pushes" }],
  });
  const timeline: string[] = [];
  const note = (text: string) => timeline.push(`${clockFace(clock.nowMs)}  ${text}`);

  const settings: Account = { appId: "wx-main", source: "stable", secret: secrets.secret, ...ORIGINS };
  const main = createSimulatedAccount(settings, clock, wechat.handle, ({ event, mode, code }) =>
    note(`keeper: ${event}${mode ? ` (${mode})` : ""}${code ? `: ${code}` : ""}`),
  );
  const pushSettings: Account = { appId: "wx-pushed", source: "pushed", ...ORIGINS };
  const pushed = createSimulatedAccount(pushSettings, clock, wechat.handle);
  const failures = createFailureList();

  async function push(): Promise<void> {
    const query = "grant_type=client_credential&appid=wx-pushed&secret=kept%20by%20the%20job%20that%20pushes";
    const answer = await wechat.handle(new Request(`https://api.weixin.qq.com/cgi-bin/token?${query}`));
    const { access_token, expires_in } = await answer.json<{ access_token: string; expires_in: number }>();
    await pushed.push({ value: access_token, expiresAtMs: clock.nowMs + expires_in * 1000 });
  }

  /** What happens when, in minutes from the start. */
  const events = new Map<number, () => void | Promise<void>>([
    [
      5 * 60,
      () => {
        note("the keeper's machine dies");
        main.restart(settings, "same");
      },
    ],
    // The token of that time is due for renewal, and ends, within the outage.
    [
      11 * 60 + 20,
      () => {
        note("WeChat goes down");
        wechat.misbehave({ kind: "status", status: 503 });
      },
    ],
    [
      11 * 60 + 40,
      () => {
        note("WeChat is back");
        wechat.behave();
      },
    ],
    [
      16 * 60,
      () => {
        note("WeChat revokes the token, and goes on handing it out");
        wechat.revokeTokens("wx-main", "only-force-renews");
      },
    ],
    [
      20 * 60,
      () => {
        note("the AppSecret is reset in the console");
        secrets.secret = "the second secret";
      },
    ],
    [
      24 * 60,
      () => {
        note("the new secret is deployed");
        main.restart({ ...settings, secret: secrets.secret }, "changed");
      },
    ],
    [38 * 60, () => note("nobody calls any more")],
    [45 * 60, () => note("calls again")],
  ]);

  await push();
  for (let minute = 0; minute < 48 * 60; minute++) {
    clock.nowMs = Math.max(clock.nowMs, START_MS + minute * MINUTE_MS);
    await events.get(minute)?.();
    if (minute % (24 * 60) === 0) {
      for (const appId of ["wx-main", "wx-pushed"]) wechat.addRecording(appId, "m1", new Uint8Array(60));
    }
    const pusherWorks = minute < 28 * 60 || minute >= 34 * 60;
    if (minute % 100 === 0 && minute > 0 && pusherWorks) await push();
    const asleep = minute >= 38 * 60 && minute < 45 * 60;
    await main.ring();
    for (const isolate of asleep ? [] : [0, 1]) {
      // One isolate is asked at the full minute, the other at the half.
      clock.nowMs = Math.max(clock.nowMs, START_MS + minute * MINUTE_MS + isolate * 30_000);
      await main.ring();
      await main.fetchVoice(isolate, "m1").catch((error) => failures.add("main", error, clock.nowMs));
    }
    if (minute % 5 === 0) {
      await pushed.fetchVoice(0, "m1").catch((error) => failures.add("pushed", error, clock.nowMs));
    }
  }

  const calls = wechat.calls({ path: "/cgi-bin/stable_token", appId: "wx-main" });
  const perMinute = Map.groupBy(
    calls.filter(({ outcome }) => outcome === 40125),
    ({ atMs }) => Math.floor(atMs / MINUTE_MS),
  );
  const inSleep = calls.filter(
    ({ atMs }) => atMs >= START_MS + 39 * HOUR_MS && atMs < START_MS + 45 * HOUR_MS,
  );
  vi.restoreAllMocks();
  console.log(
    [
      ...collapse(timeline),
      "",
      ...failures.list.map(
        ({ account, code, from, to, count }) => `${account} failed ${from}–${to}: ${code}, ${count} requests`,
      ),
      `token calls in two days: ${calls.length}`,
    ].join("\n"),
  );

  expect(failures.list).toEqual([
    // WeChat itself was down.
    { account: "main", code: "wechat-unavailable", from: "11:20", to: "11:39", count: 40 },
    { account: "pushed", code: "wechat-unavailable", from: "11:20", to: "11:35", count: 4 },
    // The token of before the reset had ended, and the keeper had the old secret until 24:00.
    {
      account: "main",
      code: "wechat-credential",
      from: expect.stringMatching(/^21:/),
      to: "23:59",
      count: expect.any(Number),
    },
    // The last push before the pause was at 26:40, good for two hours; the next is due at 35:00.
    { account: "pushed", code: "wechat-credential", from: "28:40", to: "34:55", count: 76 },
  ]);
  // A wrong secret was asked about once a minute.
  expect(Math.max(...[...perMinute.values()].map((minute) => minute.length))).toBe(1);
  // An account that nobody uses costs nothing.
  expect(inSleep).toEqual([]);
  expect(timeline.join("\n")).toContain("keeper: token-renewed (force)");
}, 60_000);

/** Lines that say the same in a row become one. */
function collapse(lines: readonly string[]): string[] {
  const collapsed: { text: string; first: string; count: number }[] = [];
  for (const line of lines) {
    const text = line.slice(7);
    const last = collapsed.at(-1);
    if (last?.text === text) last.count++;
    else collapsed.push({ text, first: line.slice(0, 5), count: 1 });
  }
  return collapsed.map(({ text, first, count }) => `${first}  ${text}${count > 1 ? ` ×${count}` : ""}`);
}
