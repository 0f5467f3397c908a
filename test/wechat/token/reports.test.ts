/** What reports of refused tokens cost those who don't report: simulated hours, requests every ten seconds in two isolates. */
import { afterAll, describe, expect, it } from "vitest";
import { ServiceError } from "../../../src/errors.ts";
import { secondsToBeijingMidnight } from "../../../src/wechat/beijing.ts";
import type { Account } from "../../../src/wechat/token/sources/registry.ts";
import { createSimulator, type Simulator } from "../../../tools/simulator/simulator.ts";
import { createSimulatedAccount, type SimulatedAccount } from "../../support/simulated-account.ts";

const START_MS = Date.UTC(2026, 2, 1, 2);
const STEP_MS = 10_000;
const HOUR_STEPS = 360;
const APP_ID = "wx-main";
const ORIGINS = { apiOrigins: ["https://api.weixin.qq.com"], tokenOrigin: "https://api.weixin.qq.com" };
const STABLE: Account = { appId: APP_ID, source: "stable", secret: "s", ...ORIGINS };
const MEDIA = "/cgi-bin/media/get/jssdk";
const CHECK = "/cgi-bin/getcallbackip";
const TOKEN = "/cgi-bin/stable_token";

interface Play {
  readonly wechat: Simulator;
  readonly account: SimulatedAccount;
  readonly clock: { nowMs: number };
  /** The share of calls with a token that WeChat refuses by chance. */
  strays: number;
}

interface Outcome {
  readonly requests: number;
  readonly failed: number;
  /** The last failure, in steps from the start; null: none. */
  readonly lastFailedStep: number | null;
  readonly failures: readonly ServiceError[];
  readonly checks: number;
  readonly tokenCalls: number;
  readonly forced: number;
}

const table: string[] = [];

function stage(settings: Account = STABLE): Play {
  const clock = { nowMs: START_MS };
  const wechat = createSimulator({ now: () => clock.nowMs, accounts: [{ appId: APP_ID, secret: "s" }] });
  const random = createRandom();
  const account = createSimulatedAccount(settings, clock, async (request) => {
    const answer = await wechat.handle(request);
    const isStray = new URL(request.url).searchParams.has("access_token") && random() < play.strays;
    return isStray ? Response.json({ errcode: 40001, errmsg: "invalid credential" }) : answer;
  });
  const play: Play = { wechat, account, clock, strays: 0 };
  return play;
}

/** Lets the steps pass, two requests in each, and counts. `before` happens ahead of a step's requests. */
async function live(
  name: string,
  { wechat, account, clock }: Play,
  steps: number,
  before: (step: number) => void | Promise<void>,
): Promise<Outcome> {
  const startMs = clock.nowMs;
  const failures: ServiceError[] = [];
  let lastFailedStep: number | null = null;
  const callsBefore = wechat.calls().length;
  for (let step = 0; step < steps; step++) {
    clock.nowMs = Math.max(clock.nowMs, startMs + step * STEP_MS);
    if (step % HOUR_STEPS === 0) wechat.addRecording(APP_ID, "m1", new Uint8Array(60));
    await account.ring();
    await before(step);
    for (const isolate of [0, 1]) {
      await account.fetchVoice(isolate, "m1").catch((error) => {
        if (!(error instanceof ServiceError)) throw error;
        failures.push(error);
        lastFailedStep = step;
      });
    }
  }
  const calls = wechat.calls().slice(callsBefore);
  const count = (path: string) => calls.filter((call) => call.path === path).length;
  const outcome = {
    requests: steps * 2,
    failed: failures.length,
    lastFailedStep,
    failures,
    checks: count(CHECK),
    tokenCalls: count(TOKEN),
    forced: account.forcedToday(),
  };
  const { requests, failed, checks, tokenCalls, forced } = outcome;
  table.push(`| ${name} | ${requests} | ${failed} | ${checks} | ${tokenCalls} | ${forced} |`);
  return outcome;
}

/** The day's twenty, used up by a program that keeps revoking the token. */
async function spendForcedRefreshes({ wechat, account, clock }: Play): Promise<void> {
  wechat.addRecording(APP_ID, "m1", new Uint8Array(60));
  await account.fetchVoice(0, "m1");
  for (let count = 0; count < 20; count++) {
    clock.nowMs += 31_000;
    wechat.revokeTokens(APP_ID, "only-force-renews");
    await account.fetchVoice(0, "m1");
  }
  expect(account.forcedToday()).toBe(20);
}

afterAll(() => {
  console.log(
    [
      "| what happens | requests | failed | checks | token calls | forced |",
      "|---|---|---|---|---|---|",
      ...table,
    ].join("\n"),
  );
});

