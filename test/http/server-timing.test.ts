import { expect, it } from "vitest";
import { createTimings } from "../../src/http/server-timing.ts";

function clockedTimings() {
  let nowMs = 1_000;
  const timings = createTimings(() => nowMs);
  const take = (name: string, ms: number) =>
    timings.measure(name, async () => {
      nowMs += ms;
      return ms;
    });
  return { timings, take };
}

it("says nothing before anything was measured", () => {
  expect(clockedTimings().timings.header()).toBe("");
});

it("lists what was measured in the order in which it ended, with the durations of one name added up", async () => {
  const { timings, take } = clockedTimings();
  await take("store", 3);
  await timings.measure("wechat", () => take("token", 5));
  await take("token", 4);
  expect(timings.header()).toBe("store;dur=3, token;dur=9, wechat;dur=5");
});

it("hands on what the work gives", async () => {
  expect(await clockedTimings().take("store", 7)).toBe(7);
});

it("counts work that fails, and hands the failure on", async () => {
  const { timings, take } = clockedTimings();
  const failing = timings.measure("store", async () => {
    await take("inside", 2);
    throw new Error("broke");
  });
  await expect(failing).rejects.toThrow("broke");
  expect(timings.header()).toBe("inside;dur=2, store;dur=2");
});
