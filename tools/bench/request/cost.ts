/** From many samples of one request to what it costs. */
import { median, quantile, round } from "../statistics.ts";
import type { Sample } from "./gauge.ts";
import { NOTHING, type Spent } from "./spent.ts";
import type { Operations } from "./world.ts";

/** Which isolates are whose. */
export interface Isolates {
  readonly worker: string;
  /** Null where the side has no Durable Objects. */
  readonly objects: string | null;
}

/** One request's sample, by whose it is. */
export interface Spending {
  /** Null without a meter. */
  readonly parts: { readonly worker: Spent; readonly objects: Spent } | null;
  readonly threadMs: number;
  readonly operations: Operations;
}

/** Medians, in milliseconds of CPU time. */
export interface Cost {
  readonly sampleCount: number;
  /** Inside the Worker's isolate, and inside that of its Durable Objects. Null without a meter. */
  readonly workerMs: number | null;
  readonly objectsMs: number | null;
  /** Inside both; without a meter, of the whole thread. */
  readonly totalMs: number;
  /** What nine of ten requests stay below: the collector's large runs are in it. */
  readonly p90Ms: number;
  /** How often JavaScript was entered. */
  readonly turns: number | null;
  readonly faults: number | null;
  /** Of the thread that runs workerd, native work and the kernel's included. */
  readonly threadMs: number;
  readonly operations: Operations;
}

export type SideName = "gateway" | "bare";

export interface Line {
  readonly name: string;
  readonly gateway: Cost;
  readonly bare: Cost;
  /** Gateway over bare. */
  readonly ratio: number;
}

export function spendingOf({ parts, threadMs, operations }: Sample, isolates: Isolates | null): Spending {
  if (!isolates) return { parts: null, threadMs, operations };
  const worker = parts.get(isolates.worker) ?? NOTHING;
  const objects = (isolates.objects !== null && parts.get(isolates.objects)) || NOTHING;
  return { parts: { worker, objects }, threadMs, operations };
}

export function totalMs({ parts, threadMs }: Spending): number {
  return parts ? parts.worker.cpuMs + parts.objects.cpuMs : threadMs;
}

export function lineOf(name: string, spendings: Readonly<Record<SideName, readonly Spending[]>>): Line {
  const { gateway, bare } = spendings;
  return {
    name,
    gateway: costOf(gateway),
    bare: costOf(bare),
    ratio: ratioOf(gateway.map(totalMs), bare.map(totalMs)),
  };
}

export function costOf(spendings: readonly Spending[]): Cost {
  const totals = spendings.map(totalMs);
  const parts = spendings.flatMap((spending) => spending.parts ?? []);
  const isMetered = parts.length > 0;
  const operations = (pick: (counts: Operations) => number) =>
    median(spendings.map((spending) => pick(spending.operations)));
  return {
    sampleCount: spendings.length,
    workerMs: isMetered ? round(median(parts.map(({ worker }) => worker.cpuMs))) : null,
    objectsMs: isMetered ? round(median(parts.map(({ objects }) => objects.cpuMs))) : null,
    totalMs: round(median(totals)),
    p90Ms: round(quantile(totals, 0.9)),
    turns: isMetered ? median(parts.map(({ worker, objects }) => worker.turns + objects.turns)) : null,
    faults: isMetered ? median(parts.map(({ worker, objects }) => worker.faults + objects.faults)) : null,
    threadMs: round(median(spendings.map(({ threadMs }) => threadMs))),
    operations: {
      r2Reads: operations(({ r2Reads }) => r2Reads),
      r2Writes: operations(({ r2Writes }) => r2Writes),
      kvReads: operations(({ kvReads }) => kvReads),
      wechatCalls: operations(({ wechatCalls }) => wechatCalls),
    },
  };
}

/** The median of the rounds' ratios: the machine's speed wanders, and falls on both sides of a round alike. */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): number {
  return round(median(ours.map((value, round) => value / (theirs[round] ?? Number.NaN))));
}
