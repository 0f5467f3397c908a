/** What the stage tests share: many seeds, and closeness in decibels. */
import fc from "fast-check";
import { expect } from "vitest";
import { randomFrom } from "./material.ts";

/** Runs `check` for many seeds; a failing seed is shrunk and printed. */
export function forSeeds(check: (random: () => number) => void, numRuns = 50): void {
  fc.assert(
    fc.property(fc.nat(), (seed) => check(randomFrom(seed))),
    { numRuns },
  );
}

/** Equal to `decibels` below the expected signal's power. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, decibels = 100): void {
  let signalPower = 1e-12;
  let errorPower = 0;
  for (let n = 0; n < expected.length; n++) {
    signalPower += expected[n]! ** 2;
    errorPower += (actual[n]! - expected[n]!) ** 2;
  }
  expect(10 * Math.log10(signalPower / (errorPower + 1e-30))).toBeGreaterThan(decibels);
}
