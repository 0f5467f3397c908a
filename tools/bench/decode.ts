/** `npm run bench -- decode`: what decoding a minute costs, in Node and in workerd, beside native libspeex. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { readSpeexWasm } from "../speex-module.ts";
import type { NodeRuns } from "./decode-in-node.ts";
import { buildNative } from "./native.ts";
import { median, round } from "./statistics.ts";
import { measureWorkerd } from "./workerd.ts";

const FRESH_PROCESSES = 7;
const WARM_RUNS = 40;

/** Milliseconds for 60 s of voice, medians. Null: could not be measured on this machine. */
export interface DecodeReport {
  readonly nodeWarmMs: number;
  readonly nodeFirstMs: number;
  readonly nodeFirstProcessCpuMs: number;
  /** The first call's time after a rehearsal, and the rehearsal's. */
  readonly nodeRehearsedFirstMs: number;
  readonly nodeRehearsalMs: number;
  readonly workerdWarmMs: number | null;
  readonly workerdFirstMs: number | null;
  readonly nativeMs: number | null;
  /** nodeWarmMs / nativeMs, the median of rounds in which both were measured. */
  readonly shareOfNative: number | null;
  readonly wasmBytes: number;
  readonly wasmGzipBytes: number;
}

function inNode(runs: number, ...more: string[]): NodeRuns {
  const script = join(import.meta.dirname, "decode-in-node.ts");
  const { stdout, stderr } = spawnSync(process.execPath, [script, `${runs}`, ...more], { encoding: "utf8" });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as NodeRuns;
}

export async function benchDecode(): Promise<DecodeReport> {
  const native = buildNative();
  const nativeMs: number[] = [];
  const shares: number[] = [];
  const inNodeRuns: NodeRuns[] = [];
  const rehearsedRuns: NodeRuns[] = [];
  // The machine's speed wanders: rounds of both, and the ratio within each round.
  for (let process = 0; process < FRESH_PROCESSES; process++) {
    const runs = inNode(WARM_RUNS);
    inNodeRuns.push(runs);
    rehearsedRuns.push(inNode(1, "rehearsed"));
    if (!native) continue;
    const reference = median(native.measure(9));
    nativeMs.push(reference);
    shares.push(runs.warmMs / reference);
  }
  const workerd = await measureWorkerd(30);
  const wasm = readSpeexWasm();
  return {
    nodeWarmMs: round(median(inNodeRuns.map(({ warmMs }) => warmMs))),
    nodeFirstMs: round(median(inNodeRuns.map(({ firstMs }) => firstMs))),
    nodeFirstProcessCpuMs: round(median(inNodeRuns.map(({ firstProcessCpuMs }) => firstProcessCpuMs))),
    nodeRehearsedFirstMs: round(median(rehearsedRuns.map(({ firstMs }) => firstMs))),
    nodeRehearsalMs: round(median(rehearsedRuns.map(({ rehearsalMs }) => rehearsalMs))),
    workerdWarmMs: workerd && round(median(workerd.warmMs)),
    workerdFirstMs: workerd && round(workerd.firstMs),
    nativeMs: native && round(median(nativeMs)),
    shareOfNative: native && Math.round(1000 * median(shares)) / 1000,
    wasmBytes: wasm.length,
    wasmGzipBytes: gzipSync(wasm, { level: 9 }).length,
  };
}

export function printDecode(report: DecodeReport): void {
  const ms = (value: number | null) => (value === null ? "not measurable here" : `${value.toFixed(2)} ms`);
  console.log("60 s of voice, WeChat's quality; CPU time, medians");
  console.log(`  Node, warm           ${ms(report.nodeWarmMs)}`);
  console.log(
    `  Node, first call     ${ms(report.nodeFirstMs)} (all threads: ${ms(report.nodeFirstProcessCpuMs)})`,
  );
  console.log(
    `    rehearsed          ${ms(report.nodeRehearsedFirstMs)} (the rehearsal: ${ms(report.nodeRehearsalMs)})`,
  );
  console.log(`  workerd, warm        ${ms(report.workerdWarmMs)}`);
  console.log(`  workerd, first call  ${ms(report.workerdFirstMs)} (all threads)`);
  if (report.nativeMs === null)
    console.log("  libspeex, native     skipped: needs a C compiler and libspeex-dev");
  else
    console.log(
      `  libspeex, native     ${ms(report.nativeMs)}, so Node needs ${report.shareOfNative} × that`,
    );
  console.log(`  speex.wasm           ${report.wasmBytes} bytes, ${report.wasmGzipBytes} gzipped`);
}
