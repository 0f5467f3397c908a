/** The meter under a real workerd. It needs a C compiler; where there is none, there is nothing to be tested. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { buildMeter } from "../../../tools/bench/request/meter.ts";
import { type Spent, spentBetween } from "../../../tools/bench/request/spent.ts";
import { modulesOf } from "../../../tools/bench/runtime/configuration.ts";
import { startWorkerd, type Workerd } from "../../../tools/bench/runtime/process.ts";

/** Answers at once; after two timers; or with an error that it throws. Each one is in an isolate of its own. */
const WORKER = `
const pause = () => new Promise((resolve) => setTimeout(resolve, 1));
export default {
  async fetch(request) {
    const path = new URL(request.url).pathname;
    if (path === "/timers") { await pause(); await pause(); }
    if (path === "/throw") throw new Error("thrown on purpose");
    return new Response("ok");
  },
};`;

const folder = mkdtempSync(join(tmpdir(), "hdvoice-meter-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const built = buildMeter(folder, "test");
const meter = "reason" in built ? null : built;

describe.skipIf(!meter)("the meter", () => {
  if (!meter) return;
  let workerd: Workerd;
  afterAll(() => workerd?.stop());

  async function spentOn(worker: string, path: string): Promise<Map<string, Spent>> {
    if (!meter) throw new Error("no meter");
    const before = meter.read();
    await (await fetch(workerd.originOf(worker) + path)).text();
    return spentBetween(before, meter.read());
  }

  it("counts an isolate's turns and what its start took, and tells isolates apart", async () => {
    writeFileSync(join(folder, "worker.js"), WORKER);
    const workers = ["a", "b"].map((name) => ({ name, modules: modulesOf(["worker.js"]) }));
    workerd = await startWorkerd({
      folder,
      name: "test",
      configuration: { compatibilityDate: "2026-10-20", workers },
      environment: { ...meter.environment, METER_WARM_PAGES: "1" },
      // Of what is thrown on purpose.
      stderr: "ignore",
    });

    const [[a, atOnce] = []] = await spentOn("a", "/");
    const [[b, withTimers] = []] = await spentOn("b", "/timers");

    expect(atOnce?.turns).toBe(1);
    expect(withTimers?.turns).toBe(3);
    expect(atOnce?.cpuMs).toBeGreaterThan(0);
    expect(a).not.toBe(b);
    const { isolates, faultNs, turnNs } = meter.read();
    expect([...isolates.keys()].sort()).toEqual([a, b].sort());
    for (const { startup } of isolates.values()) expect(startup.cpuNs).toBeGreaterThan(0);
    expect(faultNs).toBeGreaterThan(0);
    expect(turnNs).toBeGreaterThan(0);
  });

  it("goes on counting after a Worker has thrown", async () => {
    const [[a, thrown] = []] = await spentOn("a", "/throw");
    const [[again, after] = []] = await spentOn("a", "/");

    expect(thrown?.turns).toBe(1);
    expect(after?.turns).toBe(1);
    expect(again).toBe(a);
  });
});

it("says what is missing where there is no compiler", () => {
  const before = process.env.CC;
  process.env.CC = "/nowhere/cc";
  try {
    expect(buildMeter(folder, "missing")).toEqual({ reason: expect.stringContaining("/nowhere/cc") });
  } finally {
    if (before === undefined) delete process.env.CC;
    else process.env.CC = before;
  }
});
