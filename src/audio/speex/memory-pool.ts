/**
 * The memories of decoders: a closed decoder's serves a later one. A new memory costs the operating system as much time as
 * three seconds of voice cost the decoder.
 *
 * Shared by all requests of an isolate, safely: a memory is either a decoder's or in here, and in here it is all zeros,
 * as a new one is. Nothing of a stream is left in it.
 */

/** Of 64 KiB each, for good: tools/build-wasm.ts compiles the module for just that. */
export const MEMORY_PAGES = 3;

/** So many wait for later decoders, as two voices are decoded at once now and then; what is more goes to the collector. */
const MOST_IDLE = 2;

const idle: WebAssembly.Memory[] = [];

/** All zeros. Whoever takes it may keep it. */
export function takeMemory(): WebAssembly.Memory {
  return idle.pop() ?? new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES });
}

/** Clears a memory from `takeMemory` for the next taker. Its last one must touch it no more. */
export function giveMemoryBack(memory: WebAssembly.Memory): void {
  if (idle.length >= MOST_IDLE) return;
  new Uint8Array(memory.buffer).fill(0);
  idle.push(memory);
}
