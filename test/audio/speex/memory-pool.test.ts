/** The memory of a closed decoder, whatever became of it, is as good as new to the next one. */
import { beforeAll, describe, expect, it } from "vitest";
import { createDecoder, SpeexDecodeError, type SpeexDecoder } from "../../../src/audio/speex/decoder.ts";
import { MEMORY_PAGES } from "../../../src/audio/speex/memory-pool.ts";
import { concatenate, readVector, samplesOf } from "../../../tools/conformance/decode.ts";
import { VECTORS, type Vector } from "../../../tools/conformance/vectors.ts";
import { loadSpeexModule } from "../../../tools/speex-module.ts";
import { bytesFrom, frameFrom, randomFrom } from "./material.ts";
import { trappingModule } from "./trapping-module.ts";

const module = loadSpeexModule();
const wideband = { mode: "wideband", framesPerPacket: 1 } as const;

interface Decoded {
  readonly samples: Int16Array;
  readonly memory: ArrayBufferLike | null;
}

function decode(decoder: SpeexDecoder, packets: readonly Uint8Array[]): Decoded {
  const parts: Uint8Array[] = [];
  let memory: ArrayBufferLike | null = null;
  decoder.decode({ bytes: concatenate(packets), lengths: packets.map(({ length }) => length) }, (pcm) => {
    memory = pcm.buffer;
    parts.push(pcm.slice());
  });
  return { samples: samplesOf(concatenate(parts)), memory };
}

function open(vector: Pick<Vector, "mode" | "framesPerPacket" | "enhance">): SpeexDecoder {
  return createDecoder(module, vector, { enhance: vector.enhance });
}

/** Every kind of stream, and what a decoder in new memory makes of it: none has been closed yet. */
const streams = ["wb-q7", "wb-loss-30", "wb-dtx", "wb-plain", "wb-packets-of-3", "nb-vbr", "nb-q8"].map(
  (name) => {
    const vector = VECTORS.find((candidate) => candidate.name === name)!;
    const { packets } = readVector(vector);
    return { vector, packets, expected: decode(open(vector), packets).samples };
  },
);

/** Expects all streams to decode as in new memory, one after another in `memory`, and leaves that to the next decoder. */
function expectAsNew(memory: ArrayBufferLike): void {
  expect(new Uint8Array(memory).every((byte) => byte === 0)).toBe(true);
  for (const { vector, packets, expected } of streams) {
    const decoder = open(vector);
    const decoded = decode(decoder, packets);
    decoder.close();
    expect(decoded.memory).toBe(memory);
    expect(decoded.samples).toEqual(expected);
  }
}

let trapping: WebAssembly.Module;
beforeAll(async () => {
  trapping = await trappingModule();
});

describe("a closed decoder's memory is as new", () => {
  it.each(streams)("after all of $vector.name", ({ vector, packets }) => {
    const decoder = open(vector);
    const { memory } = decode(decoder, packets);
    decoder.close();
    expectAsNew(memory!);
  });

  it("after a stream left half way, by a sink that throws", () => {
    const decoder = createDecoder(module, wideband);
    const { packets } = streams[0]!;
    let memory: ArrayBufferLike | null = null;
    const lengths = packets.map(({ length }) => length);
    const leave = (pcm: Uint8Array) => {
      memory = pcm.buffer;
      throw new Error("enough");
    };
    expect(() => decoder.decode({ bytes: concatenate(packets), lengths }, leave)).toThrow("enough");
    decoder.close();
    expectAsNew(memory!);
  });

  it("after a stream whose sink closes the decoder", () => {
    const decoder = createDecoder(module, wideband);
    const { packets } = streams[0]!;
    let memory: ArrayBufferLike | null = null;
    const lengths = packets.map(({ length }) => length);
    const leave = (pcm: Uint8Array) => {
      memory = pcm.buffer;
      decoder.close();
    };
    expect(() => decoder.decode({ bytes: concatenate(packets), lengths }, leave)).toThrow(TypeError);
    expectAsNew(memory!);
  });

  it("after damaged streams", () => {
    const random = randomFrom(11);
    const damages = [
      () => bytesFrom(random, Math.floor(random() * 120)),
      () => frameFrom(random).subarray(0, Math.floor(random() * 60)),
      () => new Uint8Array(20_000).fill(0x70),
      () => new Uint8Array(60).fill(0xff),
    ];
    for (const damage of damages) {
      const decoder = createDecoder(module, { mode: "wideband", framesPerPacket: 3 });
      const { memory } = decode(decoder, Array.from({ length: 300 }, damage));
      decoder.close();
      expectAsNew(memory!);
    }
  });

  it("after a trap", () => {
    const { vector, packets } = streams[0]!;
    const first = open(vector);
    const { memory } = decode(first, packets);
    first.close();
    const decoder = createDecoder(trapping, wideband);
    expect(() => decode(decoder, packets)).toThrow(SpeexDecodeError);
    expect(new Uint8Array(memory!).every((byte) => byte === 0xa5)).toBe(true);
    decoder.close();
    expectAsNew(memory!);
  });

  it("when several are decoded at once, and some are left without being closed", () => {
    const decoders = streams.map(({ vector }) => open(vector));
    const halves = streams.map(({ packets }, i) =>
      decode(decoders[i]!, packets.slice(0, packets.length >> 1)),
    );
    expect(new Set(halves.map(({ memory }) => memory)).size).toBe(streams.length);
    decoders.slice(0, 3).forEach((decoder) => {
      decoder.close();
    });
    const memories = halves.slice(0, 3).map(({ memory }) => memory!);
    const reused = [0, 1].map((i) => ({ decoder: open(streams[i]!.vector), stream: streams[i]! }));
    for (const { decoder, stream } of reused) {
      const { samples, memory } = decode(decoder, stream.packets);
      expect(samples).toEqual(stream.expected);
      expect(memories).toContain(memory);
    }
    // Those still open go on as if nothing had happened.
    streams.slice(3).forEach(({ packets, expected }, i) => {
      const { samples } = decode(decoders[3 + i]!, packets.slice(packets.length >> 1));
      expect(samples).toEqual(expected.subarray(expected.length - samples.length));
    });
    for (const { decoder } of reused) decoder.close();
  });
});

describe("the module", () => {
  it("imports nothing but a memory that cannot grow", () => {
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
    const growing = new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES + 1 });
    expect(() => new WebAssembly.Instance(module, { env: { memory: growing } })).toThrow(
      WebAssembly.LinkError,
    );
  });
});
