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

  it("finds four lags at once, each to a third of a sample", () => {
    const stages = openStages();
    forSeeds((random) => {
      const lag = 30 + Math.floor(100 * random());
      const past = voiced(random, 300, lag, 2000);
      const address = putExcitation(stages, past, voiced(random, 170, lag, 2000));
      const e = stages.floats(address - 1200, 470);
      const halves = [0, 0, 80, 80].map((start, t) => ({ start, lag: t % 2 === 0 ? lag : 30 + t * 17 }));
      halves.forEach((half, t) => {
        stages.run("correlate", address + 4 * half.start, half.lag, stages.at("CORRELATIONS") + 112 * t);
      });
      stages.run("findLags");
      const fits = [...new Int32Array(stages.floats(stages.at("FITS"), 4).slice().buffer)];
      halves.forEach((half, t) => {
        const at = stages.at("SCRATCH");
        stages.run("filterTap", address + 4 * half.start, half.lag, fits[t]!, at + 16, at);
        const x = Float64Array.from(e.subarray(300 + half.start, 380 + half.start));
        const tap = combTap(x, (n) => e[300 + half.start + n]!, half.lag);
        expectClose(stages.floats(at + 16, 80), tap, 90);
        const [tapTap, tapSignal] = stages.floats(at, 2);
        expectClose([tapTap!], [tap.reduce((sum, value) => sum + value * value, 0)], 80);
        expectClose([tapSignal! / tapTap!], [dot(tap, x) / dot(tap, tap)], 60);
      });
    });
  });

  it("takes the first of equally good lags, and a lag at all from scores that are no numbers", () => {
    const stages = openStages();
    const correlations = new Float32Array(4 * 28);
    // Whole lags 2 and 5 of tap 1 are equally good; tap 2's scores are no numbers; taps 0 and 3 fit nowhere.
    correlations[28 + 8] = 7;
    correlations[28 + 20] = 7;
    correlations.fill(Number.NaN, 56, 84);
    stages.put(stages.at("CORRELATIONS"), correlations);
    stages.run("findLags");
    const fits = [...new Int32Array(stages.floats(stages.at("FITS"), 4).slice().buffer)];
    expect(fits[0]).toBe(0);
    expect(fits[1]).toBe(2);
    expect(fits[2]).toBeGreaterThanOrEqual(0);
    expect(fits[2]).toBeLessThan(28);
    expect(fits[3]).toBe(0);
  });
});

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, n) => sum + value * b[n]!, 0);
}
