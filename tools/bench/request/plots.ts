/** The two plots of docs/performance.md, made from what was measured. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Axis, type Chart, drawing } from "../plot/chart.ts";
import type { Sweeps } from "./sweeps.ts";

/** What a request of the free plan may take, in milliseconds. */
const FREE_PLAN_MS = 10;
const LENGTHS = [1, 10, 60, 600, 3_600];
const AT_ONCE: Axis = {
  label: "requests at once",
  kind: "log",
  domain: { from: 1, to: 64 },
  write: String,
  ticks: [1, 2, 4, 8, 16, 32, 64],
};

/** Writes them into the folder; their names. */
export function writePlots(sweeps: Sweeps, folder: string): string[] {
  const files = { "cost-by-length.svg": [byLength(sweeps)], "cost-at-once.svg": atOnce(sweeps) };
  return Object.entries(files).map(([name, charts]) => {
    const file = join(folder, name);
    writeFileSync(file, drawing(charts));
    return file;
  });
}

function byLength({ lengths }: Sweeps): Chart {
  return {
    title: "CPU time inside the isolates by a voice's length",
    x: {
      label: "length of the voice",
      kind: "log",
      domain: { from: 1, to: 3_600 },
      write: duration,
      ticks: LENGTHS,
    },
    y: { label: "milliseconds", kind: "log", write: plain },
    series: lengths.map(({ name, points }, index) => ({
      name,
      colour: index,
      points: points.map(({ seconds, cpuMs }) => ({ x: seconds, y: cpuMs })),
    })),
    marks: [{ name: "a request of the free plan", y: FREE_PLAN_MS }],
  };
}

function atOnce({ concurrency, lengths }: Sweeps): Chart[] {
  const colourOf = (name: string) => {
    const known = lengths.findIndex((line) => line.name === name);
    return known < 0 ? lengths.length : known;
  };
  const series = (pick: (point: Sweeps["concurrency"][number]["points"][number]) => number) =>
    concurrency.map(({ name, points }) => ({
      name,
      colour: colourOf(name),
      points: points.map((point) => ({ x: point.atOnce, y: pick(point) })),
    }));
  return [
    {
      title: "CPU time of a request, a minute of voice",
      x: AT_ONCE,
      y: { label: "milliseconds", kind: "log", write: plain },
      series: series(({ cpuMs }) => cpuMs),
      marks: [{ name: "a request of the free plan", y: FREE_PLAN_MS }],
    },
    {
      title: "Throughput of one workerd, on one core",
      x: AT_ONCE,
      y: { label: "requests a second", kind: "log", write: plain },
      series: series(({ requestsPerSecond }) => requestsPerSecond),
    },
  ];
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3_600 ? `${seconds / 60} min` : `${seconds / 3_600} h`;
}

function plain(value: number): string {
  return value.toLocaleString("en-US");
}
