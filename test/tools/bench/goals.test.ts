import { expect, it } from "vitest";
import type { Cost, Line } from "../../../tools/bench/request/cost.ts";
import { goalsOf } from "../../../tools/bench/request/goals.ts";

const NAMES = [
  "hit .speex",
  "hit .wav",
  "miss → .speex, at once",
  "miss → .speex, in packets",
  "miss → .wav, at once",
  "miss → .wav, in packets",
  "stored source → .wav",
];

function cost(workerMs: number, objectsMs: number): Cost {
  return {
    sampleCount: 1,
    workerMs,
    objectsMs,
    totalMs: workerMs + objectsMs,
    p90Ms: 0,
    turns: 0,
    faults: 0,
    threadMs: 0,
    operations: { r2Reads: 0, r2Writes: 0, kvReads: 0, wechatCalls: 0 },
  };
}

/** Hits cost a Worker 1 ms; everything else costs it 2 ms, and its keeper so much. */
function reportWhereKeepersCost(objectsMs: number) {
  const warm: Line[] = NAMES.map((name) => ({
    name,
    gateway: name.startsWith("hit") ? cost(1, 0) : cost(2, objectsMs),
    bare: cost(1, 0),
    ratio: 1.5,
  }));
  return {
    noMeterBecause: null,
    faultMicroseconds: 1,
    turnMicroseconds: 1,
    decoder: { insideMs: 4, threadMs: 5 },
    warm,
    fresh: { lines: warm, startup: { workerMs: 80, objectsMs: 80, bareMs: 2 } },
    sweeps: null,
  };
}

const measuredOf = (objectsMs: number) =>
  new Map(goalsOf(reportWhereKeepersCost(objectsMs)).map(({ name, measured }) => [name, measured]));

it("sets the keeper's part against the decoder, and the Worker's part against a hit", () => {
  const measured = measuredOf(6);

  expect(measured.get("miss → .wav, at once, ÷ the decoder")).toBe(1.5);
  expect(measured.get("miss → .speex, at once")).toBe(6);
  expect(measured.get("the Worker's part of a miss, above a hit")).toBe(1);
  expect(measured.get("hit .wav, ÷ a bare Worker")).toBe(1.5);
  expect(measured.get("start of the Worker")).toBe(80);
});

it("takes the whole where the Worker does it all by itself", () => {
  const measured = measuredOf(0);

  expect(measured.get("miss → .wav, at once, ÷ the decoder")).toBe(0.5);
  expect(measured.has("the Worker's part of a miss, above a hit")).toBe(false);
});

it("notices what was not measured", () => {
  expect(() => goalsOf({ ...reportWhereKeepersCost(6), warm: [] })).toThrow("was not measured");
});
