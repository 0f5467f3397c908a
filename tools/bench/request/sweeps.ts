/** How the cost grows: with a voice's length, and with the number of requests at once. In a warm process. */
import { median, round } from "../statistics.ts";
import { costOf, spendingOf, totalMs } from "./cost.ts";
import { hit, miss, type Scenario, storedSource } from "./scenarios.ts";
import type { Side } from "./sides.ts";
import { measureOnce, type WarmProcess } from "./warm.ts";
import type { World } from "./world.ts";

export interface LengthLine {
  readonly name: string;
  readonly points: readonly { readonly seconds: number; readonly cpuMs: number }[];
}

export interface ConcurrencyLine {
  readonly name: string;
  readonly points: readonly {
    readonly atOnce: number;
    /** A request's. */
    readonly cpuMs: number;
    /** Of the best round: what else the machine does can only slow it down. */
    readonly requestsPerSecond: number;
  }[];
}

export interface Sweeps {
  readonly lengths: readonly LengthLine[];
  readonly concurrency: readonly ConcurrencyLine[];
}

interface Subject {
  readonly name: string;
  readonly side: Side;
  readonly scenario: (seconds: number) => Scenario;
}

const SECONDS = [1, 3, 10, 30, 60, 180, 600, 1_800, 3_600];
const SHORT_ROUNDS = 7;
const LONG_ROUNDS = 3;
const LONG_SECONDS = 180;
const AT_ONCE = [1, 2, 4, 8, 16, 32, 64];
const CONCURRENCY_ROUNDS = 3;
/** Each of a round's workers makes so many requests, and all of them at least so many. */
const REQUESTS_EACH = 2;
const REQUESTS_AT_LEAST = 24;

export async function measureSweeps(warm: WarmProcess, world: World): Promise<Sweeps> {
  const { gateway, bare } = warm;
  const missWav = (seconds: number) => miss("wav", "at once", seconds);
  const byLength: Subject[] = [
    { name: "miss → .wav", side: gateway, scenario: missWav },
    { name: "stored source → .wav", side: gateway, scenario: storedSource },
    { name: "miss → .speex", side: gateway, scenario: (seconds) => miss("speex", "at once", seconds) },
    { name: "hit", side: gateway, scenario: (seconds) => hit("speex", seconds) },
    { name: "bare Worker, miss → .wav", side: bare, scenario: missWav },
  ];
  const atOnce: Subject[] = [
    { name: "miss → .wav", side: gateway, scenario: missWav },
    { name: "hit", side: gateway, scenario: (seconds) => hit("wav", seconds) },
    { name: "bare Worker, miss → .wav", side: bare, scenario: missWav },
  ];
  const lengths: LengthLine[] = [];
  for (const subject of byLength) lengths.push(await overLengths(warm, subject, world));
  const concurrency: ConcurrencyLine[] = [];
  for (const subject of atOnce) concurrency.push(await overConcurrency(warm, subject, world));
  return { lengths, concurrency };
}

async function overLengths(
  warm: WarmProcess,
  { name, side, scenario }: Subject,
  world: World,
): Promise<LengthLine> {
  const isolates = await warm.isolatesOf(side);
  const points: { seconds: number; cpuMs: number }[] = [];
  for (const seconds of SECONDS) {
    const one = scenario(seconds);
    const spendings = [];
    const rounds = seconds > LONG_SECONDS ? LONG_ROUNDS : SHORT_ROUNDS;
    for (let round = 0; round < rounds; round++)
      spendings.push(spendingOf(await measureOnce(warm, one, side, world), isolates));
    points.push({ seconds, cpuMs: costOf(spendings).totalMs });
  }
  return { name, points };
}

async function overConcurrency(
  warm: WarmProcess,
  { name, side, scenario }: Subject,
  world: World,
): Promise<ConcurrencyLine> {
  const isolates = await warm.isolatesOf(side);
  const one = scenario(60);
  const points: { atOnce: number; cpuMs: number; requestsPerSecond: number }[] = [];
  for (const atOnce of AT_ONCE) {
    const requestCount = Math.max(REQUESTS_AT_LEAST, atOnce * REQUESTS_EACH);
    const rounds: { cpuMs: number; requestsPerSecond: number }[] = [];
    for (let round = 0; round < CONCURRENCY_ROUNDS; round++) {
      const prepared = [];
      for (let request = 0; request < requestCount; request++) prepared.push(await one.prepare(side, world));
      const waiting = prepared.map(({ run }) => run);
      let seconds = 0;
      const sample = await warm.gauge.measure(async () => {
        const startMs = performance.now();
        await Promise.all(Array.from({ length: atOnce }, () => workOff(waiting, side)));
        seconds = (performance.now() - startMs) / 1000;
      });
      for (const { mediaId } of prepared) if (mediaId !== null) world.forget(mediaId);
      rounds.push({
        cpuMs: totalMs(spendingOf(sample, isolates)) / requestCount,
        requestsPerSecond: requestCount / seconds,
      });
    }
    points.push({
      atOnce,
      cpuMs: round(median(rounds.map(({ cpuMs }) => cpuMs))),
      requestsPerSecond: round(Math.max(...rounds.map(({ requestsPerSecond }) => requestsPerSecond))),
    });
  }
  return { name, points };
}

async function workOff(waiting: ((side: Side) => Promise<unknown>)[], side: Side): Promise<void> {
  for (let run = waiting.pop(); run; run = waiting.pop()) await run(side);
}
