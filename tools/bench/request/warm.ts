/** What requests cost once the compilers have the code: the gateway and the bare Worker in turns, in one process. */
import type { WranglerSettings } from "../runtime/settings.ts";
import { median, round } from "../statistics.ts";
import { minuteWorker } from "../workerd.ts";
import { type Line, lineOf, type Spending, spendingOf } from "./cost.ts";
import type { Sample } from "./gauge.ts";
import { type Measured, startMeasured } from "./measured.ts";
import { type Scenario, wholeRequests } from "./scenarios.ts";
import { bareSide, gatewaySide, type Side } from "./sides.ts";
import { type Bundles, bareService, driverService, gatewayServices } from "./workers.ts";
import type { World } from "./world.ts";

export interface WarmReport {
  readonly lines: readonly Line[];
  readonly decoder: DecoderCost;
}

/** The decoder alone, in the same process and the same rounds: what everything else is measured against. */
export interface DecoderCost {
  /** Inside the isolate, and as the whole thread's time above that of a request that does nothing. */
  readonly insideMs: number | null;
  readonly threadMs: number;
}

/** A warm process with both sides, and the decoder. */
export interface WarmProcess extends Measured {
  readonly gateway: Side;
  readonly bare: Side;
}

const WARM_UP_ROUNDS = 15;
const ROUNDS = 25;

export async function startWarm(
  settings: WranglerSettings,
  bundles: Bundles,
  world: World,
): Promise<WarmProcess> {
  const workers = [
    ...gatewayServices("gateway", bundles.gateway, settings, world),
    await bareService("bare", bundles.bare, world),
    driverService(world.folder, ["gateway", "bare"]),
    minuteWorker(world.folder),
  ];
  const measured = await startMeasured("warm", workers, settings.compatibilityDate, world);
  const { workerd } = measured;
  return {
    ...measured,
    gateway: gatewaySide(workerd, "gateway", world),
    bare: bareSide(workerd, "bare"),
  };
}

export async function measureWarm(warm: WarmProcess, world: World): Promise<WarmReport> {
  const { gauge, workerd } = warm;
  const scenarios = wholeRequests();
  const isolates = { gateway: await warm.isolatesOf(warm.gateway), bare: await warm.isolatesOf(warm.bare) };
  const found = scenarios.map(() => ({ gateway: [] as Spending[], bare: [] as Spending[] }));
  const decodings: { readonly idle: Sample; readonly decode: Sample }[] = [];
  const ask = async (path: string) => {
    const response = await fetch(`${workerd.originOf("minute")}${path}`);
    await response.arrayBuffer();
  };
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    for (const [index, scenario] of scenarios.entries()) {
      for (const side of ["gateway", "bare"] as const) {
        const sample = await measureOnce(warm, scenario, warm[side], world);
        if (round >= 0) found[index]?.[side].push(spendingOf(sample, isolates[side]));
      }
    }
    const idle = await gauge.measure(() => ask("/idle"));
    const decode = await gauge.measure(() => ask("/decode"));
    if (round >= 0) decodings.push({ idle, decode });
  }
  return {
    lines: scenarios.map(({ name }, index) => lineOf(name, found[index] ?? { gateway: [], bare: [] })),
    decoder: decoderCost(decodings, warm.meter !== null),
  };
}

/** Prepares it, measures it, and clears what it stored. */
export async function measureOnce(
  { gauge }: Measured,
  scenario: Scenario,
  side: Side,
  world: World,
  measured: Side = side,
): Promise<Sample> {
  const { run, mediaId } = await scenario.prepare(side, world);
  const sample = await gauge.measure(() => run(measured));
  if (mediaId !== null) world.forget(mediaId);
  return sample;
}

function decoderCost(
  decodings: readonly { readonly idle: Sample; readonly decode: Sample }[],
  isMetered: boolean,
): DecoderCost {
  // One isolate has moved: the decoder's.
  const inside = decodings.map(({ decode }) => [...decode.parts.values()][0]?.cpuMs ?? Number.NaN);
  return {
    insideMs: isMetered ? round(median(inside)) : null,
    threadMs: round(median(decodings.map(({ idle, decode }) => decode.threadMs - idle.threadMs))),
  };
}
