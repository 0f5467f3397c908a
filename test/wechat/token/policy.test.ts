import { describe, expect, it } from "vitest";
import { ServiceError } from "../../../src/errors.ts";
import { toFailure } from "../../../src/failure.ts";
import type { Standing } from "../../../src/wechat/token/check.ts";
import * as known from "../../../src/wechat/token/keeper-state.ts";
import * as policy from "../../../src/wechat/token/policy.ts";

const NOW = Date.UTC(2026, 2, 1, 4);
const HOUR_MS = 3_600_000;
const TRAITS = { renewLeadMs: 270_000, forceable: true };
const TOKEN = { value: "t1", expiresAtMs: NOW + 2 * HOUR_MS };

const used = { ...known.BLANK, usedAtMs: NOW };
const fresh = known.withToken(used, TOKEN, NOW);
const failing = (code: "wechat-credential" | "wechat-unavailable" | "rate-limited", retryAfterSeconds = 10) =>
  toFailure(new ServiceError(code, "because", code === "wechat-credential" ? {} : { retryAfterSeconds }));

describe("somebody needs a token", () => {
  it("asks when there is none", () => {
    expect(policy.onDemand(used, TRAITS, NOW)).toEqual({ kind: "ask" });
  });

  it.each([
    [2 * HOUR_MS - 270_001, "serve", "not-due"],
    [2 * HOUR_MS - 270_000, "serve", "due"],
    [2 * HOUR_MS - 10_001, "serve", "due"],
    [2 * HOUR_MS - 10_000, "ask", undefined],
  ])("%i ms after it came: %s, %s", (ageMs, kind, renewal) => {
    expect(policy.onDemand(fresh, TRAITS, NOW + ageMs)).toMatchObject(renewal ? { kind, renewal } : { kind });
  });

  it("serves a token to its very end where no successor can be had before", () => {
    const traits = { renewLeadMs: 0, forceable: false };
    expect(policy.onDemand(fresh, traits, TOKEN.expiresAtMs - 1)).toMatchObject({ kind: "serve" });
    expect(policy.onDemand(fresh, traits, TOKEN.expiresAtMs)).toEqual({ kind: "ask" });
  });

  it("serves the old token while its renewal fails", () => {
    const state = known.withFailure(fresh, failing("wechat-credential"), NOW + 2 * HOUR_MS - 200_000);
    const decision = policy.onDemand(state, TRAITS, NOW + 2 * HOUR_MS - 190_000);
    expect(decision).toMatchObject({ kind: "serve", renewal: "not-due" });
  });
});

describe("after a failure the source is left alone", () => {
  it.each([
    ["a wrong secret, for a minute", failing("wechat-credential"), [60_000, 60_000, 60_000]],
    [
      "WeChat down, longer each time up to ten seconds",
      failing("wechat-unavailable"),
      [1_000, 2_000, 4_000, 8_000, 10_000, 10_000],
    ],
    ["a minute's quota, until it is over", failing("rate-limited", 60), [60_000]],
    ["a day's quota, for ten minutes: it may be cleared by hand", failing("rate-limited", 40_000), [600_000]],
  ])("%s", (_, failure, pauses) => {
    let state: known.KeeperState = used;
    let nowMs = NOW;
    for (const pauseMs of pauses) {
      state = known.withFailure(state, failure, nowMs);
      expect(policy.onDemand(state, TRAITS, nowMs + pauseMs - 1)).toMatchObject({ kind: "fail" });
      expect(policy.onDemand(state, TRAITS, nowMs + pauseMs)).toEqual({ kind: "ask" });
      nowMs += pauseMs;
    }
  });

  it("with a Retry-After that counts down", () => {
    const state = known.withFailure(used, failing("rate-limited", 40_000), NOW);
    expect(policy.onDemand(state, TRAITS, NOW + 100_000)).toMatchObject({
      failure: { retryAfterSeconds: 39_900 },
    });
  });

  it("and asked at once after a success, whatever failed before it", () => {
    const state = known.withToken(known.withFailure(used, failing("wechat-credential"), NOW), TOKEN, NOW + 1);
    expect(policy.mayReplace(state, NOW + 2)).toBe("allowed");
  });
});

