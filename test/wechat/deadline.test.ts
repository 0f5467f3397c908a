import { describe, expect, it } from "vitest";
import { manualDeadline } from "../support/transport.ts";

/** A deadline, and which of its steps were late. A look is a millisecond. */
function create(looks: number) {
  const late: string[] = [];
  const manual = manualDeadline(looks);
  const step = (name: string, ms: number) => manual.deadline.step(ms, () => late.push(name));
  return { ...manual, late, step };
}

describe("a step", () => {
  it("is late when its time is over, once", () => {
    const { step, look, late } = create(100);
    step("a", 2);
    look();
    expect(late).toEqual([]);
    look(5);
    expect(late).toEqual(["a"]);
  });

  it("has at least its time where the timer runs already", () => {
    const { step, look, late } = create(100);
    step("a", 10);
    look();
    step("b", 1);
    look();
    expect(late).toEqual([]);
    look();
    expect(late).toEqual(["b"]);
  });

  it("that has ended is never late, and one timer serves all that are quick", () => {
    const { deadline, step, look, late, timersStarted } = create(100);
    for (let i = 0; i < 20; i++) {
      step(`${i}`, 1);
      deadline.rest();
    }
    expect(timersStarted()).toBe(1);
    look(10);
    expect(late).toEqual([]);
  });
});

describe("the whole", () => {
  it("is over for a step that comes on again and again", () => {
    const { step, look, late, deadline, isRunning } = create(5);
    for (let i = 0; i < 5; i++) {
      step(`step ${i}`, 1_000);
      look();
    }
    expect(late).toEqual(["step 4"]);
    expect(deadline.isOver).toBe(true);
    expect(isRunning()).toBe(false);
  });

  it("lets no further step begin", () => {
    const { step, look, late } = create(1);
    step("a", 1_000);
    look();
    step("b", 1_000);
    expect(late).toEqual(["a", "b"]);
  });

  it("may be prolonged before it is over", () => {
    const { step, look, deadline, late } = create(2);
    step("a", 1_000);
    look();
    deadline.prolong(2);
    look(2);
    expect(late).toEqual([]);
    look();
    expect(late).toEqual(["a"]);
  });

  it("fails what is only waited for", async () => {
    const { look, deadline } = create(1);
    const waiting = deadline.waitFor(new Promise<never>(() => {}), () => new Error("too late"));
    look();
    await expect(waiting).rejects.toThrow("too late");
    expect(await create(1).deadline.waitFor(Promise.resolve(7), () => new Error("too late"))).toBe(7);
  });
});

it("leaves no timer behind", () => {
  const { deadline, step, isRunning, late, look } = create(10);
  step("a", 1);
  deadline.stop();
  expect(isRunning()).toBe(false);
  look(3);
  expect(late).toEqual([]);
});
