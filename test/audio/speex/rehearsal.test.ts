/** What rehearsal.ts promises: valid frames, nothing left behind, and that V8 compiles the decoder's loops for speed. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { createDecoder } from "../../../src/audio/speex/decoder.ts";
import { rehearsalFrames, rehearseDecoder } from "../../../src/audio/speex/rehearsal.ts";
import { decodePackets, readVector } from "../../../tools/conformance/decode.ts";
import { VECTORS } from "../../../tools/conformance/vectors.ts";
import { loadSpeexModule } from "../../../tools/speex-module.ts";

const module = loadSpeexModule();

describe("a rehearsal", () => {
  it("decodes frames of WeChat's kind, none of them damaged, to some sound", () => {
    const decoder = createDecoder(module, { mode: "wideband", framesPerPacket: 1 });
    let loudest = 0;
    decoder.decode({ bytes: rehearsalFrames(100), lengths: new Uint8Array(100).fill(60) }, (pcm) => {
      const samples = new Int16Array(pcm.slice().buffer);
      loudest = samples.reduce((max, sample) => Math.max(max, Math.abs(sample)), loudest);
    });
    decoder.close();
    expect(decoder.modes).toEqual([{ narrowband: 6, highBand: 2, frames: 100 }]);
    expect(decoder.corruptFrames + decoder.absentFrames).toBe(0);
    expect(loudest).toBeGreaterThan(10);
    expect(loudest).toBeLessThan(32_767);
  });

  it("changes nothing in what is decoded afterwards", () => {
    const vector = VECTORS.find(({ name }) => name === "wb-q7")!;
    const { packets } = readVector(vector);
    const before = decodePackets(module, vector, packets);
    rehearseDecoder(module);
    expect(decodePackets(module, vector, packets)).toEqual(before);
  });

  it("has V8 compile the filters for speed before any voice", async () => {
    const loops = new Set<string>();
    const child = spawn(process.execPath, [
      "--trace-wasm-compilation-times",
      "--disable-warning=ExperimentalWarning",
      join(import.meta.dirname, "rehearse-in-node.ts"),
    ]);
    try {
      // V8 compiles on another thread: the process lives until enough of it has been told.
      for await (const line of createInterface({ input: child.stdout })) {
        const optimised = /using TurboFan.* name (\S+)/.exec(line)?.[1];
        if (optimised) loops.add(optimised);
        if (loops.size >= 4) break;
      }
    } finally {
      child.kill();
    }
    expect(loops.size).toBeGreaterThanOrEqual(4);
  });
});
