/** What decoder.ts promises whoever calls it. */
import { describe, expect, it } from "vitest";
import { createDecoder, SpeexDecodeError, type SpeexFormat } from "../../../src/audio/speex/decoder.ts";
import { concatenate, decodePackets, readVector, samplesOf } from "../../../tools/conformance/decode.ts";
import { VECTORS } from "../../../tools/conformance/vectors.ts";
import { loadSpeexModule } from "../../../tools/speex-module.ts";
import { BitWriter } from "./material.ts";
import { trappingModule } from "./trapping-module.ts";

const module = loadSpeexModule();
const wideband: SpeexFormat = { mode: "wideband", framesPerPacket: 1 };

function vectorNamed(name: string) {
  const vector = VECTORS.find((candidate) => candidate.name === name)!;
  return { vector, ...readVector(vector) };
}

function runOf(packets: readonly Uint8Array[]) {
  return { bytes: concatenate(packets), lengths: packets.map(({ length }) => length) };
}

function samplesFrom(feed: (sink: (pcm: Uint8Array) => void) => void): Int16Array {
  const parts: Uint8Array[] = [];
  feed((pcm) => {
    parts.push(pcm.slice());
  });
  return samplesOf(concatenate(parts));
}

describe("createDecoder", () => {
  it("gives 320 samples a frame at 16 kHz, 160 at 8 kHz, whatever the packets hold", () => {
    const packets = [new Uint8Array(0), Uint8Array.of(0x7f), Uint8Array.of(0), new Uint8Array(60).fill(0xff)];
    for (const mode of ["wideband", "narrowband"] as const) {
      for (const framesPerPacket of [1, 3, 50]) {
        const decoder = createDecoder(module, { mode, framesPerPacket });
        const samples = samplesFrom((sink) => decoder.decode(runOf(packets), sink));
        expect(decoder.frameSamples).toBe(mode === "wideband" ? 320 : 160);
        expect(decoder.rateHz).toBe(mode === "wideband" ? 16_000 : 8_000);
        expect(samples.length).toBe(4 * framesPerPacket * decoder.frameSamples);
      }
    }
  });

  it("hands PCM out as soon as a packet is decoded, a second at a time at the most", () => {
    const { packets } = vectorNamed("wb-q7");
    const decoder = createDecoder(module, wideband);
    const sizes: number[] = [];
    decoder.decode(runOf(packets.slice(0, 1)), (pcm) => sizes.push(pcm.length));
    decoder.decode(runOf(packets.slice(1, 110)), (pcm) => sizes.push(pcm.length));
    expect(sizes).toEqual([640, 32_000, 32_000, 9 * 640]);
  });

  it("goes on after skipped packets as if it had given them out", () => {
    const { vector, packets } = vectorNamed("wb-loss-5");
    const whole = decodePackets(module, vector, packets);
    const decoder = createDecoder(module, wideband);
    decoder.skip(runOf(packets.slice(0, 61)));
    const rest = samplesFrom((sink) => decoder.decode(runOf(packets.slice(61)), sink));
    expect(rest).toEqual(whole.subarray(61 * 320));
  });

  it("conceals frames as it conceals empty packets", () => {
    const { packets } = vectorNamed("wb-q7");
    const empty = Array.from({ length: 70 }, () => new Uint8Array(0));
    const ofPackets = samplesFrom((sink) => {
      const decoder = createDecoder(module, wideband);
      decoder.decode(runOf([...packets.slice(0, 40), ...empty, ...packets.slice(40)]), sink);
    });
    const ofCalls = samplesFrom((sink) => {
      const decoder = createDecoder(module, wideband);
      decoder.decode(runOf(packets.slice(0, 40)), sink);
      decoder.conceal(70, sink);
      decoder.decode(runOf(packets.slice(40)), sink);
    });
    expect(ofCalls).toEqual(ofPackets);
  });

  it("counts the modes it finds, and the frames it had to make up", () => {
    const { packets } = vectorNamed("wb-q7");
    const decoder = createDecoder(module, wideband);
    const reserved = new BitWriter().write(0, 1).write(11, 4).write(0, 35).bytes();
    const reservedHighBand = packets[5]!.slice();
    reservedHighBand[45]! |= 0x07;
    const packetsToCount = [...packets.slice(0, 20), reserved, reservedHighBand, new Uint8Array(0)];
    decoder.decode(runOf(packetsToCount), () => {});
    expect(decoder.modes).toEqual([{ narrowband: 6, highBand: 2, frames: 20 }]);
    expect(decoder.corruptFrames).toBe(2);
    expect(decoder.absentFrames).toBe(1);
  });

  it("decodes streams at once without mixing them up", () => {
    const first = vectorNamed("wb-q10");
    const second = vectorNamed("nb-q4");
    const a = createDecoder(module, first.vector);
    const b = createDecoder(module, second.vector);
    const parts: Uint8Array[][] = [[], []];
    for (let at = 0; at < first.packets.length; at++) {
      a.decode(runOf(first.packets.slice(at, at + 1)), (pcm) => parts[0]!.push(pcm.slice()));
      b.decode(runOf(second.packets.slice(at, at + 1)), (pcm) => parts[1]!.push(pcm.slice()));
    }
    expect(samplesOf(concatenate(parts[0]!))).toEqual(decodePackets(module, first.vector, first.packets));
    expect(samplesOf(concatenate(parts[1]!))).toEqual(decodePackets(module, second.vector, second.packets));
  });

  it("decodes no more once it is closed, but still knows what it has decoded", () => {
    const decoder = createDecoder(module, wideband);
    decoder.decode(runOf([new Uint8Array(60)]), () => {});
    const { modes } = decoder;
    decoder.close();
    decoder.close();
    expect(() => decoder.decode(runOf([new Uint8Array(60)]), () => {})).toThrow(TypeError);
    expect(() => decoder.conceal(1, () => {})).toThrow(TypeError);
    expect(decoder.modes).toEqual(modes);
  });

  it.each([0, 51, 1.5, Number.NaN])("refuses %f frames a packet", (framesPerPacket) => {
    expect(() => createDecoder(module, { mode: "wideband", framesPerPacket })).toThrow(RangeError);
  });

  it("ends a trap in a SpeexDecodeError, from then on", async () => {
    const decoder = createDecoder(await trappingModule(), wideband);
    const decode = () => decoder.decode(runOf([new Uint8Array(60)]), () => {});
    expect(decode).toThrow(SpeexDecodeError);
    expect(decode).toThrow(SpeexDecodeError);
    expect(() => decoder.conceal(1, () => {})).toThrow(SpeexDecodeError);
  });
});
