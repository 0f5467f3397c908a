/** The enhancer of the WebAssembly decoder against the float64 model's. */
import { describe, expect, it } from "vitest";
import { expectClose, forSeeds } from "./expectations.ts";
import { voiced } from "./material.ts";
import { combTap, enhanceHalf } from "./model/enhance.ts";
import { openStages, putExcitation } from "./stages-module.ts";

const FRAME = 160;

describe("enhancement", () => {
  it.each([0.05, 0.15, 0.25, 0.45, 0.5, 0.55, 0.6])("combs voice at strength %f", (comb) => {
    const stages = openStages();
    forSeeds((random) => {
      const lag = 17 + Math.floor(128 * random());
      const voice = voiced(random, 360 + FRAME, lag, 3000 * random());
      const address = putExcitation(stages, voice.slice(0, 352), voice.slice(352, 512));
      stages.put(address + 4 * FRAME, new Float64Array(8));
      stages.run("measureEnergies");
      const last = voice.slice(352 - 40, 352);
      stages.put(stages.at("ENERGIES"), [last.reduce((sum, x) => sum + x * x, 0)]);
      stages.run("resetBestPitch");
      stages.run("offerPitch", lag, 1);
      const best = stages.run("bestPitch");
      stages.run("enhance", comb);
      const at = (start: number) => (n: number) => (start + n < 512 ? voice[start + n]! : 0);
      const expected = [...enhanceHalf(at(312), best, comb), ...enhanceHalf(at(392), best, comb)];
      expectClose(stages.floats(stages.at("LOW_BAND_INPUT"), FRAME), expected, 90);
    });
  });

  it("finds the lag to a third of a sample", () => {
    const stages = openStages();
    forSeeds((random) => {
      const lag = 30 + Math.floor(100 * random());
      const past = voiced(random, 300, lag, 2000);
      const address = putExcitation(stages, past, voiced(random, 80, lag, 2000));
      const scores = stages.at("SCRATCH");
      stages.run("correlate", address, lag, scores);
      const fit = stages.run("findLag", scores);
      stages.run("filterTap", address, lag, fit, scores + 64, scores + 32);
      const e = stages.floats(address - 1200, 380);
      const x = Float64Array.from(e.subarray(300));
      const tap = combTap(x, (n) => e[300 + n]!, lag);
      expectClose(stages.floats(scores + 64, 80), tap, 90);
      const [tapTap, tapSignal] = stages.floats(scores + 32, 2);
      expectClose(
        [tapTap!, tapSignal!],
        [tap, x].map((y) => y.reduce((sum, value, n) => sum + value * tap[n]!, 0)),
        80,
      );
    });
  });

  it("takes the first of equally good lags, and a lag at all from scores that are no numbers", () => {
    const stages = openStages();
    const scores = stages.at("SCRATCH");
    stages.put(scores, new Float32Array(8));
    expect(stages.run("findLag", scores)).toBe(0);
    stages.put(scores, new Float32Array(8).fill(Number.NaN));
    expect(stages.run("findLag", scores)).toBeGreaterThanOrEqual(0);
  });
});