describe("WeChat refused a token", () => {
  const checkedAs = (standing: Standing) => known.withCheck(fresh, standing, NOW);

  it("is news only about the token in use, and then to be checked", () => {
    expect(policy.onReport(fresh, TRAITS, "t0", NOW)).toEqual({ kind: "serve", token: TOKEN });
    expect(policy.onReport(fresh, TRAITS, "t1", NOW)).toEqual({ kind: "check", token: TOKEN });
  });

  const REPORTS: [Standing, object][] = [
    ["works", { kind: "serve", token: TOKEN }],
    ["refused", { kind: "ask", standing: "refused" }],
    ["unknown", { kind: "ask", standing: "unknown" }],
  ];

  it.each(REPORTS)("that one check found: %s, is checked again", (standing) => {
    expect(policy.onReport(checkedAs(standing), TRAITS, "t1", NOW)).toMatchObject({ kind: "check" });
  });

  it.each(REPORTS)(
    "that checks go on finding: %s, is believed for 1, 2, 4, 8, then 10 s",
    (standing, report) => {
      let state = checkedAs(standing);
      let nowMs = NOW;
      for (const beliefMs of [1_000, 2_000, 4_000, 8_000, 10_000, 10_000]) {
        state = known.withCheck(state, standing, nowMs);
        expect(policy.onReport(state, TRAITS, "t1", nowMs + beliefMs - 1)).toEqual(report);
        nowMs += beliefMs;
        expect(policy.onReport(state, TRAITS, "t1", nowMs)).toMatchObject({ kind: "check" });
      }
      // After a quiet minute it all begins anew.
      state = known.withCheck(state, standing, nowMs + 60_000);
      expect(policy.onReport(state, TRAITS, "t1", nowMs + 60_000)).toMatchObject({ kind: "check" });
    },
  );

  it.each<Standing>(["works", "refused", "unknown"])("and the token is served to others: %s", (standing) => {
    expect(policy.onDemand(checkedAs(standing), TRAITS, NOW)).toMatchObject({ kind: "serve", token: TOKEN });
  });

  it("says nothing of the token that comes next", () => {
    const next = known.withToken(checkedAs("refused"), { ...TOKEN, value: "t2" }, NOW);
    expect(policy.onReport(next, TRAITS, "t2", NOW)).toMatchObject({ kind: "check" });
  });

  it("leads to five questions to the source a minute at most", () => {
    let state = fresh;
    for (let report = 0; report < 5; report++) {
      expect(policy.mayReplace(state, NOW)).toBe("allowed");
      state = known.withReplacement(state, NOW);
    }
    expect(policy.mayReplace(state, NOW + 59_999)).toMatchObject({ retryAfterSeconds: 1 });
    expect(policy.mayReplace(state, NOW + 60_000)).toBe("allowed");
  });

  it("leads to none while the source is left alone after a failure", () => {
    const state = known.withFailure(fresh, failing("wechat-credential"), NOW);
    expect(policy.mayReplace(state, NOW + 59_999)).toMatchObject({ code: "wechat-credential" });
    expect(policy.mayReplace(state, NOW + 60_000)).toBe("allowed");
  });
});

