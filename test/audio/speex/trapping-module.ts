/** A module with the decoder's exports whose `decode` fills its memory and traps: the real one isn't known to. */
import { compileString } from "assemblyscript/asc";

export async function trappingModule(): Promise<WebAssembly.Module> {
  const addresses = ["inputAddress", "lengthsAddress", "outputAddress", "modeCountsAddress"];
  const counts = ["corruptFrameCount", "absentFrameCount"];
  const source = [
    ...addresses.map((name) => `export function ${name}(): usize { return 1024; }`),
    ...counts.map((name) => `export function ${name}(): i32 { return 0; }`),
    "export function inputBytes(): i32 { return 1024; }",
    "export function framesPerCall(): i32 { return 1; }",
    "export function setUp(a: bool, b: bool, c: i32): void {}",
    "export function decode(count: i32, silent: bool): void {",
    "  memory.fill(0, 0xa5, <usize>memory.size() << 16);",
    "  unreachable();",
    "}",
    "export function conceal(count: i32, silent: bool): void {}",
  ].join("\n");
  const { binary } = await compileString(source, { runtime: "stub", use: ["abort="], importMemory: true });
  return new WebAssembly.Module(binary as Uint8Array<ArrayBuffer>);
}
