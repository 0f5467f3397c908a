/**
 * CPU time inside isolates: builds meter.c, has it preloaded into workerd, and reads what it counts. What it needs (Linux,
 * a C compiler, `nm`, the enforcers' symbols in the binary) is looked for; where it is missing, the reason is given.
 */
import { spawnSync } from "node:child_process";
import { closeSync, openSync, readSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { workerdPath } from "../runtime/process.ts";
import { findEnforcers, type MethodPlace } from "./symbols.ts";

export interface Totals {
  /** How often JavaScript was entered. */
  readonly turns: number;
  readonly cpuNs: number;
  /** Pages of memory that were touched for the first time. */
  readonly faults: number;
}

export interface MeterReading {
  /** What one page costs on this machine, and what measuring adds to a turn. */
  readonly faultNs: number;
  readonly turnNs: number;
  /** By isolate, in the order in which they came up: what requests spent, and what its start took. */
  readonly isolates: ReadonlyMap<string, { readonly request: Totals; readonly startup: Totals }>;
}

export interface Meter {
  /** For the workerd that is to be measured. */
  readonly environment: Readonly<Record<string, string>>;
  read(): MeterReading;
  close(): void;
}

const SOURCE = join(import.meta.dirname, "meter.c");
/** As meter.c lays them out, in words of eight bytes. */
const HEADER_WORDS = 4;
const LINE_WORDS = 7;
const LINES = 1024;
/** More than workerd takes while it is measured. */
const WARM_BYTES = 1024 * 1024 * 1024;
const PAGE_BYTES = 4096;
const NM_MAX_BYTES = 256 * 1024 * 1024;

/** `name`: one meter measures one workerd. */
export function buildMeter(folder: string, name: string): Meter | { readonly reason: string } {
  if (process.platform !== "linux" || process.arch !== "x64") return { reason: "needs Linux on x86-64" };
  const library = join(folder, "meter.so");
  const compiler = process.env.CC ?? "cc";
  const built = spawnSync(compiler, ["-O2", "-shared", "-fPIC", SOURCE, "-o", library], { encoding: "utf8" });
  if (built.status !== 0)
    return { reason: `${compiler} could not build meter.c: ${built.stderr ?? "not found"}` };
  const listed = spawnSync("nm", [workerdPath()], { encoding: "latin1", maxBuffer: NM_MAX_BYTES });
  if (listed.status !== 0) return { reason: "nm could not read workerd's symbols" };
  const { request, startup } = findEnforcers(listed.stdout);
  if (!request || !startup) return { reason: "workerd's binary has no symbols of its limit enforcers" };

  const file = join(folder, `${name}.meter`);
  writeFileSync(file, "");
  const descriptor = openSync(file, "r");
  const words = new BigUint64Array(HEADER_WORDS + LINES * LINE_WORDS);
  return {
    environment: {
      LD_PRELOAD: library,
      METER_FILE: file,
      METER_REQUEST: place(request),
      METER_STARTUP: place(startup),
      METER_WARM_PAGES: String(WARM_BYTES / PAGE_BYTES),
    },
    read() {
      const bytes = new Uint8Array(words.buffer);
      if (readSync(descriptor, bytes, 0, bytes.length, 0) !== bytes.length)
        throw new Error("The meter has not been loaded into workerd.");
      return parseReading(words);
    },
    close: () => closeSync(descriptor),
  };
}

/** The words of meter.c's file. Throws where the library found no methods to replace. */
export function parseReading(words: BigUint64Array): MeterReading {
  const [requestFound = 0, startupFound = 0, faultNs = 0, turnNs = 0] = Array.from(
    words.subarray(0, HEADER_WORDS),
    Number,
  );
  if (!requestFound || !startupFound) throw new Error("The meter did not find workerd's limit enforcers.");
  const isolates = new Map<string, { request: Totals; startup: Totals }>();
  for (let at = HEADER_WORDS; at + LINE_WORDS <= words.length; at += LINE_WORDS) {
    const isolate = words[at] ?? 0n;
    if (isolate === 0n) break;
    const numbers = Array.from(words.subarray(at + 1, at + LINE_WORDS), Number);
    isolates.set(isolate.toString(16), { request: totals(numbers, 0), startup: totals(numbers, 3) });
  }
  return { faultNs, turnNs, isolates };
}

function totals(numbers: readonly number[], at: number): Totals {
  const [turns = 0, cpuNs = 0, faults = 0] = numbers.slice(at, at + 3);
  return { turns, cpuNs, faults };
}

function place({ table, method }: MethodPlace): string {
  return `${table} ${method}`;
}