describe("a token that is refused and has no successor", () => {
  const refused = known.withRefusal(fresh, failing("wechat-credential"), NOW);

  it("is tried again after 10, 20, 40, then every 60 seconds", () => {
    let state = fresh;
    let nowMs = NOW;
    for (const pauseMs of [10_000, 20_000, 40_000, 60_000, 60_000]) {
      state = known.withRefusal(state, failing("wechat-credential"), nowMs);
      expect(policy.onDemand(state, TRAITS, nowMs + pauseMs - 1)).toMatchObject({ kind: "fail" });
      expect(policy.onReport(state, TRAITS, "t1", nowMs + pauseMs - 1)).toMatchObject({ kind: "fail" });
      expect(policy.onDemand(state, TRAITS, nowMs + pauseMs)).toEqual({ kind: "ask" });
      nowMs += pauseMs;
      // The source has the same one again.
      state = known.withToken(state, TOKEN, nowMs);
    }
  });

  it("is tried again sooner where the failure says so", () => {
    const state = known.withRefusal(fresh, { ...failing("wechat-credential"), retryAfterSeconds: 3 }, NOW);
    expect(policy.onDemand(state, TRAITS, NOW + 3_000)).toEqual({ kind: "ask" });
  });

  it("is out of service, handed out again or not, until WeChat takes it", () => {
    const again = known.withToken(refused, TOKEN, NOW + 10_000);
    expect(policy.statusOf(again, TRAITS, NOW + 10_000).state).toBe("refused");
    expect(policy.onDemand(again, TRAITS, NOW + 10_000)).toMatchObject({ kind: "fail" });
    const works = known.withCheck(again, "works", NOW + 10_000);
    expect(policy.onDemand(works, TRAITS, NOW + 10_000)).toMatchObject({ kind: "serve", token: TOKEN });
  });

  it("is forgotten for the one that comes after all", () => {
    const next = known.withToken(refused, { ...TOKEN, value: "t2" }, NOW + 1);
    expect(policy.onDemand(next, TRAITS, NOW + 1)).toMatchObject({ kind: "serve", token: { value: "t2" } });
  });
});

describe("forced refreshes", () => {
  it("are 30 seconds apart", () => {
    const state = known.withForced(fresh, NOW);
    expect(policy.mayForce(state, NOW + 29_999)).toMatchObject({
      code: "wechat-credential",
      retryAfterSeconds: 1,
    });
    expect(policy.mayForce(state, NOW + 30_000)).toBe("allowed");
  });

  it("are twenty a day, the day turns at midnight in Beijing, and no quota of WeChat's is said to be used up", () => {
    const evening = Date.UTC(2026, 2, 1, 15, 30);
    let state = fresh;
    for (let count = 0; count < 20; count++) state = known.withForced(state, evening + count * 30_000);
    const midnight = Date.UTC(2026, 2, 1, 16);
    expect(policy.mayForce(state, midnight - 1)).toEqual({
      code: "wechat-credential",
      detail:
        "WeChat refuses the token that it hands out, and today's 20 forced refreshes are used up. Check that no other program takes the account's tokens away.",
      wechat: null,
      retryAfterSeconds: null,
      operatorDetail: null,
    });
    expect(policy.mayForce(state, midnight)).toBe("allowed");
  });
});

describe("the alarm", () => {
  it("rings inside the last five minutes, or in a short token's second half", () => {
    expect(policy.alarmAtMs(fresh, TRAITS, NOW)).toBe(TOKEN.expiresAtMs - 270_000);
    const short = known.withToken(used, { value: "t", expiresAtMs: NOW + 300_000 }, NOW);
    expect(policy.alarmAtMs(short, TRAITS, NOW)).toBe(NOW + 150_000);
  });

  it("rings again half a minute later when the source has only the same token", () => {
    const again = known.withToken(fresh, TOKEN, NOW + 2 * HOUR_MS - 270_000);
    const nowMs = NOW + 2 * HOUR_MS - 270_000;
    expect(policy.alarmAtMs({ ...again, usedAtMs: nowMs }, TRAITS, nowMs)).toBe(nowMs + 30_000);
  });

  it("is silent for an account that nobody has used for an hour", () => {
    expect(policy.alarmAtMs(fresh, TRAITS, NOW + HOUR_MS)).not.toBeNull();
    expect(policy.alarmAtMs(fresh, TRAITS, NOW + HOUR_MS + 1)).toBeNull();
  });
});
