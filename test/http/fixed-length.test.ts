import { expect, it } from "vitest";
import { withLength } from "../../src/http/fixed-length.ts";

function stream(...sizes: number[]): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      for (const size of sizes) controller.enqueue(new Uint8Array(size).fill(7));
      controller.close();
    },
  });
}

it("a body of the promised length passes unchanged, whatever its chunks", async () => {
  const bytes = await new Response(withLength(stream(3, 4), 7)).bytes();
  expect(bytes).toEqual(new Uint8Array(7).fill(7));
});

it.each([6, 8])(
  "a body of seven bytes that promised %d fails, so that nobody takes it for whole",
  async (promised) => {
    await expect(new Response(withLength(stream(3, 4), promised)).bytes()).rejects.toThrow();
  },
);

it("a body that fails, fails for its reader", async () => {
  const broken = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error("broke")),
  });
  await expect(new Response(withLength(broken, 7)).bytes()).rejects.toThrow();
});

it("a reader that leaves takes the body with it", async () => {
  const left = Promise.withResolvers<string>();
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(1)),
    cancel: () => left.resolve("let go"),
  });
  const reader = withLength(body, 1000).getReader();
  await reader.read();
  await reader.cancel();
  expect(await left.promise).toBe("let go");
});
