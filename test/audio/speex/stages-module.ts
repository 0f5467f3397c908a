/** The decoder's stages, each callable by itself (src/audio/speex/wasm/stages.ts). */
import { readFileSync } from "node:fs";
import { join } from "node:path";

type Stage = (...numbers: (number | boolean)[]) => number;

export interface Stages {
  /** Calls a stage. */
  run(name: string, ...numbers: (number | boolean)[]): number;
  /** The address of a buffer that the stages share. */
  at(name: string): number;
  floats(address: number, count: number): Float32Array;
  put(address: number, values: ArrayLike<number>): void;
  putBytes(address: number, values: ArrayLike<number>): void;
  /** Makes `bytes` the packet that is read. */
  open(bytes: Uint8Array): void;
}

const module = new WebAssembly.Module(readFileSync(join(import.meta.dirname, "stages.wasm")));

/** A fresh instance: no stage remembers anything. */
export function openStages(): Stages {
  const exports = new WebAssembly.Instance(module).exports;
  const { buffer } = exports.memory as WebAssembly.Memory;
  const run = (name: string, ...numbers: (number | boolean)[]) => (exports[name] as Stage)(...numbers);
  const at = (name: string) => (exports[name] as WebAssembly.Global<"i32">).value;
  run("prepare");
  return {
    run,
    at,
    floats: (address, count) => new Float32Array(buffer, address, count),
    put: (address, values) => new Float32Array(buffer, address, values.length).set(values),
    putBytes: (address, values) => new Uint8Array(buffer, address, values.length).set(values),
    open(bytes) {
      new Uint8Array(buffer, at("SCRATCH"), bytes.length).set(bytes);
      run("openPacket", at("SCRATCH"), bytes.length);
    },
  };
}

/** Puts the past and the frame's excitation where the stages look for them; the frame's address. */
export function putExcitation(stages: Stages, past: Float64Array, frame: Float64Array): number {
  const address = stages.run("excitationAddress");
  stages.put(address - 4 * past.length, past);
  stages.put(address, frame);
  return address;
}
