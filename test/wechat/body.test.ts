import { describe, expect, it } from "vitest";
import { concat, readAtLeast, readChunk, readWhole } from "../../src/wechat/body.ts";
import { bodyOf, type Ending } from "../support/byte-streams.ts";
import { failureOf } from "../support/failing.ts";

const PATIENCE_MS = 10;
const bytes = (...values: number[]) => Uint8Array.from(values);
const STALLED = { code: "wechat-unavailable", message: "WeChat fell silent inside an answer." };
const BROKEN = { code: "wechat-unavailable", message: "The connection to WeChat broke inside an answer." };

describe("a chunk", () => {
  it("comes as it arrives, and null at the end", async () => {
    const reader = bodyOf([bytes(1, 2), bytes(3)]).stream.getReader();
    expect(await readChunk(reader, PATIENCE_MS)).toEqual(bytes(1, 2));
    expect(await readChunk(reader, PATIENCE_MS)).toEqual(bytes(3));
    expect(await readChunk(reader, PATIENCE_MS)).toBeNull();
  });

  it.each<[Ending, object]>([
    ["silence", STALLED],
    ["break", BROKEN],
  ])("fails at a %s, and quotes nothing of what the runtime said", async (ending, failure) => {
    const reader = bodyOf([], ending).stream.getReader();
    expect(await failureOf(readChunk(reader, PATIENCE_MS))).toMatchObject(failure);
  });
});

describe("reading at least so many bytes", () => {
  const read = async (count: number, into: Uint8Array[], ending: Ending = "silence") => {
    const reader = bodyOf([bytes(1, 2), bytes(3, 4), bytes(5, 6)], ending).stream.getReader();
    await readAtLeast(count, reader, into, PATIENCE_MS);
    return concat(into);
  };

  it("stops as soon as it has them", async () => {
    expect(await read(3, [])).toEqual(bytes(1, 2, 3, 4));
    expect(await read(4, [])).toEqual(bytes(1, 2, 3, 4));
  });

  it("counts what is there already", async () => {
    expect(await read(3, [bytes(9, 9)])).toEqual(bytes(9, 9, 1, 2));
    expect(await read(3, [bytes(9, 9, 9)])).toEqual(bytes(9, 9, 9));
  });

  it("ends with the body", async () => {
    expect(await read(100, [], "close")).toEqual(bytes(1, 2, 3, 4, 5, 6));
  });

  it("fails when the body falls silent before", async () => {
    expect(await failureOf(read(7, []))).toMatchObject(STALLED);
  });
});

describe("a whole small body", () => {
  it("is put together", async () => {
    const { stream } = bodyOf([bytes(1), bytes(2, 3)]);
    expect(await readWhole(new Response(stream), 10, PATIENCE_MS)).toEqual(bytes(1, 2, 3));
  });

  it("is empty where there is none", async () => {
    expect(await readWhole(new Response(null), 10, PATIENCE_MS)).toEqual(bytes());
  });

  it("is cut at the limit, and the rest let go", async () => {
    const { stream, state } = bodyOf([bytes(1, 2), bytes(3, 4)], "silence");
    expect(await readWhole(new Response(stream), 3, PATIENCE_MS)).toEqual(bytes(1, 2, 3));
    expect(state.cancelled).toBe(true);
  });

  it("that falls silent fails, and its connection is let go", async () => {
    const { stream, state } = bodyOf([bytes(1)], "silence");
    expect(await failureOf(readWhole(new Response(stream), 3, PATIENCE_MS))).toMatchObject(STALLED);
    expect(state.cancelled).toBe(true);
  });

  it("that breaks fails", async () => {
    const { stream } = bodyOf([bytes(1)], "break");
    expect(await failureOf(readWhole(new Response(stream), 3, PATIENCE_MS))).toMatchObject(BROKEN);
  });
});
