/**
 * `npm run bench -- request`: the CPU time of whole requests where the platform's limit on it is enforced, inside the
 * isolate: JavaScript, WebAssembly and the collector, without sockets and streams that the runtime moves by itself. The
 * Worker's part and that of its Durable Objects apart, beside a bare Worker that does the same job in the plainest way.
 */
import { readWranglerSettings } from "../runtime/settings.ts";
import { round } from "../statistics.ts";
import { measureFresh } from "./fresh.ts";
import type { RequestReport } from "./report.ts";
import { measureWarm, startWarm } from "./warm.ts";
import { bundle } from "./workers.ts";
import { startWorld } from "./world.ts";

export async function benchRequest(): Promise<RequestReport> {
  const settings = readWranglerSettings();
  const world = await startWorld();
  try {
    const bundles = bundle(world.folder);
    const process = await startWarm(settings, bundles, world);
    const { decoder, lines } = await measureWarm(process, world);
    const reading = process.meter?.read();
    await process.stop();
    return {
      noMeterBecause: process.reason,
      faultMicroseconds: reading ? round(reading.faultNs / 1000) : null,
      turnMicroseconds: reading ? round(reading.turnNs / 1000) : null,
      decoder,
      warm: lines,
      fresh: await measureFresh(settings, bundles, world),
    };
  } finally {
    await world.close();
  }
}
