/**
 * Decodes the minute again and again in this process and prints what each run took, as JSON. A process of its own,
 * so that the first run is a first run.
 */
import { createDecoder } from "../../src/audio/speex/decoder.ts";
import { loadSpeexModule } from "../conformance/decode.ts";
import { minuteOfVoice, PACKET_BYTES } from "./voice.ts";

export interface NodeRuns {
  /** CPU time of the main thread in each run, from instantiating to the last sample. */
  readonly threadMs: number[];
  /** CPU time of the whole process during the first run: V8 compiles on other threads meanwhile. */
  readonly firstProcessCpuMs: number;
}

const runs = Number(process.argv[2] ?? 1);
const bytes = minuteOfVoice();
const lengths = new Uint8Array(bytes.length / PACKET_BYTES).fill(PACKET_BYTES);
const module = loadSpeexModule();

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function decodeOnce(): number {
  const start = threadMs();
  const decoder = createDecoder(module, { mode: "wideband", framesPerPacket: 1 });
  decoder.decode({ bytes, lengths }, () => {});
  return threadMs() - start;
}

const before = process.cpuUsage();
const times = [decodeOnce()];
const { user, system } = process.cpuUsage(before);
while (times.length < runs) times.push(decodeOnce());
console.log(
  JSON.stringify({ threadMs: times, firstProcessCpuMs: (user + system) / 1000 } satisfies NodeRuns),
);
