import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createOggWriter } from "../../src/audio/ogg.ts";
import { Inspector } from "../../src/voice/inspector.ts";
import { voice } from "../support/fixtures.ts";
import { holds } from "../support/holds.ts";
import { framesOf, withHeaderBytes } from "../support/speex-frames.ts";
import { anyChunkSizes, chunks } from "../support/split.ts";

const SPEEX = voice("short-half-second");
/** Fewer bytes than are looked at to tell the framing. */
const FEW = SPEEX.slice(0, 180);
const BLOCKS = withHeaderBytes(framesOf(SPEEX));
const OGG = oggOf(SPEEX);
const AMR = new TextEncoder().encode(`#!AMR\n${"\x01".repeat(300)}`);

function inspect(bytes: Uint8Array, sizes: readonly number[] = [bytes.length]) {
  const inspector = new Inspector();
  let arrived = 0;
  for (const chunk of chunks(bytes, sizes)) {
    arrived += chunk.length;
    inspector.look(bytes.subarray(0, arrived));
  }
  return { inspector, inspection: inspector.end(bytes) };
}

/** The packets that were found, one by one. */
function packetsOf({ runs }: Inspector): Uint8Array[] {
  return runs.flatMap((run) => {
    let offset = 0;
    return Array.from(run.lengths, (length) => {
      offset += length;
      return run.bytes.slice(offset - length, offset);
    });
  });
}

const SOUND = {
  looksLike: null,
  mode: "wideband",
  frameCount: 25,
  rateHz: 16_000,
  trailingBytes: 0,
  oggLengthBytes: OGG.length,
  soundSeconds: null,
};

describe("a source is", () => {
  it.each([
    ["bare frames", SPEEX, { ...SOUND, framing: "bare" }],
    [
      "bare frames and a part of one",
      SPEEX.slice(0, -1),
      { ...SOUND, framing: "bare", frameCount: 24, trailingBytes: 59, oggLengthBytes: OGG.length - 61 },
    ],
    [
      "a few bare frames",
      FEW,
      { ...SOUND, framing: "bare", frameCount: 3, oggLengthBytes: oggOf(FEW).length },
    ],
    ["frames with header bytes", BLOCKS, { ...SOUND, framing: "header-byte" }],
    ["frames in Ogg", OGG, { ...SOUND, framing: "ogg" }],
  ])("%s, however it is cut", (_, bytes, inspection) => {
    holds(
      fc.property(anyChunkSizes, (sizes) => {
        const found = inspect(bytes, sizes);
        expect(found.inspection).toEqual(inspection);
        expect(found.inspector).toMatchObject({
          framing: inspection.framing,
          frameCount: inspection.frameCount,
          fault: null,
        });
        expect(packetsOf(found.inspector)).toEqual(framesOf(SPEEX).slice(0, inspection.frameCount));
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ["something else", AMR, "amr", null],
    ["nothing", new Uint8Array(0), "empty", null],
    ["too little", SPEEX.slice(0, 30), "too-short", null],
    ["damaged after good blocks", damaged(BLOCKS), "speex-damaged", null],
  ])("%s, however it is cut", (_, bytes, looksLike, soundSeconds) => {
    holds(
      fc.property(anyChunkSizes, (sizes) => {
        const { inspector, inspection } = inspect(bytes, sizes);
        expect(inspection).toEqual({
          framing: null,
          looksLike,
          mode: null,
          frameCount: 0,
          rateHz: 0,
          trailingBytes: 0,
          oggLengthBytes: 0,
          soundSeconds,
        });
        expect(inspector.framing).toBeNull();
        expect(inspector.fault).toMatchObject({ looksLike });
      }),
      { numRuns: 30 },
    );
  });
});

it("the framing is open until enough has come to tell", () => {
  const inspector = new Inspector();
  inspector.look(SPEEX.slice(0, 255));
  expect(inspector.framing).toBeNull();
  expect(inspector.fault).toBeNull();
  inspector.look(SPEEX.slice(0, 300));
  expect(inspector.framing).toBe("bare");
  expect(inspector.frameCount).toBe(5);
});

it("what comes after a fault doesn't mend it", () => {
  const inspector = new Inspector();
  const both = Uint8Array.from([...AMR, ...SPEEX]);
  inspector.look(AMR);
  inspector.look(both);
  expect(inspector.framing).toBeNull();
  expect(inspector.end(both)).toMatchObject({ framing: null, looksLike: "amr", frameCount: 0 });
});

function oggOf(bytes: Uint8Array): Uint8Array {
  const writer = createOggWriter({ serial: 1 });
  const pages = writer.write({ bytes, lengths: framesOf(bytes).map((frame) => frame.length) });
  return Uint8Array.from([...pages, ...writer.end()]);
}

/** A block of another length than the rest, with what no frame starts with. */
function damaged(blocks: Uint8Array): Uint8Array {
  const copy = blocks.slice();
  copy[61 * 10] = 59;
  copy[61 * 10 + 1] = 0xff;
  return copy;
}
