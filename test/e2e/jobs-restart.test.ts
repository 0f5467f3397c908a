/**
 * The gateway ends in the middle of a job and starts again on the same R2. (wrangler keeps a local queue in memory, so
 * its messages end with it, as Cloudflare's do not: the same voices are posted again here.)
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { LocalGateway } from "../../tools/local/gateway.ts";
import { DEMO_KEY, DEMO_KEYS, DEMO_SIGNING, demoAccount } from "../../tools/local/settings.ts";
import { DEMO_ACCOUNT } from "../../tools/simulator/demo-simulator.ts";
import { startSimulatorServer } from "../../tools/simulator/server.ts";
import { createSimulator } from "../../tools/simulator/simulator.ts";
import { until } from "../support/until.ts";
import { startQuietGateway } from "./quiet-gateway.ts";

const MEDIA_PATH = "/cgi-bin/media/get/jssdk";
const SPEEX = readFileSync("test/fixtures/voices/english-8s.speex");
const mediaIds = Array.from({ length: 40 }, (_, index) => `voice-${index}`);
/** So many voices are there when the gateway ends. */
const READY = 10;
const HOUR_MS = 3_600_000;
const headers = { authorization: `Bearer ${DEMO_KEY}` };

interface Job {
  readonly counts: Readonly<Record<string, number>>;
  readonly items: readonly { readonly mediaId: string; readonly state: string }[];
}

async function post(gateway: LocalGateway): Promise<string> {
  const body = JSON.stringify({ mediaIds, formats: ["speex"] });
  const response = await fetch(`${gateway.origin}/v1/fetches`, { method: "POST", headers, body });
  return ((await response.json()) as { jobId: string }).jobId;
}

async function read(gateway: LocalGateway, jobId: string): Promise<Job> {
  return (await (await fetch(`${gateway.origin}/v1/fetches/${jobId}`, { headers })).json()) as Job;
}

it("keeps what it had, fetches only the rest, and has nothing half", async () => {
  const stateFolder = mkdtempSync(join(tmpdir(), "hdvoice-restart-"));
  const simulator = createSimulator({ accounts: [DEMO_ACCOUNT] });
  const wechat = await startSimulatorServer({ port: 0, simulator });
  for (const mediaId of mediaIds) simulator.addRecording(DEMO_ACCOUNT.appId, mediaId, SPEEX);
  // Ten voices come whole; from the eleventh on each gets stuck in the middle, until the simulator behaves again.
  simulator.misbehave({
    kind: "drip",
    path: MEDIA_PATH,
    chunkBytes: 2_400,
    intervalMs: HOUR_MS,
    skip: READY,
  });
  const vars = { ...demoAccount(wechat.origin), ...DEMO_SIGNING, API_KEYS: DEMO_KEYS };
  const start = () => startQuietGateway({ port: 0, vars, stateFolder });
  let gateway = await start();
  try {
    const first = await post(gateway);
    await until(async () => expect((await read(gateway, first)).counts.ready).toBe(READY));
    await until(() => expect(simulator.calls({ path: MEDIA_PATH }).length).toBeGreaterThan(READY));
    await gateway.stop();
    simulator.behave();

    gateway = await start();
    const survived = await read(gateway, first);
    expect(survived.counts.ready).toBe(READY);
    expect(survived.counts.failed).toBe(0);
    const second = await post(gateway);
    await until(async () => expect((await read(gateway, second)).counts.ready).toBe(mediaIds.length));
    for (const { mediaId, state } of survived.items) {
      const response = await fetch(`${gateway.origin}/v1/voices/${mediaId}.speex`, { headers });
      expect(response.headers.get("cache-status")).toBe("hdvoice; hit");
      expect(Buffer.from(await response.arrayBuffer()).equals(SPEEX)).toBe(true);
      const asked = simulator.calls({ path: MEDIA_PATH, mediaId }).length;
      expect(asked).toBeGreaterThanOrEqual(1);
      if (state === "ready") expect(asked).toBe(1);
    }
  } finally {
    await gateway.stop();
    await wechat.close();
    rmSync(stateFolder, { recursive: true, force: true });
  }
});
