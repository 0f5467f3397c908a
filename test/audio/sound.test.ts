import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { durationSeconds, FRAME_SAMPLES, sampleCount } from "../../src/audio/frames.ts";
import { createPacketSplitter, type PacketRun, type SpeexStreamInfo } from "../../src/audio/framing.ts";
import { BEGINS_STREAM } from "../../src/audio/ogg/page.ts";
import { createSoundDecoder, type SoundDecoder } from "../../src/audio/sound.ts";
import speexModule from "../../src/audio/speex/speex.wasm";
import { slices } from "../support/byte-streams.ts";
import { oggFile, voice } from "../support/fixtures.ts";
import { holds } from "../support/holds.ts";
import { concat, page } from "../support/ogg-pages.ts";

const bare = voice("short-half-second");
/** Three frames a packet, one short in the last. */
const threeFrames = oggFile("speexenc-3-frames");

/** All that is decoded of it, in pieces of these sizes. */
async function pcmOf(bytes: Uint8Array, skipFrames: number, ...sizes: number[]): Promise<Uint8Array> {
  const splitter = createPacketSplitter();
  let decoder: SoundDecoder | null = null;
  const pcm: Uint8Array[] = [];
  const decode = (run: PacketRun) => {
    if (run.lengths.length === 0) return;
    decoder ??= createSoundDecoder(speexModule, splitter.info as SpeexStreamInfo, { skipFrames });
    // What the decoder gives out is a view into its memory, which the next frames overwrite.
    decoder.decode(run, (samples) => pcm.push(samples.slice()));
  };
  for (const chunk of slices(bytes, ...sizes)) decode(splitter.write(chunk));
  decode(splitter.end().run);
  return concat(pcm);
}

function runOf(bytes: Uint8Array) {
  const splitter = createPacketSplitter();
  const run = splitter.write(bytes);
  return { run, info: splitter.info as SpeexStreamInfo };
}

describe.each([
  ["one frame a packet", bare],
  ["three frames a packet", threeFrames],
])("%s", (_, bytes) => {
  it("sounds from any frame on as it does within the whole", async () => {
    const whole = await pcmOf(bytes, 0, bytes.length);
    for (let frame = 0; frame * 640 <= whole.length + 640; frame++) {
      const [size = 1] = [7, 100, 5_000].slice(frame % 3);
      expect(await pcmOf(bytes, frame, size)).toEqual(whole.subarray(frame * 640));
    }
  });

  it("is decoded into a buffer in any number of runs", async () => {
    const whole = await pcmOf(bytes, 0, bytes.length);
    const { run, info } = runOf(bytes);
    const lengths = Array.from(run.lengths);
    holds(
      fc.property(fc.array(fc.nat(lengths.length), { maxLength: 4 }), fc.nat(9), (cuts, skipFrames) => {
        const decoder = createSoundDecoder(speexModule, info, { skipFrames });
        const target = new Uint8Array(44 + whole.length).fill(0xa5);
        let end = 44;
        let offset = 0;
        const bounds = [0, ...cuts.toSorted((a, b) => a - b), lengths.length];
        for (let i = 1; i < bounds.length; i++) {
          const part = lengths.slice(bounds[i - 1], bounds[i]);
          const next = offset + part.reduce((sum, length) => sum + length, 0);
          end = decoder.decodeInto(target, end, { bytes: run.bytes.subarray(offset, next), lengths: part });
          offset = next;
        }
        decoder.close();
        expect(end).toBe(44 + whole.length - skipFrames * 640);
        expect(target.subarray(44, end)).toEqual(whole.subarray(skipFrames * 640));
        expect(target.subarray(0, 44)).toEqual(new Uint8Array(44).fill(0xa5));
      }),
      { numRuns: 30 },
    );
  });
});

describe("a stream of any rate", () => {
  const FIRST_PAGE_BYTES = 28 + 80;

  it.each([8_000, 11_025, 16_000, 22_050, 44_100])("of %i Hz has 320 samples a frame", async (rateHz) => {
    const { info, run } = runOf(withRate(threeFrames, rateHz));
    expect(info).toEqual({ mode: "wideband", rateHz, framesPerPacket: 3 });
    const frameCount = run.lengths.length * 3;
    const pcm = await pcmOf(withRate(threeFrames, rateHz), 0, 500);
    expect(pcm.length).toBe(sampleCount(info, frameCount) * 2);
    expect(durationSeconds(info, frameCount)).toBe(pcm.length / 2 / rateHz);
  });

  it("lasts as long as its samples do, not 20 ms a frame", () => {
    expect(durationSeconds({ mode: "narrowband", rateHz: 8_000 }, 50)).toBe(1);
    expect(durationSeconds({ mode: "wideband", rateHz: 16_000 }, 50)).toBe(1);
    expect(durationSeconds({ mode: "narrowband", rateHz: 11_025 }, 11_025)).toBe(FRAME_SAMPLES.narrowband);
    expect(durationSeconds({ mode: "wideband", rateHz: 22_050 }, 22_050)).toBe(FRAME_SAMPLES.wideband);
  });

  /** The first page holds the stream's header, and nothing else. */
  function withRate(ogg: Uint8Array, rateHz: number): Uint8Array {
    const header = ogg.slice(28, FIRST_PAGE_BYTES);
    new DataView(header.buffer).setUint32(36, rateHz, true);
    const serial = new DataView(ogg.buffer).getUint32(14, true);
    return concat([
      page({ flags: BEGINS_STREAM, serial, packets: [header] }),
      ogg.subarray(FIRST_PAGE_BYTES),
    ]);
  }
});
