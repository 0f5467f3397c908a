import { describe, expect, it } from "vitest";
import { cutIntoPieces, MAX_PIECE_SECONDS } from "../../src/transcript/pieces.ts";

const RATE_HZ = 16_000;
const SECOND_BYTES = RATE_HZ * 2;

/** A sound whose every sample is its index, loud, but for pauses. */
function sound(seconds: number, pauses: readonly (readonly [from: number, to: number])[] = []): Uint8Array {
  const samples = Int16Array.from({ length: seconds * RATE_HZ }, (_, index) => {
    const at = index / RATE_HZ;
    return pauses.some(([from, to]) => at >= from && at < to) ? 0 : (index * 7_919) % 20_000;
  });
  return new Uint8Array(samples.buffer);
}

async function cut(pcm: Uint8Array, { chunkBytes = 64_000, lengthBytes = pcm.length } = {}) {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < pcm.length; at += chunkBytes)
        controller.enqueue(pcm.subarray(at, at + chunkBytes));
      controller.close();
    },
  });
  const pieces = [];
  for await (const { startSeconds, durationSeconds, wav, pcm: samples } of cutIntoPieces({
    body,
    lengthBytes,
    rateHz: RATE_HZ,
  })) {
    pieces.push({ startSeconds, durationSeconds, wav: wav.slice(), samples: samples.slice() });
  }
  return pieces;
}

function joined(pieces: readonly { samples: Uint8Array }[]): Uint8Array {
  return new Uint8Array(pieces.flatMap(({ samples }) => [...samples]));
}

describe("a sound", () => {
  it("of a minute stays whole, as one WAV file", async () => {
    const pcm = sound(60);
    const [piece, ...rest] = await cut(pcm);
    expect(rest).toEqual([]);
    expect(piece).toMatchObject({ startSeconds: 0, durationSeconds: 60 });
    expect(piece?.wav.length).toBe(44 + pcm.length);
    expect(new DataView(piece?.wav.buffer ?? new ArrayBuffer(44)).getUint32(40, true)).toBe(pcm.length);
    expect(piece?.samples).toEqual(pcm);
  });

  it.each([1_000, 48_001, 5_000_000])(
    "that is longer is cut in its pauses, in chunks of %i bytes",
    async (chunkBytes) => {
      const pcm = sound(200, [
        [40, 41],
        [111, 111.5],
      ]);
      const pieces = await cut(pcm, { chunkBytes });
      expect(pieces).toHaveLength(2);
      expect(pieces[1]?.startSeconds).toBeGreaterThan(111);
      expect(pieces[1]?.startSeconds).toBeLessThan(111.5);
      expect(joined(pieces)).toEqual(pcm);
    },
  );

  it("without a pause is cut all the same, and nothing of it is lost", async () => {
    const pcm = sound(2 * MAX_PIECE_SECONDS + 5);
    const pieces = await cut(pcm);
    expect(pieces.length).toBeGreaterThanOrEqual(3);
    for (const { durationSeconds } of pieces) expect(durationSeconds).toBeLessThanOrEqual(MAX_PIECE_SECONDS);
    expect(joined(pieces)).toEqual(pcm);
  });

  it.each([-2, 2, SECOND_BYTES])(
    "that is not as long as it was said to be (by %i bytes) fails",
    async (off) => {
      const pcm = sound(3);
      await expect(cut(pcm, { lengthBytes: pcm.length + off })).rejects.toThrow(RangeError);
    },
  );

  it("without samples has no piece", async () => {
    expect(await cut(new Uint8Array(0))).toEqual([]);
  });
});
