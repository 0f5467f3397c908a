import { beforeEach, expect, it } from "vitest";
import { clock, createScreen, type Progress } from "../../../tools/cli/screen.ts";

const HALF: Progress = { label: "voice.speex", fraction: 0.5, seconds: 61.9 };
const BAR = "\r\x1b[K[############------------]  50 %  1:01 of sound  voice.speex";

let nowMs = 0;
let written: string[] = [];
const terminal = {
  isTTY: true,
  columns: 100,
  write: (text: string) => written.push(text),
};
beforeEach(() => {
  nowMs = 0;
  written = [];
});

/** Shows progress at each of these times. */
function showAt(screen: ReturnType<typeof createScreen>, timesMs: readonly number[], progress = HALF): void {
  for (const timeMs of timesMs) {
    nowMs = timeMs;
    screen.show(() => progress);
  }
}

it("draws a bar once the work has taken half a second, then ten times a second at most", () => {
  const screen = createScreen(terminal, () => nowMs);
  showAt(screen, [0, 200, 499]);
  expect(written).toEqual([]);
  showAt(screen, [500, 501, 599]);
  expect(written).toEqual([BAR]);
  showAt(screen, [600]);
  expect(written).toEqual([BAR, BAR]);
});

it("draws nothing where nobody watches", () => {
  showAt(
    createScreen({ ...terminal, isTTY: false }, () => nowMs),
    [0, 1000, 2000],
  );
  expect(written).toEqual([]);
});

it("takes the bar away before it says something, and waits again before the next", () => {
  const screen = createScreen(terminal, () => nowMs);
  showAt(screen, [0, 500]);
  screen.say("done");
  showAt(screen, [600, 1099]);
  expect(written).toEqual([BAR, "\r\x1b[K", "done\n"]);
  showAt(screen, [1100]);
  expect(written.at(-1)).toBe(BAR);
});

it("writes nothing to take away a bar that was never drawn", () => {
  const screen = createScreen(terminal, () => nowMs);
  showAt(screen, [0]);
  screen.clear();
  expect(written).toEqual([]);
});

it("tells only how much sound there is so far when the end isn't known", () => {
  showAt(
    createScreen(terminal, () => nowMs),
    [0, 500],
    { ...HALF, fraction: null },
  );
  expect(written).toEqual(["\r\x1b[K1:01 of sound  voice.speex"]);
});

it("never fills the last column, where a terminal would wrap", () => {
  showAt(
    createScreen({ ...terminal, columns: 30 }, () => nowMs),
    [0, 500],
  );
  expect(written).toEqual([BAR.slice(0, 3 + 1 + 29)]);
});

it.each([
  [0, "0:00"],
  [7.99, "0:07"],
  [61, "1:01"],
  [720, "12:00"],
  [3600, "1:00:00"],
  [36_005, "10:00:05"],
])("writes %d seconds as %s", (seconds, text) => {
  expect(clock(seconds)).toBe(text);
});
