/**
 * `npm run bench -- request`: the CPU time of whole requests where the platform's limit on it is enforced, inside the
 * isolate: JavaScript, WebAssembly and the collector, without sockets and streams that the runtime moves by itself. The
 * Worker's part and that of its Durable Objects apart, beside a bare Worker that does the same job in the plainest way.
 */
import { readWranglerSettings } from "../runtime/settings.ts";
import { round } from "../statistics.ts";
import { measureFresh } from "./fresh.ts";
import { goalsOf } from "./goals.ts";
import type { Measurements } from "./measurements.ts";
import { writePlots } from "./plots.ts";
import type { RequestReport } from "./report.ts";
import { measureSweeps } from "./sweeps.ts";
import { measureWarm, startWarm } from "./warm.ts";
import { bundle } from "./workers.ts";
import { startWorld } from "./world.ts";

export interface RequestBenchOptions {
  /** Where to write the plots; null: none, and what they need is not measured. */
  readonly plotsFolder: string | null;
}

export async function benchRequest({ plotsFolder }: RequestBenchOptions): Promise<RequestReport> {
  const settings = readWranglerSettings();
  const world = await startWorld();
  try {
    const bundles = bundle(world.folder);
    const process = await startWarm(settings, bundles, world);
    const { decoder, lines } = await measureWarm(process, world);
    const sweeps = plotsFolder === null ? null : await measureSweeps(process, world);
    if (sweeps && plotsFolder !== null) writePlots(sweeps, plotsFolder);
    const reading = process.meter?.read();
    await process.stop();
    const measured: Measurements = {
      noMeterBecause: process.reason,
      faultMicroseconds: reading ? round(reading.faultNs / 1000) : null,
      turnMicroseconds: reading ? round(reading.turnNs / 1000) : null,
      decoder,
      warm: lines,
      fresh: await measureFresh(settings, bundles, world),
      sweeps,
    };
    return { ...measured, goals: goalsOf(measured) };
  } finally {
    await world.close();
  }
}
