/**
 * Streams made to break the decoder. They must end in samples; a second module from the same sources shows that what
 * the filters carry on stays finite, which 16-bit samples alone could not show.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDecoder, type SpeexFormat } from "../../../src/audio/speex/decoder.ts";
import { compare } from "../../../tools/conformance/compare.ts";
import { concatenate, decodePackets, readVector, samplesOf } from "../../../tools/conformance/decode.ts";
import { VECTORS, type Vector } from "../../../tools/conformance/vectors.ts";
import { loadSpeexModule } from "../../../tools/speex-module.ts";
import { BitWriter, bytesFrom, randomFrom } from "./material.ts";
import { openStages } from "./stages-module.ts";

const module = loadSpeexModule();
const FORMATS: SpeexFormat[] = [
  { mode: "wideband", framesPerPacket: 1 },
  { mode: "narrowband", framesPerPacket: 1 },
  { mode: "wideband", framesPerPacket: 4 },
];

/** The good stream that follows a hostile one, and how it is to sound then. */
const good = VECTORS.find(({ name }) => name === "wb-q7-pauses")!;
const { packets: goodPackets } = readVector(good);
const goodSamples = decodePackets(module, good, goodPackets);

/** Feeds `packets` to one decoder; returns how many samples came, and the decoder for more. */
function feed(format: SpeexFormat, packets: Iterable<Uint8Array>) {
  const decoder = createDecoder(module, format);
  let samples = 0;
  for (const packet of packets)
    decoder.decode({ bytes: packet, lengths: [packet.length] }, (pcm) => {
      samples += pcm.length / 2;
    });
  return { decoder, samples };
}

/** After whatever it was fed, a decoder is as good as new within three seconds of good voice. */
function expectRecovery(decoder: ReturnType<typeof createDecoder>): void {
  const parts: Uint8Array[] = [];
  for (let round = 0; round < 2; round++) {
    parts.length = 0;
    const lengths = goodPackets.map(({ length }) => length);
    decoder.decode({ bytes: concatenate(goodPackets), lengths }, (pcm) => parts.push(pcm.slice()));
  }
  const second = samplesOf(concatenate(parts)).subarray(-320 * 30);
  expect(compare(second, goodSamples.subarray(-320 * 30)).snrDb).toBeGreaterThan(40);
}

describe("hostile streams", () => {
  it.each(FORMATS)("100,000 random packets end in samples ($mode, $framesPerPacket a packet)", (format) => {
    const random = randomFrom(format.framesPerPacket);
    function* packets() {
      for (let i = 0; i < 100_000 / 3; i++) yield bytesFrom(random, Math.floor(random() * 120));
    }
    const { decoder, samples } = feed(format, packets());
    expect(samples).toBe(Math.ceil(100_000 / 3) * format.framesPerPacket * decoder.frameSamples);
    if (format.mode === "wideband" && format.framesPerPacket === 1) expectRecovery(decoder);
  });

  it.each(VECTORS.filter(({ name }) => /-q\d+$/.test(name)))(
    "every single-bit flip of a frame of $name",
    (vector) => {
      const { packets } = readVector(vector);
      const target = packets[40]!;
      for (let bit = 0; bit < target.length * 8; bit++) {
        const flipped = target.slice();
        flipped[bit >> 3]! ^= 0x80 >> (bit & 7);
        expectFrames(vector, [packets[39]!, flipped, packets[41]!]);
      }
    },
  );

  it.each(VECTORS.filter(({ name }) => /-q\d+$|messages|-of-/.test(name)))(
    "every truncation of a packet of $name",
    (vector) => {
      const { packets } = readVector(vector);
      for (const at of [20, 21]) {
        const target = packets[at]!;
        for (let length = 0; length <= target.length; length++)
          expectFrames(vector, [packets[at - 1]!, target.subarray(0, length), packets[at + 1]!]);
      }
    },
  );

  it("packets of nothing but messages and stray high bands, longer than the module's input", () => {
    const random = randomFrom(8);
    for (const length of [4000, 8192, 8193, 16_384, 16_385, 100_000]) {
      const requests = new Uint8Array(length).fill(0x70);
      expectFrames(good, [requests, bytesFrom(random, length), new Uint8Array(length)]);
    }
  });

  it("lengths that promise more bytes than there are", () => {
    const decoder = createDecoder(module, FORMATS[0]!);
    let samples = 0;
    decoder.decode({ bytes: goodPackets[3]!, lengths: [60, 60, 70_000] }, (pcm) => {
      samples += pcm.length / 2;
    });
    expect(samples).toBe(3 * 320);
  });

  it("gains at their largest, through filters that change as fast as they can", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = randomFrom(seed);
        const stages = openStages();
        stages.run("setUpFrames", true, true);
        for (let frame = 0; frame < 300; frame++) {
          stages.open(loudFrame(random));
          expect(stages.run("decodeFrame")).toBe(0);
          if (frame % 37 === 36) stages.run("concealFrame");
          for (const memory of ["SYNTHESIS_MEMORY", "STREAMS"])
            expect(stages.floats(stages.at(memory), 8).every(Number.isFinite)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("leave the decoder fit for good voice", () => {
    const random = randomFrom(9);
    const { decoder } = feed(
      FORMATS[0]!,
      Array.from({ length: 2000 }, () => loudFrame(random)),
    );
    expectRecovery(decoder);
  });
});

function expectFrames(vector: Vector, packets: readonly Uint8Array[]): void {
  const frameSamples = vector.mode === "wideband" ? 320 : 160;
  expect(decodePackets(module, vector, packets).length).toBe(
    packets.length * vector.framesPerPacket * frameSamples,
  );
}

/** A frame of sub-modes 1..8 and 1..4 with the largest gains; pitch, shapes and filters jump about between extremes. */
function loudFrame(random: () => number): Uint8Array {
  const field = (width: number) =>
    random() < 0.5 ? Math.floor(random() * 2 ** width) : random() < 0.5 ? 0 : 2 ** width - 1;
  const mode = 1 + Math.floor(random() * 8);
  const long = mode >= 5 && mode <= 7;
  const bits = new BitWriter().write(0, 1).write(mode, 4);
  for (let i = 0; i < (long ? 5 : 3); i++) bits.write(field(6), 6);
  if (mode <= 2 || mode === 8) bits.write(field(7), 7);
  if (mode === 1 || mode === 8) bits.write(15, 4);
  bits.write(31, 5);
  const subframeBits = [0, 1, 21, 33, 48, 65, 81, 113, 10][mode]!;
  const rest = mode === 1 ? 4 : 4 * subframeBits;
  for (let i = 0; i < rest; i++) bits.write(random() < 0.7 ? 1 : 0, 1);
  const highBand = 1 + Math.floor(random() * 4);
  bits.write(1, 1).write(highBand, 3).write(field(6), 6).write(field(6), 6);
  for (let i = 0; i < 400; i++) bits.write(random() < 0.8 ? 1 : 0, 1);
  return bits.bytes();
}
