/** What was measured, in words. */
import type { Cost, Line } from "./cost.ts";
import { type Goal, keepersMs } from "./goals.ts";
import type { Measurements } from "./measurements.ts";
import type { Sweeps } from "./sweeps.ts";
import type { DecoderCost } from "./warm.ts";

export interface RequestReport extends Measurements {
  readonly goals: readonly Goal[];
}

const NAME_WIDTH = 30;
const GOAL_WIDTH = 42;

export function printRequest(report: RequestReport): void {
  const { noMeterBecause, decoder, warm, fresh, faultMicroseconds, turnMicroseconds } = report;
  console.log("Whole requests of a minute of voice: CPU time in milliseconds, medians");
  if (noMeterBecause === null) {
    console.log(
      `  inside the isolates; without ${faultMicroseconds} µs a new page of memory and ${turnMicroseconds} µs a turn`,
    );
    console.log(
      `  the decoder alone: ${decoder.insideMs} inside; ${decoder.threadMs} more of the thread than a request that does nothing`,
    );
  } else {
    console.log(`  OF THE WHOLE THREAD, native work included. No meter: ${noMeterBecause}`);
    console.log(`  the decoder alone: ${decoder.threadMs}`);
  }
  printLines("Warm", warm, decoder);
  printLines("First request of a new isolate", fresh.lines, decoder);
  if (fresh.startup) {
    const { workerMs, objectsMs, bareMs } = fresh.startup;
    console.log(`Start of an isolate: Worker ${workerMs}, objects ${objectsMs}, bare Worker ${bareMs}`);
  }
  console.log("Goals");
  for (const { name, measured, goal, unit } of report.goals) {
    const mark = measured <= goal ? " " : "!";
    console.log(`${mark} ${name.padEnd(GOAL_WIDTH)}${measured.toFixed(2)} ${unit} of ${goal}`);
  }
  if (report.sweeps) printSweeps(report.sweeps);
}

function printLines(title: string, lines: readonly Line[], decoder: DecoderCost): void {
  const decoderMs = decoder.insideMs ?? decoder.threadMs;
  const heads = ["Worker", "objects", "both", "9 of 10 <", "÷ decoder", "turns", "bare", "ratio"];
  console.log(row(title, heads));
  for (const { name, gateway, bare, ratio } of lines) {
    console.log(
      row(name, [
        milliseconds(gateway.workerMs),
        milliseconds(gateway.objectsMs),
        milliseconds(gateway.totalMs),
        milliseconds(gateway.p90Ms),
        isDecoding(name) ? `${(keepersMs(gateway) / decoderMs).toFixed(2)} ×` : "",
        turnsOf(gateway),
        milliseconds(bare.totalMs),
        `${ratio.toFixed(2)} ×`,
      ]),
    );
  }
}

function printSweeps({ lengths, concurrency }: Sweeps): void {
  console.log("By a voice's length");
  for (const { name, points } of lengths) {
    console.log(
      `  ${name.padEnd(NAME_WIDTH)}${points.map(({ seconds, cpuMs }) => `${seconds} s ${cpuMs}`).join("  ")}`,
    );
  }
  console.log("At once: each one's cost, and requests a second");
  for (const { name, points } of concurrency) {
    const cells = points.map(
      ({ atOnce, cpuMs, requestsPerSecond }) => `${atOnce}: ${cpuMs}, ${requestsPerSecond.toFixed(0)}/s`,
    );
    console.log(`  ${name.padEnd(NAME_WIDTH)}${cells.join("  ")}`);
  }
}

/** The decoder is what they are made of. */
function isDecoding(name: string): boolean {
  return name.includes("→ .wav") || name.startsWith("job");
}

function turnsOf({ turns }: Cost): string {
  return turns === null ? "–" : String(turns);
}

function milliseconds(value: number | null): string {
  return value === null ? "–" : value.toFixed(2);
}

function row(name: string, cells: readonly string[]): string {
  return `  ${name.padEnd(NAME_WIDTH)}${cells.map((cell) => cell.padStart(11)).join("")}`;
}
