import { expect, it } from "vitest";
import { clock } from "../../../tools/cli/voice-progress.ts";

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
