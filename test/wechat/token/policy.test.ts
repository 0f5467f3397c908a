import { describe, expect, it } from "vitest";
import { ServiceError } from "../../../src/errors.ts";
import { toFailure } from "../../../src/failure.ts";
import * as policy from "../../../src/wechat/token/policy.ts";

const NOW = Date.UTC(2026, 2, 1, 4);
const HOUR_MS = 3_600_000;
const TRAITS = { renewLeadMs: 270_000, forceable: true };
const TOKEN = { value: "t1", expiresAtMs: NOW + 2 * HOUR_MS };

const used = { ...policy.BLANK, usedAtMs: NOW };
const fresh = policy.withToken(used, TOKEN, NOW);
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
    const state = policy.withFailure(fresh, failing("wechat-credential"), NOW + 2 * HOUR_MS - 200_000);
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
    let state: policy.KeeperState = used;
    let nowMs = NOW;
    for (const pauseMs of pauses) {
      state = policy.withFailure(state, failure, nowMs);
      expect(policy.onDemand(state, TRAITS, nowMs + pauseMs - 1)).toMatchObject({ kind: "fail" });
      expect(policy.onDemand(state, TRAITS, nowMs + pauseMs)).toEqual({ kind: "ask" });
      nowMs += pauseMs;
    }
  });

  it("with a Retry-After that counts down", () => {
    const state = policy.withFailure(used, failing("rate-limited", 40_000), NOW);
    expect(policy.onDemand(state, TRAITS, NOW + 100_000)).toMatchObject({
      failure: { retryAfterSeconds: 39_900 },
    });
  });

  it("and asked at once after a success, whatever failed before it", () => {
    const state = policy.withToken(
      policy.withFailure(used, failing("wechat-credential"), NOW),
      TOKEN,
      NOW + 1,
    );
    expect(policy.onRejection(state, TRAITS, "t1", NOW + 2)).toEqual({ kind: "ask" });
  });
});

describe("WeChat refused a token", () => {
  it("is news only about the token in use", () => {
    expect(policy.onRejection(fresh, TRAITS, "t0", NOW)).toMatchObject({ kind: "serve", token: TOKEN });
    expect(policy.onRejection(fresh, TRAITS, "t1", NOW)).toEqual({ kind: "ask" });
  });

  it("leads to five questions a minute at most", () => {
    let state = fresh;
    for (let report = 0; report < 5; report++) {
      expect(policy.onRejection(state, TRAITS, "t1", NOW)).toEqual({ kind: "ask" });
      state = policy.withReplacement(state, NOW);
    }
    expect(policy.onRejection(state, TRAITS, "t1", NOW + 59_999)).toMatchObject({ kind: "fail" });
    expect(policy.onRejection(state, TRAITS, "t1", NOW + 60_000)).toEqual({ kind: "ask" });
  });
});

describe("forced refreshes", () => {
  it("are 30 seconds apart", () => {
    const state = policy.withForced(fresh, NOW);
    expect(policy.mayForce(state, NOW + 29_999)).toMatchObject({
      code: "wechat-credential",
      retryAfterSeconds: 1,
    });
    expect(policy.mayForce(state, NOW + 30_000)).toBe("allowed");
  });

  it("are twenty a day, and the day turns at midnight in Beijing", () => {
    const evening = Date.UTC(2026, 2, 1, 15, 30);
    let state = fresh;
    for (let count = 0; count < 20; count++) state = policy.withForced(state, evening + count * 30_000);
    const midnight = Date.UTC(2026, 2, 1, 16);
    expect(policy.mayForce(state, midnight - 1)).toMatchObject({
      code: "rate-limited",
      retryAfterSeconds: 1,
    });
    expect(policy.mayForce(state, midnight)).toBe("allowed");
  });
});

describe("the alarm", () => {
  it("rings inside the last five minutes, or in a short token's second half", () => {
    expect(policy.alarmAtMs(fresh, TRAITS, NOW)).toBe(TOKEN.expiresAtMs - 270_000);
    const short = policy.withToken(used, { value: "t", expiresAtMs: NOW + 300_000 }, NOW);
    expect(policy.alarmAtMs(short, TRAITS, NOW)).toBe(NOW + 150_000);
  });

  it("rings again half a minute later when the source has only the same token", () => {
    const again = policy.withToken(fresh, TOKEN, NOW + 2 * HOUR_MS - 270_000);
    const nowMs = NOW + 2 * HOUR_MS - 270_000;
    expect(policy.alarmAtMs({ ...again, usedAtMs: nowMs }, TRAITS, nowMs)).toBe(nowMs + 30_000);
  });

  it("is silent for an account that nobody has used for an hour", () => {
    expect(policy.alarmAtMs(fresh, TRAITS, NOW + HOUR_MS)).not.toBeNull();
    expect(policy.alarmAtMs(fresh, TRAITS, NOW + HOUR_MS + 1)).toBeNull();
  });
});
