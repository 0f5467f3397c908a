/**
 * The Worker as it is deployed, one bundle in one workerd without wrangler's proxies around it, and the WeChat stand-in behind
 * a real socket. Here V8 compiles as it does in production, which it doesn't under the tests' own runner.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { bundleWorker } from "../../tools/bench/gateway-workerd.ts";
import { DEMO_KEYS, demoAccount } from "../../tools/local/settings.ts";
import { DEMO_ACCOUNT } from "../../tools/simulator/demo-simulator.ts";
import { startSimulatorServer } from "../../tools/simulator/server.ts";
import { createSimulator, type Simulator } from "../../tools/simulator/simulator.ts";

export interface Workers {
  /** Of each Worker. They have their settings, KV, R2 and Durable Objects in common, and no memory. */
  readonly origins: readonly string[];
  readonly simulator: Simulator;
  /** Every line that the Workers or the runtime wrote on stderr, or as a warning or an error. */
  readonly complaints: string[];
  stop(): Promise<void>;
}

export async function startWorkers(count: number, settings: Record<string, string> = {}): Promise<Workers> {
  const folder = mkdtempSync(join(tmpdir(), "hdvoice-workers-"));
  const complaints: string[] = [];
  const simulator = createSimulator({ accounts: [DEMO_ACCOUNT] });
  const wechat = await startSimulatorServer({ port: 0, simulator });
  const modules = bundleWorker(folder).map((path) => ({
    type: path.endsWith(".wasm") ? ("CompiledWasm" as const) : ("ESModule" as const),
    path: path.endsWith(".wasm") ? `./${path}` : path,
    contents: readFileSync(join(folder, path)),
  }));
  const { workerOptions } = unstable_getMiniflareWorkerOptions("wrangler.toml");
  const { bindings, durableObjects, queueConsumers, ...shared } = workerOptions;
  const nameOf = (index: number) => `hdvoice-${index}`;
  const first = nameOf(0);
  const options = convertV4MiniflareOptions({
    port: 0,
    cf: false,
    log: new Log(LogLevel.ERROR),
    handleStructuredLogs: ({ level, message }) => {
      if (level === "warn" || level === "error") complaints.push(message);
    },
    workers: Array.from({ length: count }, (_, index) => ({
      ...shared,
      name: nameOf(index),
      modules,
      bindings: { ...(bindings as object), ...demoAccount(wechat.origin), API_KEYS: DEMO_KEYS, ...settings },
      ...(index === 0 ? { queueConsumers } : {}),
      durableObjects: Object.fromEntries(
        Object.entries(durableObjects ?? {}).map(([name, object]) => [
          name,
          index === 0 ? object : { ...(object as object), scriptName: first },
        ]),
      ),
      unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
    })),
  } as Parameters<typeof convertV4MiniflareOptions>[0]);
  const miniflare = new Miniflare(options);
  await miniflare.ready;
  const origins = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const { origin } = await miniflare.unsafeGetDirectURL(nameOf(index));
      return origin;
    }),
  );
  return {
    origins,
    simulator,
    complaints,
    async stop() {
      await miniflare.dispose();
      await wechat.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
