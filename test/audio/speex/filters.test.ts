/** The filters of the WebAssembly decoder against the float64 model's. */
import { describe, expect, it } from "vitest";
import { expectClose } from "./expectations.ts";
import { lspFrom, randomFrom, signal } from "./material.ts";
import { highPass, synthesize, widenBandwidth } from "./model/filters.ts";
import { FilterBankModel } from "./model/highband.ts";
import { lspToLpc } from "./model/lsp.ts";
import { openStages, type Stages } from "./stages-module.ts";

const FRAME = 160;
const SUBFRAME = 40;
const STREAM = 160;

/** Gives the four sub-frames their filters; returns them as the model has them. */
function setFilters(stages: Stages, filterSet: string, order: number, random: () => number): Float64Array[] {
  const filters = Array.from({ length: 4 }, () => lspToLpc(lspFrom(random, order)));
  const lanes = new Float32Array(4 * order);
  filters.forEach((lpc, s) => {
    lpc.forEach((a, k) => {
      lanes[4 * k + s] = -a;
    });
  });
  stages.put(stages.at("NEGATED_LPC"), lanes);
  stages.run("advanceFilters", stages.at(filterSet), order);
  return filters;
}

/** A band of the frame just filtered: of each pair of samples of both bands, the low band's or the high band's. */
function bandOf(stages: Stages, band: 0 | 1): number[] {
  const pairs = stages.floats(stages.at("PAIRS"), 2 * FRAME);
  return Array.from({ length: FRAME }, (_, n) => pairs[4 * (n >> 1) + 2 * band + (n & 1)]!);
}

/** Of a stream's 20 past vectors, 16 taps read the last 15. */
const READ = 4 * (20 - 15);

/** A stream of the difference (0) or the sum (1): 20 past vectors and 20 of this frame, lane s = sub-frame s. */
function streamOf(stages: Stages, signal: 0 | 1, stream: "even" | "before" | "after"): Float32Array {
  const number = 3 * signal + ["even", "before", "after"].indexOf(stream);
  return stages.floats(stages.at("STREAMS") + 4 * STREAM * number, STREAM).slice();
}

/** The difference (0) or the sum (1) of the frame just filtered, sample after sample. */
function splitOf(stages: Stages, which: 0 | 1): number[] {
  const even = streamOf(stages, which, "even");
  const after = streamOf(stages, which, "after");
  return Array.from({ length: FRAME }, (_, n) => {
    const at = STREAM / 2 + 4 * ((n % SUBFRAME) >> 1) + Math.floor(n / SUBFRAME);
    return n % 2 === 0 ? even[at]! : even[at]! + after[at]!;
  });
}

describe("synthesis", () => {
  it("runs both bands a sub-frame behind its coefficients, its memory formed with the old ones", () => {
    const stages = openStages();
    const random = randomFrom(3);
    const memories = [new Float64Array(10), new Float64Array(8)] as const;
    let last = [new Float64Array(10), new Float64Array(8)];
    for (let frame = 0; frame < 20; frame++) {
      const low = setFilters(stages, "LOW_BAND_FILTERS", 10, random);
      const high = setFilters(stages, "HIGH_BAND_FILTERS", 8, random);
      const inputs = [signal(random, FRAME, 500), signal(random, FRAME, 200)] as const;
      const addresses = [stages.at("LOW_BAND_INPUT"), stages.at("SCRATCH")] as const;
      for (const band of [0, 1] as const) stages.put(addresses[band], inputs[band]);
      stages.run("synthesize", addresses[1]);
      [low, high].forEach((filters, band) => {
        const lagging = [last[band]!, ...filters];
        const expected = Array.from({ length: 4 }, (_, s) => [
          ...synthesize(inputs[band]!.subarray(40 * s, 40 * s + 40), lagging[s]!, memories[band]!),
        ]).flat();
        expectClose(bandOf(stages, band as 0 | 1), expected, 85);
      });
      last = [low[3]!, high[3]!] as Float64Array<ArrayBuffer>[];
    }
  });

  it("widens the last filter's bandwidth, more from frame to frame", () => {
    const stages = openStages();
    const random = randomFrom(4);
    let lpc = setFilters(stages, "LOW_BAND_FILTERS", 10, random)[3]!;
    const memory = new Float64Array(10);
    for (let frame = 0; frame < 3; frame++) {
      lpc = widenBandwidth(lpc, 0.98);
      stages.run("widenFilters", stages.at("LOW_BAND_FILTERS"), 10, 0.98);
      const input = signal(random, FRAME, 500);
      stages.put(stages.at("LOW_BAND_INPUT"), input);
      stages.run("synthesize", stages.at("SCRATCH"));
      const expected = synthesize(input, lpc, memory);
      expectClose(bandOf(stages, 0), expected, 85);
    }
  });
});

