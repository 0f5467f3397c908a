import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Spool } from "../../src/voice/spool.ts";
import { failureOf } from "../support/failing.ts";

const SILENCE_MS = 200;
const bytes = (...values: number[]) => Uint8Array.from(values);
const wait = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
const readAll = (spool: Spool) => new Response(spool.read(SILENCE_MS)).bytes();

describe("readers", () => {
  it("get everything, from the beginning, whenever they come and however fast they read", async () => {
    const sizes = fc.array(fc.nat(5), { maxLength: 8 });
    const readers = fc.array(fc.record({ joinsAfter: fc.nat(9), pauseEvery: fc.nat(3) }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(sizes, readers, async (chunkSizes, crowd) => {
        const spool = new Spool();
        const results: Promise<number[]>[] = [];
        const join = (step: number) => {
          for (const { joinsAfter, pauseEvery } of crowd) {
            if (joinsAfter === step) results.push(readSlowly(spool, pauseEvery));
          }
        };
        join(0);
        for (const [index, size] of chunkSizes.entries()) {
          spool.append(new Uint8Array(size).fill(index));
          await Promise.resolve();
          join(index + 1);
        }
        spool.complete();
        for (let step = chunkSizes.length + 1; step <= 9; step++) join(step);
        const everything = chunkSizes.flatMap((size, index) => new Array<number>(size).fill(index));
        for (const result of await Promise.all(results)) expect(result).toEqual(everything);
        expect(results).toHaveLength(crowd.length);
        expect([...spool.toBytes()]).toEqual(everything);
        expect(spool.lengthBytes).toBe(everything.length);
      }),
      { numRuns: 40 },
    );
  });

  it("share the chunks: a slow one costs no copy", async () => {
    const spool = new Spool();
    const chunk = bytes(1, 2, 3);
    spool.append(chunk);
    const [first, second] = [spool.read(SILENCE_MS).getReader(), spool.read(SILENCE_MS).getReader()];
    expect((await first.read()).value).toBe(chunk);
    expect((await second.read()).value).toBe(chunk);
  });

  it("that leave, waiting or not, don't disturb the others", async () => {
    const spool = new Spool();
    const waiting = spool.read(SILENCE_MS).getReader();
    const pending = waiting.read();
    const faithful = readAll(spool);
    await waiting.cancel();
    expect((await pending).done).toBe(true);

    spool.append(bytes(1));
    const midway = spool.read(SILENCE_MS).getReader();
    await midway.read();
    await midway.cancel();
    spool.append(bytes(2));
    spool.complete();
    expect(await faithful).toEqual(bytes(1, 2));
  });

  it("of nothing at all get an end", async () => {
    const spool = new Spool();
    spool.complete();
    expect(await readAll(spool)).toEqual(bytes());
  });
});

describe("a failure", () => {
  it("comes after what had arrived, to those who wait and to those who come later", async () => {
    const spool = new Spool();
    const failure = new Error("broke off");
    const early = spool.read(SILENCE_MS).getReader();
    spool.append(bytes(1));
    expect((await early.read()).value).toEqual(bytes(1));
    const waiting = early.read().catch((error: unknown) => error);
    spool.fail(failure);
    expect(await waiting).toBe(failure);

    const late = spool.read(SILENCE_MS).getReader();
    expect((await late.read()).value).toEqual(bytes(1));
    await expect(late.read()).rejects.toBe(failure);
  });

  it("after the end harms nobody", async () => {
    const spool = new Spool();
    spool.append(bytes(1));
    spool.complete();
    spool.fail(new Error("too late"));
    expect(await readAll(spool)).toEqual(bytes(1));
  });
});

describe("silence", () => {
  it("is a failure when it lasts too long", async () => {
    const spool = new Spool();
    spool.append(bytes(1));
    const reader = spool.read(5).getReader();
    await reader.read();
    expect(await failureOf(reader.read())).toMatchObject({
      code: "wechat-unavailable",
      message: "The download of this voice fell silent.",
    });
  });

  it("begins anew with every chunk", async () => {
    const spool = new Spool();
    const body = new Response(spool.read(60)).bytes();
    for (let count = 0; count < 5; count++) {
      await wait(25);
      spool.append(bytes(count));
    }
    spool.complete();
    expect(await body).toEqual(bytes(0, 1, 2, 3, 4));
  });
});

/** Pauses for a turn of the event loop after every so many chunks. */
async function readSlowly(spool: Spool, pauseEvery: number): Promise<number[]> {
  const received: number[] = [];
  let count = 0;
  for await (const chunk of spool.read(SILENCE_MS)) {
    received.push(...chunk);
    if (pauseEvery > 0 && ++count % pauseEvery === 0) await wait();
  }
  return received;
}
