import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beijingDay, secondsToBeijingMidnight } from "../../src/wechat/beijing.ts";
import { holds } from "../support/holds.ts";

describe("midnight in Beijing", () => {
  it.each([
    ["2026-02-28T16:00:00.000Z", 86_400],
    ["2026-02-28T16:00:00.999Z", 86_400],
    ["2026-02-28T16:00:01.000Z", 86_399],
    ["2026-03-01T04:00:00.000Z", 43_200],
    ["2026-03-01T15:59:58.000Z", 2],
    ["2026-03-01T15:59:59.000Z", 1],
    ["2026-03-01T15:59:59.999Z", 1],
    ["1970-01-01T00:00:00.000Z", 57_600],
    ["2028-02-29T15:59:59.000Z", 1],
  ])("is, at %s, %d seconds away", (now, seconds) => {
    expect(secondsToBeijingMidnight(Date.parse(now))).toBe(seconds);
  });

  it("is always one to 86,400 seconds away, and then it is midnight", () => {
    holds(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (nowMs) => {
        const seconds = secondsToBeijingMidnight(nowMs);
        expect(seconds).toBeGreaterThanOrEqual(1);
        expect(seconds).toBeLessThanOrEqual(86_400);
        const then = new Date((Math.floor(nowMs / 1000) + seconds) * 1000);
        expect(then.toISOString()).toContain("T16:00:00.000Z");
      }),
    );
  });
});

it("the day changes at that midnight, and at no other moment", () => {
  holds(
    fc.property(fc.integer({ min: 0, max: 4e12 }), (nowMs) => {
      const midnightMs = (Math.floor(nowMs / 1000) + secondsToBeijingMidnight(nowMs)) * 1000;
      expect(beijingDay(midnightMs - 1)).toBe(beijingDay(nowMs));
      expect(beijingDay(midnightMs)).toBe(beijingDay(nowMs) + 1);
    }),
  );
});
