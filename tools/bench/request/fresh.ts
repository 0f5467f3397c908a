/**
 * What the first request of a new isolate costs, and what its start took. The process is warm, as a machine of the
 * platform's is: the runtime's own code has run, the isolate's has not. Each isolate has WebAssembly bytes of its own, or
 * V8 would give it the code that it has compiled for another one. Seconds lie between its start and its request, in which
 * the compilers' threads may finish what the start gave them.
 */
import type { WorkerService } from "../runtime/configuration.ts";
import type { WranglerSettings } from "../runtime/settings.ts";
import { median, round } from "../statistics.ts";
import { type Isolates, type Line, lineOf, type SideName, type Spending, spendingOf } from "./cost.ts";
import { type Measured, startMeasured } from "./measured.ts";
import type { MeterReading } from "./meter.ts";
import { type Scenario, wholeRequests } from "./scenarios.ts";
import { bareSide, gatewaySide } from "./sides.ts";
import { net } from "./spent.ts";
import { measureOnce } from "./warm.ts";
import { type Bundles, bareService, driverService, gatewayServices, withOwnWasm } from "./workers.ts";
import type { World } from "./world.ts";

/** CPU time of the global scope and what belongs to it, in milliseconds: medians. Null without a meter. */
export interface StartupCost {
  readonly workerMs: number;
  readonly objectsMs: number;
  readonly bareMs: number;
}

export interface FreshReport {
  readonly lines: readonly Line[];
  readonly startup: StartupCost | null;
}

const ISOLATES_A_SCENARIO = 5;
const WARM_UP_ROUNDS = 3;

export async function measureFresh(
  settings: WranglerSettings,
  bundles: Bundles,
  world: World,
): Promise<FreshReport> {
  const scenarios = wholeRequests();
  const tags = scenarios.map((_, scenario) =>
    Array.from({ length: ISOLATES_A_SCENARIO }, (_, copy) => `${scenario}-${copy}`),
  );
  const services: WorkerService[] = [];
  for (const tag of ["warm", ...tags.flat()]) {
    const own = (name: "gateway" | "bare") => withOwnWasm(bundles[name], world.folder, `${name}-${tag}`);
    services.push(...gatewayServices(`gateway-${tag}`, own("gateway"), settings, world));
    services.push(await bareService(`bare-${tag}`, own("bare"), world));
  }
  // Services that a queue's message may be for: each is bound by its own name.
  services.push(
    driverService(
      world.folder,
      services.filter(({ objects }) => !objects).map(({ name }) => name),
    ),
  );
  const measured = await startMeasured("fresh", services, settings.compatibilityDate, world);
  try {
    return await measure(measured, scenarios, tags, world);
  } finally {
    await measured.stop();
  }
}

async function measure(
  measured: Measured,
  scenarios: readonly Scenario[],
  tags: readonly (readonly string[])[],
  world: World,
): Promise<FreshReport> {
  const sidesOf = (tag: string) => ({
    gateway: gatewaySide(measured.workerd, `gateway-${tag}`, world),
    bare: bareSide(measured.workerd, `bare-${tag}`),
  });
  const warm = sidesOf("warm");
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    for (const scenario of scenarios) {
      for (const side of [warm.gateway, warm.bare]) await measureOnce(measured, scenario, side, world);
    }
  }
  const asked: Record<SideName, (Isolates | null)[]> = { gateway: [], bare: [] };
  const lines: Line[] = [];
  for (const [index, scenario] of scenarios.entries()) {
    const found = { gateway: [] as Spending[], bare: [] as Spending[] };
    for (const tag of tags[index] ?? []) {
      const fresh = sidesOf(tag);
      for (const side of ["gateway", "bare"] as const) {
        const sample = await measureOnce(measured, scenario, warm[side], world, fresh[side]);
        // Only now: to ask them for anything would have been their first request.
        const isolates = await measured.isolatesOf(fresh[side]);
        found[side].push(spendingOf(sample, isolates));
        asked[side].push(isolates);
      }
    }
    lines.push(lineOf(scenario.name, found));
  }
  return { lines, startup: measured.meter && startupCost(measured.meter.read(), asked) };
}

function startupCost(
  reading: MeterReading,
  { gateway, bare }: Readonly<Record<SideName, readonly (Isolates | null)[]>>,
): StartupCost {
  const medianOf = (isolates: readonly (string | null | undefined)[]) => {
    const starts = isolates.flatMap((isolate) => reading.isolates.get(isolate ?? "")?.startup ?? []);
    return round(median(starts.map((start) => net(start, reading).cpuMs)));
  };
  return {
    workerMs: medianOf(gateway.map((isolates) => isolates?.worker)),
    objectsMs: medianOf(gateway.map((isolates) => isolates?.objects)),
    bareMs: medianOf(bare.map((isolates) => isolates?.worker)),
  };
}
