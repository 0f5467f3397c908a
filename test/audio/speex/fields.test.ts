/** Bits, noise and line spectral pairs of the WebAssembly decoder against the float64 model's. */
import { describe, expect, it } from "vitest";
import { expectClose, forSeeds } from "./expectations.ts";
import { bytesFrom, lspFrom, randomFrom } from "./material.ts";
import { BitReader } from "./model/bits.ts";
import { Noise } from "./model/filters.ts";
import {
  cosine,
  gainAtNyquist,
  interpolate,
  lspToLpc,
  readHighBandLsp,
  readNarrowbandLsp,
} from "./model/lsp.ts";
import { openStages } from "./stages-module.ts";

describe("bits", () => {
  it("reads any fields of any packet, and zeros past its end", () => {
    const stages = openStages();
    forSeeds((random) => {
      const packet = bytesFrom(random, Math.floor(random() * 90));
      const model = new BitReader(packet);
      // Other bytes lie behind the packet, as the next packet's do.
      stages.putBytes(stages.at("SCRATCH"), new Uint8Array(200).fill(255));
      stages.open(packet);
      while (model.position < 1500) {
        const width = 1 + Math.floor(random() * 32);
        expect(stages.run("read", width) >>> 0).toBe(model.read(width));
        expect(stages.run("remaining")).toBe(model.remaining);
      }
    });
  });
});

describe("noise", () => {
  it.each(["LOW_BAND_NOISE", "HIGH_BAND_NOISE"])("runs the format's generator (%s)", (generator) => {
    const stages = openStages();
    const model = new Noise();
    for (let n = 0; n < 1000; n++)
      expect(stages.run("noise", stages.at(generator), 250)).toBeCloseTo(model.next(250), 3);
  });
});

describe("line spectral pairs", () => {
  it.each([true, false])("adds up the narrowband codebooks (long form: %s)", (long) => {
    const stages = openStages();
    forSeeds((random) => {
      const packet = bytesFrom(random, 4);
      stages.open(packet);
      stages.run("readLsp", long);
      expectClose(stages.floats(stages.at("LSP"), 10), readNarrowbandLsp(new BitReader(packet), long));
      expect(stages.run("remaining")).toBe(long ? 2 : 14);
    });
  });

  it("adds up the high band's codebooks", () => {
    const stages = openStages();
    forSeeds((random) => {
      const packet = bytesFrom(random, 2);
      stages.open(packet);
      stages.run("readHighBandLsp");
      expectClose(stages.floats(stages.at("LSP"), 8), readHighBandLsp(new BitReader(packet)));
    });
  });

  it.each([
    ["narrowband", 10, 0.002, "LAST_LSP", "interpolateLsp", "narrowbandLpc", "LOW_BAND_EDGE"],
    ["high band", 8, 0.05, "LAST_HIGH_BAND_LSP", "interpolateHighBandLsp", "highBandLpc", "HIGH_BAND_EDGE"],
  ] as const)(
    "become four sub-frames' coefficients, margins kept (%s)",
    (_, order, margin, last, mix, lpc, edge) => {
      const stages = openStages();
      forSeeds((random) => {
        const previous = lspFrom(random, order, random() < 0.5);
        const current = lspFrom(random, order, random() < 0.5);
        stages.put(stages.at(last), previous);
        stages.put(stages.at("LSP"), current);
        stages.run(mix, false);
        stages.run(lpc);
        expectClose(stages.floats(stages.at(last), order), current);
        for (let s = 0; s < 4; s++) {
          const expected = lspToLpc(interpolate(previous, current, s, margin));
          const lanes = stages.floats(stages.at("NEGATED_LPC"), 4 * order);
          expectClose(
            expected.map((_, k) => -lanes[4 * k + s]!),
            expected,
            85,
          );
          expect(stages.floats(stages.at(edge), 4)[s]).toBeCloseTo(gainAtNyquist(expected), 3);
        }
      });
    },
  );

  it("stand still over the sub-frames when there is no last set", () => {
    const stages = openStages();
    const current = lspFrom(randomFrom(1), 10);
    stages.put(stages.at("LSP"), current);
    stages.run("interpolateLsp", true);
    stages.run("narrowbandLpc");
    const lanes = stages.floats(stages.at("NEGATED_LPC"), 40);
    expect([lanes[0], lanes[1], lanes[2]]).toEqual([lanes[3], lanes[3], lanes[3]]);
  });

  it("go through the format's cosine, within 4e-5 of the true one", () => {
    for (let x = 0; x < Math.PI; x += 0.01) expect(Math.abs(cosine(x) - Math.cos(x))).toBeLessThan(4e-5);
  });
});
