/** The compiled decoder, for tools and tests in Node; `npm run build` makes it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const FILE = join(import.meta.dirname, "../src/audio/speex/speex.wasm");

export function readSpeexWasm(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(FILE));
}

export function loadSpeexModule(): WebAssembly.Module {
  return new WebAssembly.Module(readSpeexWasm());
}
