/** Runs a conformance vector through the WebAssembly decoder, in Node. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createDecoder } from "../../src/audio/speex/decoder.ts";
import { readPackets } from "./packets.ts";
import type { Vector } from "./vectors.ts";

const FIXTURES = join(import.meta.dirname, "../../test/fixtures/speex");

export function readVector(vector: Vector): {
  stream: Uint8Array;
  packets: Uint8Array[];
  reference: Int16Array;
} {
  const stream = new Uint8Array(readFileSync(join(FIXTURES, `${vector.name}.packets`)));
  const reference = samplesOf(new Uint8Array(readFileSync(join(FIXTURES, `${vector.name}.s16le`))));
  return { stream, packets: readPackets(stream), reference };
}

/** All the samples that the packets give; `perCall` of them are handed over at a time. */
export function decodePackets(
  module: WebAssembly.Module,
  vector: Pick<Vector, "mode" | "framesPerPacket" | "enhance">,
  packets: readonly Uint8Array[],
  perCall = packets.length,
): Int16Array {
  const decoder = createDecoder(module, vector, { enhance: vector.enhance });
  const parts: Uint8Array[] = [];
  for (let at = 0; at < packets.length; at += perCall) {
    const run = packets.slice(at, at + perCall);
    decoder.decode({ bytes: concatenate(run), lengths: run.map(({ length }) => length) }, (pcm) => {
      parts.push(pcm.slice());
    });
  }
  return samplesOf(concatenate(parts));
}

export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Bytes of s16le, at any offset of their buffer, as samples (on a little-endian machine). */
export function samplesOf(bytes: Uint8Array): Int16Array {
  return new Int16Array(bytes.slice().buffer);
}