describe("a filter pumped up beyond all bounds", () => {
  it.each([3e38, Number.POSITIVE_INFINITY, Number.NaN])("starts again from nothing (%f)", (value) => {
    const stages = openStages();
    setFilters(stages, "LOW_BAND_FILTERS", 10, randomFrom(7));
    const cases = [0, 1, 2].flatMap((kind) =>
      ["SYNTHESIS_MEMORY", "HIGH_PASS_STATE"].map((memory) => ({ kind, memory })),
    );
    for (const { kind, memory } of cases) {
      stages.put(stages.at(memory), new Float32Array(8).fill(value));
      stages.run("useHighPass", kind);
      for (let frame = 0; frame < 2; frame++) {
        stages.put(stages.at("LOW_BAND_INPUT"), new Float32Array(FRAME).fill(1e-3));
        stages.put(stages.at("SCRATCH"), new Float32Array(FRAME));
        stages.run("makeBands", stages.at("SCRATCH"));
      }
      const streams = stages.floats(stages.at("STREAMS"), 6 * STREAM);
      expect(streams.every((x) => Math.abs(x) < 10)).toBe(true);
    }
  });
});

describe("high-pass", () => {
  const kinds = { 1: "narrowband", 2: "wideband" } as const;

  it("keeps what it owes when its coefficients change, or it rests", () => {
    const stages = openStages();
    const random = randomFrom(5);
    const memory = new Float64Array(2);
    for (const kind of [2, 2, 1, 2, 0, 0, 2, 1, 0, 1] as const) {
      const low = signal(random, FRAME, 8000).map((x) => x + 2000);
      const high = signal(random, FRAME, 500);
      stages.put(stages.at("LOW_BAND_INPUT"), low);
      stages.put(stages.at("SCRATCH"), high);
      stages.run("useHighPass", kind);
      stages.run("makeBands", stages.at("SCRATCH"));
      const filtered = kind === 0 ? low : highPass(low, kinds[kind], memory);
      expectClose(
        splitOf(stages, 0),
        filtered.map((x, n) => x - high[n]!),
        85,
      );
      expectClose(
        splitOf(stages, 1),
        filtered.map((x, n) => x + high[n]!),
        85,
      );
    }
  });
});

describe("filter bank", () => {
  it("gets three streams of the bands' difference and sum, their past included", () => {
    const stages = openStages();
    const random = randomFrom(8);
    stages.run("useHighPass", 0);
    let past = [new Float64Array(FRAME), new Float64Array(FRAME)] as const;
    for (let frame = 0; frame < 4; frame++) {
      const low = signal(random, FRAME, 9000);
      const high = signal(random, FRAME, 3000);
      stages.put(stages.at("LOW_BAND_INPUT"), low);
      stages.put(stages.at("SCRATCH"), high);
      stages.run("makeBands", stages.at("SCRATCH"));
      const now = [low.map((x, n) => x - high[n]!), low.map((x, n) => x + high[n]!)] as const;
      for (const which of [0, 1] as const) {
        const d = (n: number) => (n < 0 ? past[which][FRAME + n]! : now[which][n]!);
        // Of vector t, lane s: sample 40 s + 2 t.
        const expected = (sample: (n: number) => number) =>
          Array.from({ length: STREAM }, (_, i) => sample(SUBFRAME * (i % 4) + 2 * ((i >> 2) - 20))).slice(
            READ,
          );
        expectClose(streamOf(stages, which, "even").subarray(READ), expected(d), 110);
        expectClose(
          streamOf(stages, which, "after").subarray(READ),
          expected((n) => d(n + 1) - d(n)),
          110,
        );
        expectClose(
          streamOf(stages, which, "before").subarray(READ),
          expected((n) => d(n - 1) - d(n)),
          110,
        );
      }
      past = now;
    }
  });

  it("joins the bands across frames", () => {
    const stages = openStages();
    const model = new FilterBankModel();
    const random = randomFrom(6);
    stages.run("useHighPass", 0);
    for (let frame = 0; frame < 5; frame++) {
      const low = signal(random, FRAME, 9000);
      const high = signal(random, FRAME, 3000);
      stages.put(stages.at("LOW_BAND_INPUT"), low);
      stages.put(stages.at("SCRATCH"), high);
      stages.run("makeBands", stages.at("SCRATCH"));
      stages.run("joinBands", stages.at("SCRATCH"));
      const samples = new Int16Array(stages.floats(stages.at("SCRATCH"), FRAME).slice().buffer);
      model.join(low, high).forEach((expected, n) => {
        expect(Math.abs(samples[n]! - expected)).toBeLessThanOrEqual(0.51);
      });
    }
  });

  it("saturates, and rounds to the nearest", () => {
    const stages = openStages();
    stages.run("useHighPass", 0);
    const low = Float64Array.from(
      { length: FRAME },
      (_, n) => [1e9, -1e9, 32767.6, -32768.7, 0.6, -0.6, 100.4, 3][n % 8]!,
    );
    stages.put(stages.at("LOW_BAND_INPUT"), low);
    stages.put(stages.at("SCRATCH"), new Float64Array(FRAME));
    stages.run("makeBands", stages.at("SCRATCH"));
    stages.run("roundBand", stages.at("SCRATCH"));
    const samples = new Int16Array(stages.floats(stages.at("SCRATCH"), 4).slice().buffer);
    expect([...samples]).toEqual([32767, -32768, 32767, -32768, 1, -1, 100, 3]);
  });
});
