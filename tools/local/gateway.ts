/** Runs the Worker on this machine under `wrangler dev`, as a child that ends when we do. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { QUIET_WRANGLER } from "./quiet-wrangler.ts";

export interface LocalGatewayOptions {
  /** 0: any free one. */
  readonly port: number;
  /** Variables and secrets, which win over wrangler.toml and .dev.vars. */
  readonly vars: Readonly<Record<string, string>>;
  /** Where KV, R2 and the rest are kept. Default: wrangler's own .wrangler/state. */
  readonly stateFolder?: string;
  /** What wrangler prints goes to this terminal: everything, or only what is wrong, or what is wrong to a function. */
  readonly output: "everything" | "trouble" | ((text: string) => void);
}

export interface LocalGateway {
  readonly origin: string;
  /** Resolves when wrangler has ended by itself or by stop(). */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 100;
const STOP_TIMEOUT_MS = 5_000;

/** Resolves once the Worker answers. Rejects with what is wrong when it can't start. */
export async function startLocalGateway(options: LocalGatewayOptions): Promise<LocalGateway> {
  const port = options.port === 0 ? await freePort() : await requireFree(options.port);
  const origin = `http://127.0.0.1:${port}`;
  const { output, stateFolder } = options;
  const stream = typeof output === "function" ? "pipe" : "inherit";
  const wrangler = spawn(
    process.execPath,
    [
      "node_modules/wrangler/bin/wrangler.js",
      "dev",
      "--local",
      "--ip=127.0.0.1",
      `--port=${port}`,
      "--inspector-port=0",
      "--show-interactive-dev-session=false",
      `--log-level=${output === "everything" ? "log" : "error"}`,
      ...(stateFolder === undefined ? [] : [`--persist-to=${stateFolder}`]),
      ...Object.entries(options.vars).flatMap(([name, value]) => ["--var", `${name}:${value}`]),
    ],
    // A process group of its own: wrangler's children, workerd among them, end with it.
    { stdio: ["ignore", stream, stream], env: { ...process.env, ...QUIET_WRANGLER }, detached: true },
  );
  if (typeof output === "function") {
    for (const pipe of [wrangler.stdout, wrangler.stderr]) pipe?.setEncoding("utf8").on("data", output);
  }
  const ended = once(wrangler, "exit").then(() => {});
  // Whatever ends us must not leave a server behind.
  process.once("exit", () => signalGroup(wrangler, "SIGKILL"));

  const gateway: LocalGateway = {
    origin,
    ended,
    async stop() {
      signalGroup(wrangler, "SIGTERM");
      await Promise.race([ended, sleep(STOP_TIMEOUT_MS, undefined, { ref: false })]);
      signalGroup(wrangler, "SIGKILL");
    },
  };
  try {
    await untilReady(origin, wrangler);
  } catch (error) {
    await gateway.stop();
    throw error;
  }
  return gateway;
}

async function untilReady(origin: string, wrangler: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (wrangler.exitCode !== null) throw new Error(`wrangler dev ended with code ${wrangler.exitCode}.`);
    try {
      const response = await fetch(`${origin}/healthz`);
      await response.body?.cancel();
      if (response.ok) return;
    } catch {
      // Not listening yet.
    }
    await sleep(POLL_MS);
  }
  throw new Error(`The Worker did not answer at ${origin} within ${READY_TIMEOUT_MS / 1000} s.`);
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has ended already, or this system knows no groups (Windows).
    child.kill(signal);
  }
}

async function freePort(): Promise<number> {
  return listenBriefly(0);
}

async function requireFree(port: number): Promise<number> {
  try {
    return await listenBriefly(port);
  } catch {
    throw new Error(`Port ${port} on 127.0.0.1 is in use. Choose another one with PORT=… npm run …`);
  }
}

async function listenBriefly(port: number): Promise<number> {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : port;
}
