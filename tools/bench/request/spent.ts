/** What was spent between two readings. */
import type { MeterReading, Totals } from "./meter.ts";

export interface Spent {
  /** CPU time inside the isolate, without what the machine took to hand out memory, or to be measured. */
  readonly cpuMs: number;
  readonly turns: number;
  readonly faults: number;
}

export const NOTHING: Spent = { cpuMs: 0, turns: 0, faults: 0 };

/** By isolate; those that did nothing are left out. */
export function spentBetween(before: MeterReading, after: MeterReading): Map<string, Spent> {
  const spent = new Map<string, Spent>();
  for (const [isolate, { request }] of after.isolates) {
    const { turns, cpuNs, faults } = difference(request, before.isolates.get(isolate)?.request);
    if (turns > 0) spent.set(isolate, net({ turns, cpuNs, faults }, after));
  }
  return spent;
}

export function net({ turns, cpuNs, faults }: Totals, { faultNs, turnNs }: MeterReading): Spent {
  return { cpuMs: Math.max(0, cpuNs - faults * faultNs - turns * turnNs) / 1e6, turns, faults };
}

export function sum(parts: readonly Spent[]): Spent {
  return parts.reduce(
    (total, { cpuMs, turns, faults }) => ({
      cpuMs: total.cpuMs + cpuMs,
      turns: total.turns + turns,
      faults: total.faults + faults,
    }),
    NOTHING,
  );
}

function difference(after: Totals, before: Totals | undefined): Totals {
  if (!before) return after;
  return {
    turns: after.turns - before.turns,
    cpuNs: after.cpuNs - before.cpuNs,
    faults: after.faults - before.faults,
  };
}
