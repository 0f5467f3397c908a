/** A workerd under the meter, or, where there can be none, under the thread's clock. */
import type { Configuration } from "../runtime/configuration.ts";
import { startWorkerd, type Workerd } from "../runtime/process.ts";
import type { Isolates } from "./cost.ts";
import { createGauge, type Gauge, isolateOf } from "./gauge.ts";
import { buildMeter, type Meter } from "./meter.ts";
import type { Side } from "./sides.ts";
import type { World } from "./world.ts";

export interface Measured {
  readonly workerd: Workerd;
  readonly gauge: Gauge;
  readonly meter: Meter | null;
  /** Why there is no meter; null where there is one. */
  readonly reason: string | null;
  /** Finds a side's isolates by asking each for something small. Null without a meter. */
  isolatesOf(side: Side): Promise<Isolates | null>;
  stop(): Promise<void>;
}

export async function startMeasured(
  name: string,
  workers: Configuration["workers"],
  compatibilityDate: string,
  world: World,
): Promise<Measured> {
  const built = buildMeter(world.folder, name);
  const reason = "reason" in built ? built.reason : null;
  const meter = "reason" in built ? null : built;
  const { folder, servers, objectsFolder } = world;
  const configuration = { compatibilityDate, workers, servers, objectsFolder };
  const environment = meter?.environment ?? {};
  const workerd = await startWorkerd({ folder, name, configuration, environment });
  const gauge = createGauge(workerd, meter, world);
  const probe = (service: string) =>
    isolateOf(gauge, async () => {
      const response = await fetch(`${workerd.originOf(service)}/healthz`);
      await response.arrayBuffer();
    });
  return {
    workerd,
    gauge,
    meter,
    reason,
    async isolatesOf({ worker, objects }) {
      if (!meter) return null;
      return { worker: await probe(worker), objects: objects === null ? null : await probe(objects) };
    },
    async stop() {
      await workerd.stop();
      meter?.close();
    },
  };
}
