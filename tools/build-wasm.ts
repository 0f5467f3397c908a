/**
 * Compiles the Speex decoder, src/audio/speex/wasm → src/audio/speex/speex.wasm, unless that is up to date.
 * What it promises: it imports nothing but a memory that cannot grow, and has at most 32 kB. A second module from the
 * same sources, test/audio/speex/stages.wasm, lets the tests call each stage by itself.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { MEMORY_PAGES } from "../src/audio/speex/memory-pool.ts";

const ROOT = join(import.meta.dirname, "..");
const SOURCES = join(ROOT, "src/audio/speex/wasm");
const TARGET = join(ROOT, "src/audio/speex/speex.wasm");
const STAGES = join(ROOT, "test/audio/speex/stages.wasm");
const MAX_BYTES = 32_000;

function newestMs(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return Math.max(...files.map((file) => statSync(join(folder, file)).mtimeMs));
}

function compile(entry: string, target: string, ...options: string[]): void {
  const asc = spawnSync(
    process.execPath,
    [
      join(ROOT, "node_modules/assemblyscript/bin/asc.js"),
      entry,
      ...["--outFile", target, "-O3", "--noAssert", "--runtime", "stub", "--use", "abort="],
      // 112: "exchange of v128 values", of helpers that are never exported from the module.
      ...["--disableWarning", "112"],
      ...["--enable", "simd", "--enable", "relaxed-simd"],
      ...["--initialMemory", `${MEMORY_PAGES}`, "--maximumMemory", `${MEMORY_PAGES}`],
      ...options,
    ],
    { stdio: "inherit" },
  );
  if (asc.status !== 0) throw new Error(`asc did not compile ${entry}`);
}

function check(target: string): void {
  const bytes = readFileSync(target);
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
  if (imports.length !== 1 || imports[0]?.kind !== "memory")
    throw new Error(`the decoder imports ${imports.map(({ name }) => name).join(", ") || "no memory"}`);
  if (bytes.length > MAX_BYTES)
    throw new Error(`the decoder has ${bytes.length} bytes, more than ${MAX_BYTES}`);
  console.log(`speex.wasm: ${bytes.length} bytes`);
}

function isOlder(target: string, sourcesMs: number): boolean {
  return !existsSync(target) || statSync(target).mtimeMs < sourcesMs;
}

const sourcesMs = Math.max(newestMs(SOURCES), statSync(import.meta.filename).mtimeMs);
if (isOlder(TARGET, sourcesMs)) {
  // The memory is the host's, which uses it again and again: all zeros whenever a decoder begins.
  compile(join(SOURCES, "index.ts"), TARGET, "--importMemory", "--zeroFilledMemory");
  check(TARGET);
}
if (process.argv.includes("--stages") && isOlder(STAGES, sourcesMs))
  compile(join(SOURCES, "stages.ts"), STAGES);
