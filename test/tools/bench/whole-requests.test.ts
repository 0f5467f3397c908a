/** What the bench measures is what it says it measures: each whole request once, and who had to work for it. */
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Isolates, spendingOf } from "../../../tools/bench/request/cost.ts";
import { wholeRequests } from "../../../tools/bench/request/scenarios.ts";
import { measureOnce, startWarm, type WarmProcess } from "../../../tools/bench/request/warm.ts";
import { bundle } from "../../../tools/bench/request/workers.ts";
import { startWorld, type World } from "../../../tools/bench/request/world.ts";
import { readWranglerSettings } from "../../../tools/bench/runtime/settings.ts";

/** How often WeChat is asked, and whether the voice's keeper has something to do. */
const EXPECTED: Record<string, { readonly wechatCalls: number; readonly isKeepers: boolean }> = {
  "hit .speex": { wechatCalls: 0, isKeepers: false },
  "hit .wav": { wechatCalls: 0, isKeepers: false },
  "304 of a stored .wav": { wechatCalls: 0, isKeepers: false },
  "206 of a stored .wav": { wechatCalls: 0, isKeepers: false },
  "miss → .speex, at once": { wechatCalls: 1, isKeepers: true },
  "miss → .speex, in packets": { wechatCalls: 1, isKeepers: true },
  "miss → .wav, at once": { wechatCalls: 1, isKeepers: true },
  "miss → .wav, in packets": { wechatCalls: 1, isKeepers: true },
  "stored source → .wav": { wechatCalls: 0, isKeepers: true },
  "job item, wav": { wechatCalls: 1, isKeepers: true },
};

describe.skipIf(!existsSync("/proc/self/schedstat"))("a whole request", () => {
  let world: World;
  let warm: WarmProcess;
  const isolates: Record<string, Isolates | null> = {};

  beforeAll(async () => {
    world = await startWorld();
    warm = await startWarm(readWranglerSettings(), bundle(world.folder), world);
    for (const side of ["gateway", "bare"] as const) isolates[side] = await warm.isolatesOf(warm[side]);
  });
  afterAll(async () => {
    await warm?.stop();
    await world?.close();
  });

  it("is known to this test, each one", () => {
    expect(wholeRequests().map(({ name }) => name)).toEqual(Object.keys(EXPECTED));
  });

  it.each(wholeRequests().map((scenario) => [scenario.name, scenario] as const))(
    "%s: does what its name says, for the gateway and for the bare Worker",
    async (name, scenario) => {
      const { wechatCalls = 0, isKeepers = false } = EXPECTED[name] ?? {};
      for (const side of ["gateway", "bare"] as const) {
        // The first one may have to ask for a token.
        await measureOnce(warm, scenario, warm[side], world);
        const sample = await measureOnce(warm, scenario, warm[side], world);

        expect(sample.operations.wechatCalls).toBe(wechatCalls);
        if (!isKeepers) expect(sample.operations.r2Writes).toBe(0);
        const { parts } = spendingOf(sample, isolates[side] ?? null);
        if (!parts) continue;
        expect(parts.worker.turns).toBeGreaterThan(0);
        if (isKeepers && side === "gateway") expect(parts.objects.turns).toBeGreaterThan(0);
      }
    },
  );
});
