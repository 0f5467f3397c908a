import { expect, it } from "vitest";
import { drawing } from "../../../tools/bench/plot/chart.ts";
import { linearScale, logScale, roundOut, spread } from "../../../tools/bench/plot/scale.ts";

it("gives every decade the same width", () => {
  const scale = logScale({ from: 1, to: 1000 }, { from: 0, to: 300 });

  expect([1, 10, 100, 1000].map(scale.place)).toEqual([0, 100, 200, 300]);
  expect(scale.ticks).toEqual([1, 10, 100, 1000]);
});

it("has finer ticks where there are few decades, within the domain", () => {
  expect(logScale({ from: 0.3, to: 12 }, { from: 0, to: 1 }).ticks).toEqual([0.5, 1, 2, 5, 10]);
});

it("has round ticks on a linear scale, and may run upwards", () => {
  const scale = linearScale({ from: 0, to: 47 }, { from: 100, to: 0 });

  expect(scale.ticks).toEqual([0, 10, 20, 30, 40]);
  expect(scale.place(47)).toBe(0);
  expect(scale.place(0)).toBe(100);
});

it.each([logScale, linearScale])("refuses a domain without width", (scale) => {
  expect(() => scale({ from: 5, to: 5 }, { from: 0, to: 1 })).toThrow(RangeError);
});

it("refuses 0 on a log scale", () => {
  expect(() => logScale({ from: 0, to: 5 }, { from: 0, to: 1 })).toThrow(RangeError);
});

it("rounds a reach out to the next 1, 2 or 5", () => {
  expect(roundOut({ from: 0.34, to: 23 })).toEqual({ from: 0.2, to: 50 });
  expect(roundOut({ from: 1, to: 867 })).toEqual({ from: 1, to: 1000 });
  expect(roundOut({ from: 2, to: 500 })).toEqual({ from: 2, to: 500 });
});

it("keeps labels apart, in their order, and moves none that has room", () => {
  expect(spread([100, 10, 12, 11], 15)).toEqual([100, 10, 40, 25]);
});

it("draws every line at its places, and writes names as text", () => {
  const svg = drawing([
    {
      title: "a < b & c",
      x: { label: "x", kind: "linear", write: String },
      y: { label: "y", kind: "linear", write: String },
      series: [
        {
          name: "one",
          colour: 0,
          points: [
            { x: 0, y: 0 },
            { x: 10, y: 10 },
          ],
        },
        {
          name: "two",
          colour: 1,
          points: [
            { x: 0, y: 5 },
            { x: 10, y: 0 },
          ],
        },
      ],
    },
  ]);

  expect(svg).toContain("a &lt; b &amp; c");
  // The plot's corners: left and bottom, right and top.
  expect(svg).toContain('<polyline points="62,352 450,40" fill="none" stroke="#0072b2"');
  expect(svg.match(/<circle /g)).toHaveLength(4);
  expect(svg).not.toMatch(/NaN|undefined/);
});
