/** Measures one request: what each isolate spent from its beginning until nothing moves any more. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Workerd } from "../runtime/process.ts";
import type { Meter } from "./meter.ts";
import { type Spent, spentBetween } from "./spent.ts";
import type { Operations, World } from "./world.ts";

/** What a request set going after its answer (R2's puts) is part of it: nothing may have moved for so long. */
const QUIET_LOOKS = 3;
const LOOK_MS = 2;

export interface Sample {
  /** By isolate. Empty where there is no meter. */
  readonly parts: ReadonlyMap<string, Spent>;
  /** CPU time of the thread that runs workerd, native work and the kernel's included. */
  readonly threadMs: number;
  readonly operations: Operations;
}

export interface Gauge {
  measure(run: () => Promise<unknown>): Promise<Sample>;
  /** Resolves when nothing moves any more. */
  quiet(): Promise<void>;
}

export function createGauge(workerd: Workerd, meter: Meter | null, world: World): Gauge {
  /** Grows as long as anything happens. */
  function activity(): number {
    if (!meter) return threadNs(workerd.pid);
    return [...meter.read().isolates.values()].reduce((turns, { request }) => turns + request.turns, 0);
  }

  async function quiet(): Promise<void> {
    let before = activity();
    for (let looks = 0; looks < QUIET_LOOKS; looks++) {
      await sleep(LOOK_MS);
      const now = activity();
      if (now === before && world.openRequests() === 0) continue;
      before = now;
      looks = -1;
    }
  }

  return {
    quiet,
    async measure(run) {
      await quiet();
      const operations = world.operations();
      const reading = meter?.read();
      const startNs = threadNs(workerd.pid);
      await run();
      await quiet();
      return {
        parts: meter && reading ? spentBetween(reading, meter.read()) : new Map(),
        threadMs: (threadNs(workerd.pid) - startNs) / 1e6,
        operations: difference(world.operations(), operations),
      };
    },
  };
}

/** Which isolate a Worker is: the one that moves when the Worker is asked for something small. */
export async function isolateOf(gauge: Gauge, ask: () => Promise<unknown>): Promise<string> {
  const { parts } = await gauge.measure(ask);
  const [isolate] = parts.keys();
  if (isolate === undefined || parts.size > 1)
    throw new Error(`${parts.size} isolates moved where one was asked: their parts can't be told apart.`);
  return isolate;
}

function difference(after: Operations, before: Operations): Operations {
  return {
    r2Reads: after.r2Reads - before.r2Reads,
    r2Writes: after.r2Writes - before.r2Writes,
    kvReads: after.kvReads - before.kvReads,
    wechatCalls: after.wechatCalls - before.wechatCalls,
  };
}

/** Workerd runs all its Workers on its first thread. Field 1 of schedstat is its time on a CPU, in nanoseconds. */
function threadNs(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, "utf8").split(" ")[0]);
}
