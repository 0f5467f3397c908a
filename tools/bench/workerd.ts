/**
 * The decoder inside workerd, without wrangler around it: a Worker that decodes the minute once a request. A Worker's
 * own clock stands still while it computes, so the time is workerd's CPU time as Linux counts it.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleWorker } from "./gateway-workerd.ts";
import { modulesOf, type WorkerService } from "./runtime/configuration.ts";
import { startWorkerd, type Workerd } from "./runtime/process.ts";
import { readWranglerSettings } from "./runtime/settings.ts";
import { minuteOfVoice } from "./voice.ts";

export interface WorkerdRuns {
  readonly firstMs: number;
  readonly warmMs: number[];
}

/** Null where Linux's scheduler statistics are missing. */
export async function measureWorkerd(warmRuns: number): Promise<WorkerdRuns | null> {
  if (!existsSync("/proc/self/schedstat")) return null;
  const folder = mkdtempSync(join(tmpdir(), "hdvoice-workerd-"));
  const worker = minuteWorker(folder);
  const { compatibilityDate } = readWranglerSettings();
  const configuration = { compatibilityDate, workers: [worker] };
  const workerd = await startWorkerd({ folder, name: worker.name, configuration });
  try {
    return await measure(workerd, workerd.originOf(worker.name), warmRuns);
  } finally {
    await workerd.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The Worker that decodes the minute: `GET /decode` answers with the PCM's length. */
export function minuteWorker(folder: string): WorkerService {
  const file = "minute.bin";
  writeFileSync(join(folder, file), minuteOfVoice());
  return {
    name: "minute",
    modules: modulesOf(bundleWorker(folder, "tools/bench/minute-worker.ts")),
    bindings: [{ kind: "data", name: "MINUTE", file }],
  };
}

async function measure(workerd: Workerd, origin: string, warmRuns: number): Promise<WorkerdRuns> {
  const idle = async () => (await cpuMsOf(workerd, () => get(`${origin}/idle`))).ms;
  for (let i = 0; i < 20; i++) await idle();
  const idleMs: number[] = [];
  for (let i = 0; i < 20; i++) idleMs.push(await idle());
  const overheadMs = idleMs.reduce((sum, ms) => sum + ms, 0) / idleMs.length;

  const decode = async () => {
    const { ms, body } = await cpuMsOf(workerd, () => get(`${origin}/decode`));
    if (body !== "1920000") throw new Error(`the Worker decoded ${body} bytes`);
    return ms - overheadMs;
  };
  const firstMs = await decode();
  for (let i = 0; i < 8; i++) await decode();
  const warmMs: number[] = [];
  for (let i = 0; i < warmRuns; i++) warmMs.push(await decode());
  return { firstMs, warmMs };
}

/** CPU time that all of the process's threads spend while `run` runs. */
async function cpuMsOf(workerd: Workerd, run: () => Promise<string>): Promise<{ ms: number; body: string }> {
  const beforeNs = workerd.cpuNanoseconds();
  const body = await run();
  return { ms: (workerd.cpuNanoseconds() - beforeNs) / 1e6, body };
}

async function get(url: string): Promise<string> {
  return await (await fetch(url)).text();
}
