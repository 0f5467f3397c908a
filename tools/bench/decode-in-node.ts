/**
 * Decodes the minute in this process, once and then again and again, and prints what it took, as JSON. A process of its
 * own, so that the first run is a first run.
 *
 *     decode-in-node.ts RUNS [rehearsed]    rehearsed: the decoder has been, and V8 has had time to compile it
 */
import { setTimeout as sleep } from "node:timers/promises";
import { createDecoder } from "../../src/audio/speex/decoder.ts";
import { rehearseDecoder } from "../../src/audio/speex/rehearsal.ts";
import { loadSpeexModule } from "../speex-module.ts";
import { minuteOfVoice, PACKET_BYTES } from "./voice.ts";

export interface NodeRuns {
  /** What the rehearsal took, by the clock; 0 without one. */
  readonly rehearsalMs: number;
  /** From instantiating to the last sample, by the clock: CPU time comes in ticks too coarse for one run. */
  readonly firstMs: number;
  /** CPU time of the whole process during the first run: V8 compiles on other threads meanwhile. */
  readonly firstProcessCpuMs: number;
  /** CPU time of the main thread in a warm run: the mean of all. */
  readonly warmMs: number;
}

const WARM_UP_RUNS = 10;
const COMPILING_MS = 200;
const warmRuns = Number(process.argv[2] ?? 40);
const bytes = minuteOfVoice();
const lengths = new Uint8Array(bytes.length / PACKET_BYTES).fill(PACKET_BYTES);
const module = loadSpeexModule();

function decode(times: number): void {
  for (let run = 0; run < times; run++) {
    const decoder = createDecoder(module, { mode: "wideband", framesPerPacket: 1 });
    decoder.decode({ bytes, lengths }, () => {});
    decoder.close();
  }
}

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}

let rehearsalMs = 0;
if (process.argv[3] === "rehearsed") {
  const beforeMs = performance.now();
  rehearseDecoder(module);
  rehearsalMs = performance.now() - beforeMs;
  await sleep(COMPILING_MS);
}

const startMs = performance.now();
const before = process.cpuUsage();
decode(1);
const firstMs = performance.now() - startMs;
const firstProcessCpuMs = milliseconds(process.cpuUsage(before));

decode(WARM_UP_RUNS);
const warmBefore = process.threadCpuUsage();
decode(warmRuns);
const warmMs = milliseconds(process.threadCpuUsage(warmBefore)) / warmRuns;
console.log(JSON.stringify({ rehearsalMs, firstMs, firstProcessCpuMs, warmMs } satisfies NodeRuns));
