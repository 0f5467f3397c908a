import { beforeEach, expect, it } from "vitest";
import { createBar, type Later, type Progress } from "../../../tools/cli/bar.ts";

const HALF: Progress = { fraction: 0.5, text: "1:01 of sound  voice.speex" };
const CLEARED = "\r\x1b[K";
const BAR = `${CLEARED}[############------------]  50 %  1:01 of sound  voice.speex`;

let nowMs = 0;
let due: { atMs: number; run: () => void }[] = [];
let written: string[] = [];
const screen = {
  isTTY: true,
  columns: 100,
  write: (text: string) => written.push(text),
};
const later: Later = (milliseconds, run) => {
  const entry = { atMs: nowMs + milliseconds, run };
  due.push(entry);
  return () => {
    due = due.filter((other) => other !== entry);
  };
};

beforeEach(() => {
  nowMs = 0;
  due = [];
  written = [];
});

function passTo(timeMs: number): void {
  nowMs = timeMs;
  const ripe = due.filter(({ atMs }) => atMs <= nowMs);
  due = due.filter(({ atMs }) => atMs > nowMs);
  for (const { run } of ripe) run();
}

it("draws a bar once the work has taken half a second, then ten times a second at most", () => {
  const bar = createBar(screen, later);
  bar.show(() => HALF);
  passTo(499);
  bar.show(() => HALF);
  expect(written).toEqual([]);
  passTo(500);
  expect(written).toEqual([BAR]);
  bar.show(() => HALF);
  bar.show(() => HALF);
  passTo(599);
  expect(written).toEqual([BAR]);
  passTo(600);
  expect(written).toEqual([BAR, BAR]);
});

it("draws the last that it was shown, also when nothing comes after it", () => {
  const bar = createBar(screen, later);
  bar.show(() => HALF);
  bar.show(() => ({ fraction: 1, text: "all" }));
  passTo(10_000);
  expect(written).toEqual([`${CLEARED}[########################] 100 %  all`]);
});

it("asks for progress only when it draws", () => {
  const bar = createBar(screen, later);
  let asked = 0;
  for (let count = 0; count < 1000; count++) {
    bar.show(() => {
      asked++;
      return HALF;
    });
  }
  passTo(500);
  expect(asked).toBe(1);
});

it("draws nothing where nobody watches", () => {
  const bar = createBar({ ...screen, isTTY: false }, later);
  bar.show(() => HALF);
  passTo(1000);
  expect({ written, due }).toEqual({ written: [], due: [] });
});

it("is taken away, and waits again before the next", () => {
  const bar = createBar(screen, later);
  bar.show(() => HALF);
  passTo(500);
  bar.show(() => HALF);
  bar.clear();
  expect(due).toEqual([]);
  bar.show(() => HALF);
  passTo(999);
  expect(written).toEqual([BAR, CLEARED]);
  passTo(1000);
  expect(written.at(-1)).toBe(BAR);
});

it("writes nothing to take away a bar that was never drawn", () => {
  const bar = createBar(screen, later);
  bar.show(() => HALF);
  bar.clear();
  passTo(500);
  expect(written).toEqual([]);
});

it("has no bar when the end isn't known", () => {
  createBar(screen, later).show(() => ({ ...HALF, fraction: null }));
  passTo(500);
  expect(written).toEqual([`${CLEARED}1:01 of sound  voice.speex`]);
});

it.each([
  ["letters", "a".repeat(30), "a".repeat(19)],
  ["Chinese characters, two columns each", "语音".repeat(10), "语音语音语音语音语"],
  ["characters outside the first plane", "😀".repeat(10), "😀".repeat(9)],
])("never fills the last column, where a terminal would wrap: %s", (_, text, fits) => {
  createBar({ ...screen, columns: 20 }, later).show(() => ({ fraction: null, text }));
  passTo(500);
  expect(written).toEqual([`${CLEARED}${fits}`]);
});

it("shows what a name would do to the terminal, and doesn't do it", () => {
  createBar(screen, later).show(() => ({ fraction: null, text: "\x1b[2J\nvoice" }));
  passTo(500);
  expect(written).toEqual([`${CLEARED}\\u001b[2J\\nvoice`]);
});
