import { describe, expect, it } from "vitest";
import { compare, REQUIRED_SNR_SHORT_DB, saturate } from "../../../tools/conformance/compare.ts";
import { decodePackets, readVector } from "../../../tools/conformance/decode.ts";
import { VECTORS } from "../../../tools/conformance/vectors.ts";
import { loadSpeexModule } from "../../../tools/speex-module.ts";
import { frameFrom, randomFrom } from "./material.ts";
import { decodeModel } from "./model/decoder.ts";

const module = loadSpeexModule();

describe.each(VECTORS)("$name ($script)", (vector) => {
  const { packets, reference } = readVector(vector);

  it("sounds as the reference decoder has it", () => {
    const result = compare(decodePackets(module, vector, packets), reference);
    expect(result.sampleCount).toBe(reference.length);
    expect(result.snrDb).toBeGreaterThanOrEqual(REQUIRED_SNR_SHORT_DB);
    expect(result.maxDifference).toBeLessThanOrEqual(result.allowedDifference);
  });

  it("sounds as the float64 model has it", () => {
    const result = compare(decodePackets(module, vector, packets), saturate(decodeModel(packets, vector)));
    expect(result.snrDb).toBeGreaterThanOrEqual(REQUIRED_SNR_SHORT_DB);
    expect(result.maxDifference).toBeLessThanOrEqual(result.allowedDifference);
  });

  it.each([1, 3, 49, 51])("gives the same samples when %i packets come at a time", (perCall) => {
    const whole = decodePackets(module, vector, packets);
    expect(decodePackets(module, vector, packets, perCall)).toEqual(whole);
  });
});

it.each(Array.from({ length: 12 }, (_, seed) => seed))(
  "decodes all modes and losses in any order, as the model (seed %i)",
  (seed) => {
    const random = randomFrom(7919 * seed);
    const packets = Array.from({ length: 100 }, () =>
      random() < 0.08 ? new Uint8Array(0) : frameFrom(random),
    );
    // Enhancement off: on noise its choice between two almost equal lags may fall either way.
    const stream = { mode: "wideband", framesPerPacket: 1, enhance: false } as const;
    const result = compare(decodePackets(module, stream, packets), saturate(decodeModel(packets, stream)));
    expect(result.maxDifference).toBeLessThanOrEqual(Math.max(result.allowedDifference, 4));
    expect(result.snrDb).toBeGreaterThan(60);
  },
);
