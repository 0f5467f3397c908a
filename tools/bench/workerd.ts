/**
 * The decoder inside workerd, without wrangler around it: a Worker that decodes the minute once a request. A Worker's
 * own clock stands still while it computes, so the time is workerd's CPU time as Linux counts it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSpeexWasm } from "../speex-module.ts";
import { minuteOfVoice } from "./voice.ts";

const ROOT = join(import.meta.dirname, "../..");
const SPEEX = join(ROOT, "src/audio/speex");

const WORKER = `
import { createDecoder } from "./decoder.ts";
import module from "./speex.wasm";
import minute from "./minute.bin";
const bytes = new Uint8Array(minute);
const lengths = new Uint8Array(bytes.length / 60).fill(60);
export default {
  fetch(request) {
    if (new URL(request.url).pathname === "/idle") return new Response("0");
    const decoder = createDecoder(module, { mode: "wideband", framesPerPacket: 1 });
    let total = 0;
    decoder.decode({ bytes, lengths }, (pcm) => { total += pcm.length; });
    decoder.close();
    return new Response(String(total));
  },
};`;

function config(port: number): string {
  return `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]);
const worker :Workerd.Worker = (
  compatibilityDate = "2026-10-20",
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "decoder.ts", esModule = embed "decoder.js"),
    (name = "memory-pool.ts", esModule = embed "memory-pool.js"),
    (name = "speex.wasm", wasm = embed "speex.wasm"),
    (name = "minute.bin", data = embed "minute.bin")]);`;
}

export interface WorkerdRuns {
  readonly firstMs: number;
  readonly warmMs: number[];
}

/** Null where workerd or Linux's scheduler statistics are missing. */
export async function measureWorkerd(warmRuns: number): Promise<WorkerdRuns | null> {
  const binary = join(ROOT, "node_modules/.bin/workerd");
  if (!existsSync(binary) || !existsSync("/proc/self/schedstat")) return null;
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "hdvoice-workerd-"));
  writeFileSync(join(folder, "worker.js"), WORKER);
  writeFileSync(join(folder, "config.capnp"), config(port));
  for (const name of ["decoder", "memory-pool"]) {
    const source = readFileSync(join(SPEEX, `${name}.ts`), "utf8");
    writeFileSync(join(folder, `${name}.js`), stripTypeScriptTypes(source));
  }
  writeFileSync(join(folder, "speex.wasm"), readSpeexWasm());
  writeFileSync(join(folder, "minute.bin"), minuteOfVoice());

  const server = spawn(binary, ["serve", join(folder, "config.capnp")], { stdio: "ignore" });
  try {
    return await measure(server, `http://127.0.0.1:${port}`, warmRuns);
  } finally {
    server.kill("SIGTERM");
  }
}

async function measure(server: ChildProcess, origin: string, warmRuns: number): Promise<WorkerdRuns> {
  await answering(`${origin}/idle`);
  const idle = async () => (await cpuMsOf(server, () => get(`${origin}/idle`))).ms;
  for (let i = 0; i < 20; i++) await idle();
  const idleMs: number[] = [];
  for (let i = 0; i < 20; i++) idleMs.push(await idle());
  const overheadMs = idleMs.reduce((sum, ms) => sum + ms, 0) / idleMs.length;

  const decode = async () => {
    const { ms, body } = await cpuMsOf(server, () => get(`${origin}/decode`));
    if (body !== "1920000") throw new Error(`the Worker decoded ${body} bytes`);
    return ms - overheadMs;
  };
  const firstMs = await decode();
  for (let i = 0; i < 8; i++) await decode();
  const warmMs: number[] = [];
  for (let i = 0; i < warmRuns; i++) warmMs.push(await decode());
  return { firstMs, warmMs };
}

/** CPU time that all of the process's threads spend while `run` runs. */
async function cpuMsOf(
  server: ChildProcess,
  run: () => Promise<string>,
): Promise<{ ms: number; body: string }> {
  const before = threadTimesNs(server);
  const body = await run();
  return { ms: (threadTimesNs(server) - before) / 1e6, body };
}

function threadTimesNs({ pid }: ChildProcess): number {
  let total = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const fields = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
    total += Number(fields[0]);
  }
  return total;
}

async function get(url: string): Promise<string> {
  return await (await fetch(url)).text();
}

async function answering(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      await get(url);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error("workerd did not answer");
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