describe("while the token works", () => {
  it("a report of it every ten seconds for two hours fails no request and forces nothing", async () => {
    const play = stage();
    const outcome = await live("the token in use is reported all the time", play, 720, async () => {
      await play.account.report(0, (await play.account.token(0)).value);
    });
    expect(outcome).toMatchObject({ failed: 0, forced: 0 });
    // One a report at most, and renewals as ever.
    expect(outcome.checks).toBeLessThanOrEqual(720);
    expect(outcome.tokenCalls).toBeLessThanOrEqual(3);
  });

  it("two stray 40001s within half a minute fail no request", async () => {
    const play = stage();
    const outcome = await live("two stray 40001s within half a minute", play, 360, (step) => {
      if (step === 60 || step === 62) {
        play.wechat.misbehave({ kind: "token-refused", because: "revoked", path: MEDIA, times: 1 });
      }
    });
    expect(outcome).toMatchObject({ failed: 0, forced: 0, tokenCalls: 1 });
  });

  it.each([
    [0.01, 0.001],
    [0.05, 0.01],
    [0.2, 0.08],
    [0.33, 0.2],
  ])(
    "in an hour in which %d of all calls are refused by chance, the token stays in service",
    async (strays, share) => {
      const play = stage();
      play.strays = strays;
      const outcome = await live(`${strays * 100} % of all calls refused by chance`, play, 360, () => {});
      // What is refused twice in a row fails by itself: the square of the strays.
      expect(outcome.failed / outcome.requests).toBeLessThanOrEqual(share);
      play.strays = 0;
      expect(await live("… and the hour after", play, 360, () => {})).toMatchObject({ failed: 0 });
    },
  );
});

describe("once the day's forced refreshes are used up", () => {
  it("reports of a token that works cost nothing", async () => {
    const play = stage();
    await spendForcedRefreshes(play);
    const outcome = await live("budget spent, the token is reported", play, 360, async () => {
      await play.account.report(1, (await play.account.token(1)).value);
    });
    expect(outcome).toMatchObject({ failed: 0, forced: 20 });
  });

  it("an account that WeChat refuses for ten minutes is back within one", async () => {
    const play = stage();
    await spendForcedRefreshes(play);
    const outcome = await live("budget spent, ten minutes of refusals", play, 360, (step) => {
      if (step === 60) play.wechat.misbehave({ kind: "token-refused", because: "revoked" });
      if (step === 120) play.wechat.behave();
    });
    expect(outcome.failed).toBeGreaterThan(100);
    expect(outcome.lastFailedStep).toBeLessThanOrEqual(126);
    // While nothing helps, WeChat is asked about once a minute.
    expect(outcome.checks + outcome.tokenCalls).toBeLessThan(60);
  });

  it("nothing says that jobs have to wait till midnight", async () => {
    const play = stage();
    await spendForcedRefreshes(play);
    const outcome = await live("budget spent, the token is dead", play, 12, (step) => {
      if (step === 0) play.wechat.revokeTokens(APP_ID, "only-force-renews");
    });
    expect(secondsToBeijingMidnight(play.clock.nowMs)).toBeGreaterThan(3_600);
    expect(new Set(outcome.failures.map(({ code }) => code))).toEqual(new Set(["wechat-credential"]));
    for (const { retryAfterSeconds } of outcome.failures) expect(retryAfterSeconds ?? 0).toBeLessThan(60);
    expect(outcome.failures.at(-1)?.message).toContain("today's 20 forced refreshes are used up");
  });

  it("the next day begins with twenty others", async () => {
    const play = stage();
    await spendForcedRefreshes(play);
    play.wechat.revokeTokens(APP_ID, "only-force-renews");
    await live("budget spent, until midnight", play, 2, () => {});
    play.clock.nowMs += secondsToBeijingMidnight(play.clock.nowMs) * 1000;
    play.wechat.revokeTokens(APP_ID, "only-force-renews");
    const outcome = await live("… and after it", play, 6, () => {});
    expect(outcome).toMatchObject({ failed: 0, forced: 0 });
  });
});

describe("a token that is dead", () => {
  it("is replaced for the first who meets it", async () => {
    const play = stage();
    const outcome = await live("the token is revoked, and handed out no more", play, 360, (step) => {
      if (step === 60) play.wechat.revokeTokens(APP_ID);
    });
    expect(outcome).toMatchObject({ failed: 0, forced: 0, tokenCalls: 2, checks: 1 });
  });

  it("is forced away where the source goes on handing it out", async () => {
    const play = stage();
    const outcome = await live("the token is revoked, and handed out again", play, 360, (step) => {
      if (step === 60) play.wechat.revokeTokens(APP_ID, "only-force-renews");
    });
    expect(outcome).toMatchObject({ failed: 0, forced: 1 });
  });

  it("and pushed, is tried again now and then, until the next is pushed", async () => {
    const play = stage({ appId: APP_ID, source: "pushed", ...ORIGINS });
    const push = async () => {
      const query = `grant_type=client_credential&appid=${APP_ID}&secret=s`;
      const url = `https://api.weixin.qq.com/cgi-bin/token?${query}`;
      const { access_token } = await (await play.wechat.handle(new Request(url))).json<{
        access_token: string;
      }>();
      await play.account.push({ value: access_token, expiresAtMs: play.clock.nowMs + 7_200_000 });
    };
    await push();
    const outcome = await live(
      "a pushed token is revoked, and another pushed later",
      play,
      360,
      async (step) => {
        if (step === 60) play.wechat.revokeTokens(APP_ID);
        if (step === 120) await push();
      },
    );
    expect(outcome.lastFailedStep).toBeLessThan(126);
    expect(outcome.checks).toBeLessThan(40);
  });
});

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
