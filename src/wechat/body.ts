/** Reading what WeChat sends, with an eye on the clock. */
import { ServiceError } from "../errors.ts";
import { unavailable } from "./transport.ts";

type ByteReader = ReadableStreamDefaultReader<Uint8Array>;

/** Reads the next chunk, or fails with `wechat-unavailable` when none comes in time. Null at the end. */
export async function readChunk(reader: ByteReader, stallTimeoutMs: number): Promise<Uint8Array | null> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const stalled = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable("WeChat fell silent inside an answer.")), stallTimeoutMs);
  });
  try {
    const { done, value } = await Promise.race([reader.read(), stalled]);
    return done ? null : value;
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    throw unavailable("The connection to WeChat broke inside an answer.", error);
  } finally {
    clearTimeout(timer);
  }
}

/** Reads until `into` holds `count` bytes, or the body ends. */
export async function readAtLeast(
  count: number,
  reader: ByteReader,
  into: Uint8Array[],
  stallTimeoutMs: number,
): Promise<void> {
  let have = lengthOf(into);
  while (have < count) {
    const chunk = await readChunk(reader, stallTimeoutMs);
    if (chunk === null) return;
    into.push(chunk);
    have += chunk.length;
  }
}

/** A whole small body, such as an answer in JSON. What is longer than `maxBytes` is cut there. */
export async function readWhole(
  response: Response,
  maxBytes: number,
  stallTimeoutMs: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.body) return new Uint8Array(0);
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  try {
    await readAtLeast(maxBytes, reader, chunks, stallTimeoutMs);
  } finally {
    await reader.cancel().catch(() => {});
  }
  return concat(chunks).slice(0, maxBytes);
}

export function concat(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(lengthOf(chunks));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

export function lengthOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}
