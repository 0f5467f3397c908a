/** A bare workerd as a child of this process, without wrangler's proxies and tracing, and the CPU time it has used. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { type Configuration, configurationText } from "./configuration.ts";

const READY_TIMEOUT_MS = 60_000;
/** Where workerd reports its ports: the first file descriptor behind stdin, stdout and stderr. */
const CONTROL_FD = 3;

export interface WorkerdOptions {
  /** Where the configuration is written, and the modules lie. */
  readonly folder: string;
  /** The configuration's file is called after it. */
  readonly name: string;
  readonly configuration: Configuration;
  readonly environment?: Readonly<Record<string, string>>;
  /** What workerd and its Workers write on stderr. Default: inherit. */
  readonly stderr?: "inherit" | "ignore";
}

export interface Workerd {
  readonly pid: number;
  /** Where a Worker listens. */
  originOf(worker: string): string;
  /** Of all its threads, since it started. */
  cpuNanoseconds(): number;
  stop(): Promise<void>;
}

/** The binary that wrangler brings. */
export function workerdPath(): string {
  const fromWrangler = createRequire(createRequire(import.meta.url).resolve("wrangler"));
  return (fromWrangler("workerd") as { default: string }).default;
}

/** Resolves once every Worker listens: their global scopes have run. */
export async function startWorkerd(options: WorkerdOptions): Promise<Workerd> {
  const { folder, name, configuration, environment = {}, stderr = "inherit" } = options;
  const file = join(folder, `${name}.capnp`);
  writeFileSync(file, configurationText(configuration));
  const workerd = spawn(
    workerdPath(),
    ["serve", file, `--control-fd=${CONTROL_FD}`, "--experimental"],
    // Its stdout is what Workers log.
    { stdio: ["ignore", "ignore", stderr, "pipe"], env: { ...process.env, ...environment } },
  );
  const { pid } = workerd;
  if (pid === undefined) throw new Error("workerd could not be started.");
  process.once("exit", () => workerd.kill("SIGKILL"));
  const ports = await portsOf(workerd, configuration.workers.length);
  return {
    pid,
    originOf(worker) {
      const port = ports.get(worker);
      if (port === undefined) throw new Error(`workerd runs no Worker '${worker}'.`);
      return `http://127.0.0.1:${port}`;
    },
    cpuNanoseconds: () => cpuNanoseconds(pid),
    async stop() {
      const ended = once(workerd, "exit");
      workerd.kill("SIGKILL");
      await ended;
    },
  };
}

async function portsOf(workerd: ChildProcess, count: number): Promise<Map<string, number>> {
  const ports = new Map<string, number>();
  const control = workerd.stdio[CONTROL_FD] as Readable;
  const lines = createInterface({ input: control });
  const tooLate = setTimeout(() => workerd.kill("SIGKILL"), READY_TIMEOUT_MS);
  for await (const line of lines) {
    const { event, socket, port } = JSON.parse(line) as { event: string; socket?: string; port?: number };
    if (event === "listen" && socket !== undefined && port !== undefined) ports.set(socket, port);
    if (ports.size === count) break;
  }
  clearTimeout(tooLate);
  if (ports.size < count) throw new Error("workerd ended before its Workers listened: see above.");
  return ports;
}

/** Field 1 of schedstat is the time on a CPU, in nanoseconds, thread by thread. Linux only. */
function cpuNanoseconds(pid: number): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]))
    .reduce((sum, value) => sum + value, 0);
}
