/** The decoder in the runtime that it is for. What it computes is tested in test/audio/speex, with files at hand. */
import { expect, it } from "vitest";
import { createDecoder } from "../../src/audio/speex/decoder.ts";
import module from "../../src/audio/speex/speex.wasm";

/** A voiced frame of a synthetic sentence, as WeChat would send it. */
const FRAME =
  "369f4d17948b8f0ebdc5daeb0b92ae74e36ebff3e677e0fe31bd5daa7d79" +
  "e181c37202306e632fff26f6d46a8b7a39c4d802b5a0b2c6a017864f7c37";

it("decodes voice in workerd", () => {
  const bytes = Uint8Array.from(FRAME.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  const decoder = createDecoder(module, { mode: "wideband", framesPerPacket: 1 });
  const levels: number[] = [];
  for (let frame = 0; frame < 5; frame++) {
    decoder.decode({ bytes, lengths: [bytes.length] }, (pcm) => {
      const samples = new Int16Array(pcm.slice().buffer);
      levels.push(Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length));
    });
  }
  expect(levels).toHaveLength(5);
  expect(levels[4]).toBeGreaterThan(500);
  expect(decoder.modes).toEqual([{ narrowband: 6, highBand: 2, frames: 5 }]);
});
