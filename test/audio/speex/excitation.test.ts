/** Adaptive codebook and innovation of the WebAssembly decoder against the float64 model's. */
import { describe, expect, it } from "vitest";
import { expectClose, forSeeds } from "./expectations.ts";
import { bytesFrom, randomFrom, signal } from "./material.ts";
import { BitReader } from "./model/bits.ts";
import {
  adaptiveCodebook,
  BestPitch,
  forcedPitch,
  NARROWBAND_MODES,
  readInnovation,
  tapSum,
  Vocoder,
} from "./model/excitation.ts";
import { row } from "./model/tables.ts";
import { openStages, putExcitation } from "./stages-module.ts";

describe("adaptive codebook", () => {
  it("adds three taps at every lag, shorter than a sub-frame or not", () => {
    const stages = openStages();
    for (let lag = 17; lag <= 144; lag++) {
      const random = randomFrom(lag);
      const past = signal(random, 300, 9000);
      const address = putExcitation(stages, past, signal(random, 40, 9000));
      const index = Math.floor(128 * random());
      stages.open(Uint8Array.of(index * 2));
      const innovation = signal(random, 40, 2000);
      stages.put(stages.at("INNOVATION"), innovation);
      const tapsAddress = stages.run("tapsAt", 7, stages.run("read", 7));
      const energy = stages.run("addPrediction", address, lag, tapsAddress, stages.at("INNOVATION"));
      const taps = row("pitch_gain_128", index)
        .slice(0, 3)
        .map((value) => value / 64 + 0.5);
      const contribution = adaptiveCodebook((n) => (n < 0 ? past[300 + n]! : Number.NaN), lag, taps);
      const expected = Array.from(innovation, (x, n) => x + contribution[n]!);
      expectClose(stages.floats(address, 40), expected);
      expectClose([energy], [expected.reduce((sum, x) => sum + x * x, 0)]);
    }
  });

  it("feeds a forced pitch back into itself", () => {
    const stages = openStages();
    forSeeds((random) => {
      const lag = 17 + Math.floor(128 * random());
      const past = signal(random, 300, 30000);
      const address = putExcitation(stages, past, new Float64Array(40));
      stages.run("predictForced", address, lag, 0.99);
      expectClose(
        stages.floats(stages.at("ADAPTIVE"), 40),
        forcedPitch((n) => past[300 + n]!, lag, Math.fround(0.99)),
      );
    });
  });

  it("measures how strongly taps repeat the past", () => {
    const stages = openStages();
    for (let index = 0; index < 32; index++) {
      stages.open(Uint8Array.of(index << 3));
      const taps = row("pitch_gain_32", index)
        .slice(0, 3)
        .map((value) => value / 64 + 0.5);
      expect(stages.run("strengthOf", stages.run("tapsAt", 5, stages.run("read", 5)))).toBeCloseTo(
        tapSum(taps),
        6,
      );
    }
  });

  it("follows the best pitch through multiples and fractions", () => {
    const stages = openStages();
    forSeeds((random) => {
      const model = new BestPitch();
      stages.run("resetBestPitch");
      for (let s = 0; s < 4; s++) {
        const unit = 17 + Math.floor(30 * random());
        const lag = Math.min(144, unit * (1 + Math.floor(4 * random())) + Math.floor(3 * random()));
        const strength = Math.fround(1.2 * random());
        model.offer(lag, strength);
        stages.run("offerPitch", lag, strength);
        expect(stages.run("bestPitch")).toBe(model.lag);
      }
    }, 500);
  });
});

describe("innovation", () => {
  const books = [
    "innov_5x64",
    "innov_8x128",
    "innov_10x16",
    "innov_10x32",
    "innov_20x32",
    "hb_innov_10x32",
    "hb_innov_8x128",
  ];
  const signed = { table: "hb_innov_8x128", count: 5, width: 8, bits: 7, signed: true };
  const shapes = [2, 3, 4, 7, 8].map((mode) => NARROWBAND_MODES[mode]!.innovation!);

  it.each([...shapes, signed])("adds the shapes of $table", ({ table, count, width, bits, ...rest }) => {
    const stages = openStages();
    forSeeds((random) => {
      const packet = bytesFrom(random, 8);
      const before = signal(random, 40, 100);
      const to = stages.at("INNOVATION");
      stages.put(to, before);
      stages.open(packet);
      const isSigned = "signed" in rest;
      const codebook = stages.run("codebookAddress", books.indexOf(table));
      stages.run("addShapes", to, codebook, count, width, isSigned ? 1 : 0, bits, 250);
      const expected = readInnovation(new BitReader(packet), { table, count, width, bits, signed: isSigned });
      expectClose(
        stages.floats(to, 40),
        before.map((value, n) => value + 250 * expected[n]!),
      );
    });
  });

  it.each([
    ["readShapes5x64", 5],
    ["readShapes5x256", 6],
  ] as const)("puts eight rows of five together in vectors (%s)", (reader, mode) => {
    const stages = openStages();
    forSeeds((random) => {
      const packet = bytesFrom(random, 8);
      stages.open(packet);
      stages.run(reader, stages.at("INNOVATION"), 77);
      const expected = readInnovation(new BitReader(packet), NARROWBAND_MODES[mode]!.innovation!);
      expectClose(
        stages.floats(stages.at("INNOVATION"), 40),
        expected.map((value) => 77 * value),
      );
    });
  });

  it("puts the high band's four rows of ten together, and measures them", () => {
    const stages = openStages();
    forSeeds((random) => {
      const packet = bytesFrom(random, 4);
      stages.open(packet);
      const energy = stages.run("readHighBandShapes", stages.at("INNOVATION"), 77);
      const shapes = { table: "hb_innov_10x32", count: 4, width: 10, bits: 5, signed: false };
      const expected = readInnovation(new BitReader(packet), shapes).map((value) => 77 * value);
      expectClose(stages.floats(stages.at("INNOVATION"), 40), expected);
      expectClose([energy], [expected.reduce((sum, x) => sum + x * x, 0)]);
      expect(stages.run("remaining")).toBe(12);
    });
  });

  it("vocodes pulses and noise, their phase running on", () => {
    const stages = openStages();
    const model = new Vocoder();
    forSeeds((random) => {
      const innovation = signal(random, 40, 300);
      const lag = 17 + Math.floor(128 * random());
      stages.put(stages.at("INNOVATION"), innovation);
      stages.run("vocode", stages.at("SCRATCH"), stages.at("INNOVATION"), lag, 0.6, 120);
      expectClose(stages.floats(stages.at("SCRATCH"), 40), model.run(innovation, lag, 0.6, 120));
    });
  });
});
