import { describe, expect, it } from "vitest";
import { BlockReader, readWhole } from "../../src/wechat/body.ts";
import { bodyOf, type Ending } from "../support/byte-streams.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);
const readerOf = (ending?: Ending) =>
  new BlockReader(bodyOf([bytes(1, 2), bytes(3, 4), bytes(5, 6)], ending).stream, 100);

describe("a block", () => {
  it("is what there is as soon as it is enough, and null at the end", async () => {
    const reader = readerOf();
    const read = async (least: number) => (await reader.read(least))?.slice() ?? null;
    expect(await read(3)).toEqual(bytes(1, 2, 3, 4));
    expect(await read(1)).toEqual(bytes(5, 6));
    expect(await read(1)).toBeNull();
  });

  it("is what is left where the body ends before", async () => {
    const reader = readerOf();
    expect((await reader.read(100))?.slice()).toEqual(bytes(1, 2, 3, 4, 5, 6));
    expect(await reader.read(100)).toBeNull();
  });

  it("is never larger than blocks are", async () => {
    const reader = new BlockReader(bodyOf([bytes(1, 2, 3, 4, 5)]).stream, 2);
    expect((await reader.read(50))?.slice()).toEqual(bytes(1, 2));
    expect((await reader.read(50))?.slice()).toEqual(bytes(3, 4));
    expect((await reader.read(50))?.slice()).toEqual(bytes(5));
  });

  it("fails when the body breaks", async () => {
    await expect(readerOf("break").read(7)).rejects.toThrow();
  });

  it("that is waited for fails when the body is let go", async () => {
    const reader = readerOf("silence");
    const waiting = reader.read(7).then(
      () => "came",
      () => "failed",
    );
    await reader.cancel();
    expect(await waiting).toBe("failed");
  });
});

describe("a whole small body", () => {
  it("is put together", async () => {
    const { stream } = bodyOf([bytes(1), bytes(2, 3)]);
    expect(await readWhole(new Response(stream), 10)).toEqual(bytes(1, 2, 3));
  });

  it("is empty where there is none", async () => {
    expect(await readWhole(new Response(null), 10)).toEqual(bytes());
  });

  it("is cut at the limit, and the rest let go", async () => {
    const { stream, state } = bodyOf([bytes(1, 2), bytes(3, 4)], "silence");
    expect(await readWhole(new Response(stream), 3)).toEqual(bytes(1, 2, 3));
    await expect.poll(() => state.cancelled).toBe(true);
  });

  it("that breaks fails", async () => {
    const { stream } = bodyOf([bytes(1)], "break");
    await expect(readWhole(new Response(stream), 3)).rejects.toThrow();
  });
});
