/** Builds and runs reference.c. Needs a C compiler and libspeex with its headers (Debian: libspeex-dev). */
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Vector } from "./vectors.ts";

const SOURCE = join(import.meta.dirname, "reference.c");

export interface Reference {
  encode(vector: Vector, speech: Uint8Array): Uint8Array;
  decode(vector: Vector, stream: Uint8Array): Uint8Array;
}

/** Null where there is no compiler or no libspeex. */
export function buildReference(): Reference | null {
  const program = join(mkdtempSync(join(tmpdir(), "speex-reference-")), "reference");
  const build = spawnSync(process.env.CC ?? "cc", ["-O2", SOURCE, "-lspeex", "-o", program]);
  if (build.status !== 0) return null;

  function run(words: string[], input: Uint8Array): Uint8Array {
    const result = spawnSync(program, words, { input, maxBuffer: 1 << 28 });
    if (result.status !== 0) throw new Error(`reference ${words.join(" ")}: ${result.stderr}`);
    return new Uint8Array(result.stdout);
  }

  return {
    encode: (vector, speech) => run(["encode", vector.encodedAs, vector.script], speech),
    decode: (vector, stream) =>
      run(["decode", vector.mode, `${vector.framesPerPacket}`, vector.enhance ? "1" : "0"], stream),
  };
}
