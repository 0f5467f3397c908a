import { expect, it } from "vitest";
import { lineOf, type Spending, spendingOf } from "../../../tools/bench/request/cost.ts";
import { parseReading } from "../../../tools/bench/request/meter.ts";
import { spentBetween } from "../../../tools/bench/request/spent.ts";
import { median, quantile } from "../../../tools/bench/statistics.ts";

const OPERATIONS = { r2Reads: 1, r2Writes: 0, kvReads: 0, wechatCalls: 0 };

/** Two found, 1,500 ns a page, 500 ns a turn; then seven words an isolate. */
function reading(...isolates: readonly (readonly number[])[]) {
  return parseReading(BigUint64Array.from([1, 1, 1500, 500, ...isolates.flat()], BigInt));
}

function spending(workerMs: number, objectsMs: number): Spending {
  const spent = (cpuMs: number) => ({ cpuMs, turns: 2, faults: 0 });
  return {
    parts: { worker: spent(workerMs), objects: spent(objectsMs) },
    threadMs: workerMs + objectsMs + 1,
    operations: OPERATIONS,
  };
}

it("reads what the meter has counted, isolate by isolate, up to the first line that nobody has", () => {
  const { isolates, faultNs, turnNs } = reading([255, 2, 3000, 1, 1, 9000, 4], [0, 7, 7, 7, 7, 7, 7]);

  expect({ faultNs, turnNs }).toEqual({ faultNs: 1500, turnNs: 500 });
  expect([...isolates]).toEqual([
    ["ff", { request: { turns: 2, cpuNs: 3000, faults: 1 }, startup: { turns: 1, cpuNs: 9000, faults: 4 } }],
  ]);
});

it("complains when the library found nothing to measure by", () => {
  expect(() => parseReading(BigUint64Array.from([0, 1, 1500, 500], BigInt))).toThrow("limit enforcers");
});

it("takes pages and measuring off, and leaves out who did nothing", () => {
  const before = reading([10, 5, 1_000_000, 100, 0, 0, 0], [11, 5, 1_000_000, 0, 0, 0, 0]);
  const after = reading(
    [10, 5, 1_000_000, 100, 0, 0, 0],
    [11, 7, 4_000_000, 1000, 0, 0, 0],
    [12, 1, 900, 0, 0, 0, 0],
  );

  expect([...spentBetween(before, after)]).toEqual([
    ["b", { cpuMs: (3_000_000 - 1000 * 1500 - 2 * 500) / 1e6, turns: 2, faults: 1000 }],
    ["c", { cpuMs: 0.0004, turns: 1, faults: 0 }],
  ]);
});

it("tells the Worker's part from its objects', and what else ran in the process from both", () => {
  const spent = (cpuMs: number) => ({ cpuMs, turns: 1, faults: 0 });
  const parts = new Map([
    ["a", spent(1)],
    ["b", spent(5)],
    ["driver", spent(100)],
  ]);
  const sample = { parts, threadMs: 110, operations: OPERATIONS };

  expect(spendingOf(sample, { worker: "a", objects: "b" }).parts).toEqual({
    worker: spent(1),
    objects: spent(5),
  });
  expect(spendingOf(sample, { worker: "a", objects: null }).parts?.objects.cpuMs).toBe(0);
  expect(spendingOf(sample, null).parts).toBeNull();
});

it("gives medians, and the median of the rounds' ratios rather than the ratio of medians", () => {
  const line = lineOf("a request", {
    gateway: [spending(1, 1), spending(10, 10), spending(2, 1)],
    bare: [spending(1, 0), spending(10, 0), spending(1, 0)],
  });

  expect(line.gateway).toMatchObject({ sampleCount: 3, workerMs: 2, objectsMs: 1, totalMs: 3, turns: 4 });
  expect(line.ratio).toBe(2);
});

it("falls back to the thread where there is no meter", () => {
  const unmetered = (threadMs: number): Spending => ({ parts: null, threadMs, operations: OPERATIONS });
  const line = lineOf("a request", { gateway: [unmetered(6)], bare: [unmetered(3)] });

  expect(line.gateway).toMatchObject({ workerMs: null, objectsMs: null, totalMs: 6, turns: null });
  expect(line.ratio).toBe(2);
});

it("interpolates quantiles between neighbours", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(quantile([0, 10], 0.9)).toBe(9);
  expect(quantile([], 0.5)).toBeNaN();
});
