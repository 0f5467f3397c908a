/**
 * CPU time of a cached hit, as a ratio to a bare Worker that streams the same R2 object: both under workerd, in turns, with
 * R2 in another process. Rounds alternate and medians are compared, so that what else the machine does falls on both.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DECODER_VERSION } from "../../src/audio/speex/decoder.ts";
import { DEMO_KEY, DEMO_KEYS, demoAccount } from "../local/settings.ts";
import { DEMO_ACCOUNT } from "../simulator/demo-simulator.ts";
import { bundleWorker } from "./gateway-workerd.ts";
import { type Binding, modulesOf, type WorkerService } from "./runtime/configuration.ts";
import { startWorkerd, type Workerd } from "./runtime/process.ts";
import { readWranglerSettings } from "./runtime/settings.ts";
import { startR2StandIn } from "./stand-ins/r2.ts";
import { createObject, type StoredObject } from "./stand-ins/r2-bucket.ts";
import { median } from "./statistics.ts";

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
  const r2 = await startR2StandIn();
  for (const object of objects) r2.objects.set(object.key, object);
  const running: Workerd[] = [];
  try {
    const { compatibilityDate, compatibilityFlags } = readWranglerSettings();
    const variables = { ...demoAccount("http://127.0.0.1:9"), API_KEYS: DEMO_KEYS };
    const bindings: Binding[] = [
      { kind: "r2", name: "VOICES", service: "r2" },
      { kind: "kv", name: "TOKENS", service: "r2" },
      ...Object.entries(variables).map(([name, text]): Binding => ({ kind: "text", name, text })),
    ];
    const start = async (name: string, files: readonly string[]) => {
      const worker: WorkerService = { name, modules: modulesOf(files), bindings, compatibilityFlags };
      const configuration = { compatibilityDate, workers: [worker], servers: { r2: r2.port } };
      const workerd = await startWorkerd({ folder, name, configuration });
      running.push(workerd);
      return workerd;
    };
    const gateway = await start("gateway", bundleWorker(folder));
    const bare = await start("bare", bundleWorker(folder, "tools/bench/bare-worker.ts"));

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
  object: StoredObject,
  gateway: Workerd,
  bare: Workerd,
  rounds: number,
  requestCount: number,
): Promise<WorkerBenchLine> {
  const [, , , mediaId = "", form = ""] = object.key.split("/");
  const suffix = form === "source" ? "speex" : "wav";
  const hit = `${gateway.originOf("gateway")}/v1/voices/${mediaId}.${suffix}`;
  const direct = `${bare.originOf("bare")}/${object.key}`;
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
  workerd: Workerd,
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
function storedSource(seconds: number): StoredObject {
  const bytes = Buffer.alloc(seconds * 3_000, 0x36);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const metadata = {
    bytes: String(bytes.length),
    sha256,
    framing: "bare",
    looksLike: "",
    frames: String(seconds * 50),
    rateHz: "16000",
    trailingBytes: "0",
    oggLengthBytes: String(bytes.length + 500),
    fetchedAt: FETCHED_AT,
  };
  return createObject(keyOf(seconds, "source"), bytes, fieldsOf("voice/speex", metadata), sha256);
}

function storedWav(seconds: number): StoredObject {
  const bytes = Buffer.alloc(44 + seconds * 32_000);
  const metadata = {
    bytes: String(bytes.length),
    decoderVersion: String(DECODER_VERSION),
    rateHz: "16000",
    fetchedAt: FETCHED_AT,
  };
  return createObject(keyOf(seconds, "wav"), bytes, fieldsOf("audio/wav", metadata));
}

function fieldsOf(contentType: string, metadata: Readonly<Record<string, string>>) {
  const customFields = Object.entries(metadata).map(([k, v]) => ({ k, v }));
  return { httpFields: { contentType }, customFields };
}

function keyOf(seconds: number, form: "source" | "wav"): string {
  return `voice/v1/${DEMO_ACCOUNT.appId}/voice-${seconds}s/${form}`;
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
