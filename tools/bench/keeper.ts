/**
 * `npm run bench -- keeper`: how many new voices one keeper serves a second, and what its voices wait for slow ones that it has
 * at the same time. By the clock, on a machine that also runs the clients and the WeChat simulator: lower bounds.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Form, gatewaySide, type Side, whole } from "./request/sides.ts";
import { bundle, gatewayServices } from "./request/workers.ts";
import { type Arrival, startWorld, type World } from "./request/world.ts";
import { startWorkerd } from "./runtime/process.ts";
import { readWranglerSettings } from "./runtime/settings.ts";
import { median, quantile, round } from "./statistics.ts";

export interface KeeperBenchResult {
  readonly throughput: readonly {
    readonly form: Form;
    readonly seconds: number;
    readonly keepers: "one" | "all";
    readonly voicesPerSecond: number;
  }[];
  /** How long a voice of eight seconds takes as WAV, from the question to the last byte. */
  readonly neighbours: readonly {
    readonly beside: string;
    readonly medianMs: number;
    readonly p95Ms: number;
  }[];
}

/** Any. */
const KEEPER = 3;
const WARM_UP_VOICES = 300;
const VOICES = 300;
const AT_ONCE = 16;
const QUICK_VOICES = 80;
const QUICK_SECONDS = 8;
const PAUSE_MS = 5;
/** Until neighbours are on their way. */
const HEAD_START_MS = 300;

interface Neighbours {
  readonly name: string;
  readonly count: number;
  readonly seconds: number;
  readonly arrival: Arrival;
}

const NEIGHBOURS: readonly Neighbours[] = [
  { name: "nothing", count: 0, seconds: 0, arrival: "at once" },
  { name: "6 minutes of voice that come slowly", count: 6, seconds: 60, arrival: "slowly" },
  { name: "40 minutes of voice that come slowly", count: 40, seconds: 60, arrival: "slowly" },
  { name: "40 that never come", count: 40, seconds: 60, arrival: "never" },
  { name: "1 of five minutes, decoded again and again", count: 1, seconds: 300, arrival: "at once" },
];

export async function benchKeeper(): Promise<KeeperBenchResult> {
  const settings = readWranglerSettings();
  const world = await startWorld();
  const { folder, servers, objectsFolder } = world;
  const workers = gatewayServices("gateway", bundle(folder).gateway, settings, world);
  const configuration = { compatibilityDate: settings.compatibilityDate, workers, servers, objectsFolder };
  const workerd = await startWorkerd({ folder, name: "keeper", configuration, stderr: "ignore" });
  try {
    const side = gatewaySide(workerd, "gateway", world);
    await serveMany(side, world, { form: "wav", seconds: 1, keeper: undefined, count: WARM_UP_VOICES });
    const throughput: KeeperBenchResult["throughput"][number][] = [];
    for (const [form, seconds] of [
      ["speex", 8],
      ["wav", 8],
      ["wav", 60],
    ] as const) {
      for (const keepers of ["one", "all"] as const) {
        const keeper = keepers === "one" ? KEEPER : undefined;
        const voicesPerSecond = await serveMany(side, world, { form, seconds, keeper, count: VOICES });
        throughput.push({ form, seconds, keepers, voicesPerSecond: round(voicesPerSecond) });
      }
    }
    const neighbours: KeeperBenchResult["neighbours"][number][] = [];
    for (const one of NEIGHBOURS) neighbours.push(await serveBeside(side, world, one));
    return { throughput, neighbours };
  } finally {
    await workerd.stop();
    await world.close();
  }
}

interface Many {
  readonly form: Form;
  readonly seconds: number;
  readonly keeper: number | undefined;
  readonly count: number;
}

/** Voices a second. */
async function serveMany(side: Side, world: World, { form, seconds, keeper, count }: Many): Promise<number> {
  const waiting = Array.from({ length: count }, () => world.addVoice(seconds, "at once", keeper));
  const mediaIds = [...waiting];
  const startMs = performance.now();
  const client = async () => {
    for (let mediaId = waiting.pop(); mediaId; mediaId = waiting.pop()) {
      await side.get(mediaId, form, whole(form, seconds));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  const spentSeconds = (performance.now() - startMs) / 1000;
  for (const mediaId of mediaIds) world.forget(mediaId);
  return count / spentSeconds;
}

/** One voice after the other, while its keeper has others that take their time. */
async function serveBeside(
  side: Side,
  world: World,
  { name, count, seconds, arrival }: Neighbours,
): Promise<KeeperBenchResult["neighbours"][number]> {
  let isOver = false;
  const neighbour = async () => {
    while (!isOver) {
      const mediaId = world.addVoice(seconds, arrival, KEEPER);
      // Those that never come are answered with a failure.
      await side.get(mediaId, "wav", whole("wav", seconds)).catch(() => {});
      world.forget(mediaId);
    }
  };
  const neighbours = Promise.all(Array.from({ length: count }, neighbour));
  await sleep(HEAD_START_MS);
  const spentMs: number[] = [];
  for (let voice = 0; voice < QUICK_VOICES; voice++) {
    const mediaId = world.addVoice(QUICK_SECONDS, "at once", KEEPER);
    const startMs = performance.now();
    await side.get(mediaId, "wav", whole("wav", QUICK_SECONDS));
    spentMs.push(performance.now() - startMs);
    await sleep(PAUSE_MS);
  }
  isOver = true;
  await neighbours;
  return { beside: name, medianMs: round(median(spentMs)), p95Ms: round(quantile(spentMs, 0.95)) };
}

export function printKeeper({ throughput, neighbours }: KeeperBenchResult): void {
  console.log("\nOne keeper: new voices a second, and what slow neighbours cost the others");
  for (const { form, seconds, keepers, voicesPerSecond } of throughput) {
    const what = `${seconds} s .${form}, ${keepers === "one" ? "one keeper" : "sixteen keepers"}`;
    console.log(`  ${what.padEnd(50)}${voicesPerSecond.toFixed(0).padStart(8)} voices/s`);
  }
  for (const { beside, medianMs, p95Ms } of neighbours) {
    const times = `${medianMs.toFixed(1).padStart(8)} ms, 19 of 20 below ${p95Ms.toFixed(1)}`;
    console.log(`  8 s .wav beside ${beside.padEnd(44)}${times}`);
  }
}
