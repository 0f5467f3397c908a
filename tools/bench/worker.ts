/**
 * CPU time of a cached hit, as a ratio to a bare Worker that streams the same R2 object: both under workerd, in turns, with
 * R2 in another process. Rounds alternate and medians are compared, so that what else the machine does falls on both.
 */
import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DECODER_VERSION } from "../../src/audio/speex/decoder.ts";
import { DEMO_KEY, DEMO_KEYS, demoAccount } from "../local/settings.ts";
import { DEMO_ACCOUNT } from "../simulator/demo-simulator.ts";
import { bundleWorker, type RunningWorkerd, startWorkerd } from "./gateway-workerd.ts";
import { type StandInObject, startR2StandIn } from "./r2-stand-in.ts";

export interface WorkerBenchOptions {
  readonly rounds?: number;
  readonly requestsPerRound?: number;
}

export interface WorkerBenchLine {
  readonly form: "speex" | "wav";
  readonly seconds: number;
  readonly lengthBytes: number;
  /** Medians, per request. */
  readonly gatewayMicroseconds: number;
  readonly bareMicroseconds: number;
  readonly ratio: number;
}

export interface WorkerBenchResult {
  readonly goal: number;
  readonly lines: readonly WorkerBenchLine[];
}

/** DESIGN: a cached hit costs no more than so many times what the bare Worker costs. */
const GOAL = 1.5;
const VOICE_SECONDS = [8, 60];
const FETCHED_AT = "2026-10-20T12:00:00.000Z";

export async function benchWorker(options: WorkerBenchOptions = {}): Promise<WorkerBenchResult> {
  const { rounds = 15, requestsPerRound = 200 } = options;
  const folder = mkdtempSync(join(tmpdir(), "hdvoice-bench-"));
  const objects = VOICE_SECONDS.flatMap((seconds) => [storedSource(seconds), storedWav(seconds)]);
  const r2 = await startR2StandIn(objects);
  const running: RunningWorkerd[] = [];
  try {
    const modules = bundleWorker(folder);
    copyFileSync(new URL("bare-worker.js", import.meta.url), join(folder, "bare-worker.js"));
    const variables = { ...demoAccount("http://127.0.0.1:9"), API_KEYS: DEMO_KEYS };
    const gateway = await startWorkerd("gateway", { folder, modules, variables, r2Port: r2.port });
    running.push(gateway);
    const bare = await startWorkerd("bare", {
      folder,
      modules: ["bare-worker.js"],
      variables,
      r2Port: r2.port,
    });
    running.push(bare);

    const lines: WorkerBenchLine[] = [];
    for (const object of objects) lines.push(await compare(object, gateway, bare, rounds, requestsPerRound));
    return { goal: GOAL, lines };
  } finally {
    for (const workerd of running) await workerd.stop();
    r2.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(
  object: StandInObject,
  gateway: RunningWorkerd,
  bare: RunningWorkerd,
  rounds: number,
  requestCount: number,
): Promise<WorkerBenchLine> {
  const [, , , mediaId = "", form = ""] = object.key.split("/");
  const suffix = form === "source" ? "speex" : "wav";
  const hit = `${gateway.origin}/v1/voices/${mediaId}.${suffix}`;
  const direct = `${bare.origin}/${object.key}`;
  const spent = { gateway: [] as number[], bare: [] as number[] };
  // The first rounds warm up the just-in-time compiler and don't count.
  for (let round = -2; round < rounds; round++) {
    const ours = await cpuPerRequest(gateway, hit, object.bytes.length, requestCount);
    const theirs = await cpuPerRequest(bare, direct, object.bytes.length, requestCount);
    if (round < 0) continue;
    spent.gateway.push(ours);
    spent.bare.push(theirs);
  }
  const gatewayMicroseconds = median(spent.gateway);
  const bareMicroseconds = median(spent.bare);
  return {
    form: suffix,
    seconds: Number(/\d+/.exec(mediaId)?.[0]),
    lengthBytes: object.bytes.length,
    gatewayMicroseconds,
    bareMicroseconds,
    ratio: gatewayMicroseconds / bareMicroseconds,
  };
}

/** In microseconds. One request after the other, over one connection. */
async function cpuPerRequest(
  workerd: RunningWorkerd,
  url: string,
  lengthBytes: number,
  count: number,
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const before = workerd.cpuNanoseconds();
  for (let i = 0; i < count; i++) await read(url, agent, lengthBytes);
  const spent = workerd.cpuNanoseconds() - before;
  agent.destroy();
  return spent / count / 1000;
}

function read(url: string, agent: Agent, lengthBytes: number): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { authorization: `Bearer ${DEMO_KEY}` } }, (response) => {
      let received = 0;
      response.on("data", (chunk: Buffer) => {
        received += chunk.length;
      });
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === 200 && received === lengthBytes) resolve();
        else reject(new Error(`${url} answered ${response.statusCode} with ${received} bytes.`));
      });
    }).on("error", reject);
  });
}

/** As src/voice/stored-metadata.ts has it; what it refuses would end the measurement with a 503. */
function storedSource(seconds: number): StandInObject {
  const bytes = new Uint8Array(seconds * 3_000).fill(0x36);
  const metadata = {
    bytes: String(bytes.length),
    sha256: createHash("sha256").update(bytes).digest("hex"),
    framing: "bare",
    looksLike: "",
    frames: String(seconds * 50),
    rateHz: "16000",
    trailingBytes: "0",
    oggLengthBytes: String(bytes.length + 500),
    fetchedAt: FETCHED_AT,
  };
  return { key: keyOf(seconds, "source"), bytes, contentType: "voice/speex", metadata };
}

function storedWav(seconds: number): StandInObject {
  const bytes = new Uint8Array(44 + seconds * 32_000);
  const metadata = {
    bytes: String(bytes.length),
    decoderVersion: String(DECODER_VERSION),
    rateHz: "16000",
    fetchedAt: FETCHED_AT,
  };
  return { key: keyOf(seconds, "wav"), bytes, contentType: "audio/wav", metadata };
}

function keyOf(seconds: number, form: "source" | "wav"): string {
  return `voice/v1/${DEMO_ACCOUNT.appId}/voice-${seconds}s/${form}`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function printWorker(result: WorkerBenchResult): void {
  console.log("CPU time of a cached hit, per request, against a bare Worker that streams the same R2 object");
  for (const { form, seconds, lengthBytes, gatewayMicroseconds, bareMicroseconds, ratio } of result.lines) {
    console.log(
      `  ${`${seconds} s .${form}`.padEnd(12)}${String(lengthBytes).padStart(9)} bytes` +
        `${gatewayMicroseconds.toFixed(0).padStart(7)} µs, bare ${bareMicroseconds.toFixed(0).padStart(5)} µs` +
        `, ${ratio.toFixed(2)}× (goal ${result.goal})`,
    );
  }
}
