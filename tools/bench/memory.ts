/**
 * What memory workerd takes while many different voices of a minute are decoded at once, none of them stored before, and
 * while as many are passed on undecoded. Most of it is the local runtime's own (proxy, R2's stand-in, garbage not
 * collected yet): the difference between the two is the decoder's and the PCM's share.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startLocalGateway } from "../local/gateway.ts";
import { DEMO_KEY, DEMO_KEYS, demoAccount } from "../local/settings.ts";
import { workerdBytes } from "../local/workerd-memory.ts";
import { DEMO_ACCOUNT } from "../simulator/demo-simulator.ts";
import { startSimulatorServer } from "../simulator/server.ts";
import { createSimulator } from "../simulator/simulator.ts";

const VOICES = 200;
const ROUNDS = 3;
const WAV_BYTES = 44 + 60 * 32_000;
const SAMPLE_MS = 50;

export interface MemoryBenchResult {
  readonly voices: number;
  /** What the PCM of all of them is, together. */
  readonly pcmBytes: number;
  readonly idleBytes: number;
  /** Highest of each round. Where it stops growing, nothing is leaked. */
  readonly speexPeakBytes: readonly number[];
  readonly wavPeakBytes: readonly number[];
}

export async function benchMemory(): Promise<MemoryBenchResult> {
  const folder = mkdtempSync(join(tmpdir(), "hdvoice-memory-"));
  const simulator = createSimulator({ accounts: [DEMO_ACCOUNT] });
  const wechat = await startSimulatorServer({ port: 0, simulator });
  const gateway = await startLocalGateway({
    port: 0,
    vars: { ...demoAccount(wechat.origin), API_KEYS: DEMO_KEYS },
    stateFolder: folder,
    output: "trouble",
  });
  try {
    const speex = readFileSync("test/fixtures/voices/minute-60s.speex");
    const idleBytes = workerdBytes();
    const rounds = async (form: "speex" | "wav") => {
      const peaks: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const names = Array.from({ length: VOICES }, (_, index) => `${form}-${round}-${index}`);
        for (const name of names) simulator.addRecording(DEMO_ACCOUNT.appId, name, speex);
        const urls = names.map((name) => `${gateway.origin}/v1/voices/${name}.${form}`);
        const lengthBytes = form === "wav" ? WAV_BYTES : speex.length;
        peaks.push(await peakWhile(Promise.all(urls.map((url) => fetchWhole(url, lengthBytes)))));
      }
      return peaks;
    };
    const speexPeakBytes = await rounds("speex");
    const wavPeakBytes = await rounds("wav");
    return { voices: VOICES, pcmBytes: VOICES * WAV_BYTES, idleBytes, speexPeakBytes, wavPeakBytes };
  } finally {
    await gateway.stop();
    await wechat.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fetchWhole(url: string, lengthBytes: number): Promise<void> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${DEMO_KEY}` } });
  const { byteLength } = await response.arrayBuffer();
  if (byteLength !== lengthBytes) throw new Error(`${url}: ${response.status}, ${byteLength} bytes`);
}

async function peakWhile(work: Promise<unknown>): Promise<number> {
  let peak = 0;
  let running = true;
  const done = work.finally(() => {
    running = false;
  });
  while (running) {
    peak = Math.max(peak, workerdBytes());
    await Promise.race([sleep(SAMPLE_MS), done]);
  }
  await done;
  return peak;
}

export function printMemory(result: MemoryBenchResult): void {
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  const peaks = (bytes: readonly number[]) => bytes.map(mb).join(", ");
  console.log(
    `Resident memory of workerd under wrangler dev, ${result.voices} cold voices of a minute at once, round by round`,
  );
  console.log(`  idle                  ${mb(result.idleBytes)}`);
  console.log(`  .speex, passed on     ${peaks(result.speexPeakBytes)}`);
  console.log(`  .wav, decoded         ${peaks(result.wavPeakBytes)}  (${mb(result.pcmBytes)} of PCM)`);
}
