import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBody, GrowingBytes } from "../../src/voice/growing-bytes.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);
const wait = () => new Promise((resolve) => setTimeout(resolve));

/** A reader of this part, and when nothing is sent to it any more. */
function open(body: GrowingBytes, first: number, last: number) {
  const { readable, writable } = createBody({ first, last });
  return { readable, sent: body.send({ first, last }, writable) };
}

describe("readers", () => {
  it("get their part, from wherever it begins, whenever they come and however slowly they read", async () => {
    const sizes = fc.array(fc.nat(6), { minLength: 1, maxLength: 8 });
    const readers = fc.array(
      fc.record({ joinsAfter: fc.nat(9), from: fc.nat(40), to: fc.nat(40), pause: fc.boolean() }),
      { maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(sizes, readers, async (chunkSizes, crowd) => {
        const everything = chunkSizes.flatMap((size, index) => new Array<number>(size).fill(index));
        fc.pre(everything.length > 0);
        const body = new GrowingBytes(1);
        const results: Promise<void>[] = [];
        const join = (step: number) => {
          for (const { joinsAfter, from, to, pause } of crowd) {
            if (joinsAfter !== step) continue;
            const first = from % everything.length;
            const last = first + (to % (everything.length - first));
            results.push(
              readAll(open(body, first, last).readable, pause).then((got) =>
                expect(got).toEqual(everything.slice(first, last + 1)),
              ),
            );
          }
        };
        join(0);
        for (const [index, size] of chunkSizes.entries()) {
          body.reserve(body.length + size);
          body.append(new Uint8Array(size).fill(index));
          await Promise.resolve();
          join(index + 1);
        }
        body.complete();
        for (let step = chunkSizes.length + 1; step <= 9; step++) join(step);
        await Promise.all(results);
        expect(results).toHaveLength(crowd.length);
        expect([...body.arrived]).toEqual(everything);
      }),
      { numRuns: 40 },
    );
  });

  it("that leave, waiting or not, don't disturb the others, and nothing is sent to them any more", async () => {
    const body = new GrowingBytes(2);
    const waiting = open(body, 0, 1);
    const faithful = open(body, 0, 1);
    await waiting.readable.cancel();
    body.append(bytes(1));
    await waiting.sent;
    const midway = open(body, 0, 1);
    const reader = midway.readable.getReader();
    expect((await reader.read()).value).toEqual(bytes(1));
    await reader.cancel();
    body.append(bytes(2));
    body.complete();
    expect(await new Response(faithful.readable).bytes()).toEqual(bytes(1, 2));
    await Promise.all([midway.sent, faithful.sent]);
  });

  it("are told by a body cut short when it ends before its promise", async () => {
    const body = new GrowingBytes(2);
    const { readable, sent } = open(body, 0, 1);
    body.append(bytes(1));
    body.complete();
    await expect(new Response(readable).bytes()).rejects.toThrow();
    await sent;
  });

  it("of what is there already wait for nothing", async () => {
    const body = GrowingBytes.of(bytes(1, 2, 3));
    expect(body.isComplete).toBe(true);
    expect(await new Response(open(body, 1, 2).readable).bytes()).toEqual(bytes(2, 3));
  });
});

describe("a failure", () => {
  it("comes after what had arrived, to those who wait and to those who come later", async () => {
    const body = new GrowingBytes(2);
    const early = open(body, 0, 1).readable.getReader();
    body.append(bytes(1));
    expect((await early.read()).value).toEqual(bytes(1));
    const waiting = early.read().then(
      () => "more",
      () => "failed",
    );
    body.fail(new Error("broke off"));
    expect(await waiting).toBe("failed");

    const late = open(body, 0, 1).readable.getReader();
    expect((await late.read()).value).toEqual(bytes(1));
    await expect(late.read()).rejects.toThrow();
    await expect(body.news()).rejects.toThrow("broke off");
  });

  it("after the end harms nobody", async () => {
    const body = new GrowingBytes(1);
    body.append(bytes(1));
    body.complete();
    body.fail(new Error("too late"));
    expect(await new Response(open(body, 0, 0).readable).bytes()).toEqual(bytes(1));
  });
});

async function readAll(readable: ReadableStream<Uint8Array>, pause: boolean): Promise<number[]> {
  const received: number[] = [];
  for await (const chunk of readable) {
    received.push(...chunk);
    if (pause) await wait();
  }
  return received;
}
