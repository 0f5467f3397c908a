/** A Worker under a bare workerd, without wrangler's proxies and tracing, and the CPU time it has used. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { QUIET_WRANGLER } from "../local/quiet-wrangler.ts";

const COMPATIBILITY = 'compatibilityDate = "2026-10-20", compatibilityFlags = ["enable_request_signal"]';
const READY_TIMEOUT_MS = 15_000;

export interface WorkerdOptions {
  /** Where the configuration is written, and the modules lie. */
  readonly folder: string;
  /** File names in the folder; the first one is the Worker. */
  readonly modules: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly r2Port: number;
}

export interface RunningWorkerd {
  readonly origin: string;
  /** Of all its threads, since it started. */
  cpuNanoseconds(): number;
  stop(): Promise<void>;
}

/** Bundles the Worker as `wrangler deploy` does. The names of its modules, the Worker first. */
export function bundleWorker(folder: string): string[] {
  const wrangler = "node_modules/wrangler/bin/wrangler.js";
  const { status, stderr } = spawnSync(
    process.execPath,
    [wrangler, "deploy", "--dry-run", "--outdir", folder],
    {
      encoding: "utf8",
      env: { ...process.env, ...QUIET_WRANGLER },
    },
  );
  if (status !== 0) throw new Error(`wrangler could not bundle the Worker: ${stderr}`);
  return ["index.js", ...readdirSync(folder).filter((name) => name.endsWith(".wasm"))];
}

export async function startWorkerd(name: string, options: WorkerdOptions): Promise<RunningWorkerd> {
  const port = await freePort();
  const file = join(options.folder, `${name}.capnp`);
  writeFileSync(file, configuration(port, options));
  const workerd = spawn(workerdPath(), ["serve", file], { stdio: ["ignore", "ignore", "inherit"] });
  const { pid } = workerd;
  if (pid === undefined) throw new Error("workerd could not be started.");
  process.once("exit", () => workerd.kill("SIGKILL"));
  const origin = `http://127.0.0.1:${port}`;
  await untilListening(origin, workerd);
  return {
    origin,
    cpuNanoseconds: () => cpuNanoseconds(pid),
    async stop() {
      const ended = once(workerd, "exit");
      workerd.kill("SIGKILL");
      await ended;
    },
  };
}

function workerdPath(): string {
  const fromWrangler = createRequire(createRequire(import.meta.url).resolve("wrangler"));
  return (fromWrangler("workerd") as { default: string }).default;
}

function configuration(port: number, { modules, variables, r2Port }: WorkerdOptions): string {
  const texts = Object.entries(variables).map(
    ([name, value]) => `(name = ${JSON.stringify(name)}, text = ${JSON.stringify(value)})`,
  );
  const moduleList = modules.map((file) =>
    file.endsWith(".wasm")
      ? `(name = "./${file}", wasm = embed "${file}")`
      : `(name = "${file}", esModule = embed "${file}")`,
  );
  const bindings = [`(name = "VOICES", r2Bucket = "r2")`, `(name = "TOKENS", kvNamespace = "r2")`, ...texts];
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (${COMPATIBILITY},
      modules = [${moduleList.join(", ")}], bindings = [${bindings.join(", ")}])),
    (name = "r2", external = (address = "127.0.0.1:${r2Port}", http = ())) ],
  sockets = [ (name = "http", address = "127.0.0.1:${port}", http = (), service = "main") ] );
`;
}

/** Field 1 of schedstat is the time on a CPU, in nanoseconds, thread by thread. Linux only. */
function cpuNanoseconds(pid: number): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]))
    .reduce((sum, value) => sum + value, 0);
}

async function untilListening(origin: string, workerd: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (workerd.exitCode !== null) throw new Error(`workerd ended with code ${workerd.exitCode}.`);
    try {
      await (await fetch(`${origin}/healthz`)).body?.cancel();
      return;
    } catch {
      await sleep(50);
    }
  }
  throw new Error(`workerd did not answer at ${origin}.`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
