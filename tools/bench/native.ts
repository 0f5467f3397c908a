/** The reference decoder, native, on the same minute. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { minuteOfVoice } from "./voice.ts";

export interface NativeDecoder {
  /** CPU milliseconds of each of `runs` runs. */
  measure(runs: number): number[];
}

/** Null where there is no C compiler or no libspeex with its headers. */
export function buildNative(): NativeDecoder | null {
  const folder = mkdtempSync(join(tmpdir(), "hdvoice-bench-"));
  const program = join(folder, "native");
  const source = join(import.meta.dirname, "native.c");
  if (spawnSync(process.env.CC ?? "cc", ["-O2", source, "-lspeex", "-o", program]).status !== 0) return null;
  const voice = join(folder, "minute.speex");
  writeFileSync(voice, minuteOfVoice());
  return {
    measure(runs) {
      const { stdout } = spawnSync(program, [voice, `${runs}`], { encoding: "utf8" });
      return stdout.trim().split("\n").map(Number);
    },
  };
}
