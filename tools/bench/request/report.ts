/** What was measured, in words. */
import type { Cost, Line } from "./cost.ts";
import type { FreshReport } from "./fresh.ts";
import type { Sweeps } from "./sweeps.ts";
import type { DecoderCost } from "./warm.ts";

export interface RequestReport {
  /** Why there is no meter, so that the thread's clock had to do. Null where there is one. */
  readonly noMeterBecause: string | null;
  /** What a page of memory costs here, and what measuring adds to a turn: both are taken off. */
  readonly faultMicroseconds: number | null;
  readonly turnMicroseconds: number | null;
  readonly decoder: DecoderCost;
  readonly warm: readonly Line[];
  readonly fresh: FreshReport;
  /** Where plots were wished for. */
  readonly sweeps: Sweeps | null;
}

const NAME_WIDTH = 30;

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
        isDecoding(name) ? `${(gateway.totalMs / decoderMs).toFixed(2)} ×` : "",
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
