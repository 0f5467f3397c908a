/** An input that may have to be read from its first byte again, though it comes only once: what stdin is. */

/** More than is ever looked at to tell what a file is. */
const MAX_KEPT_BYTES = 1024 * 1024;

export interface Replayable {
  /** To be read first. Breaking off does not close the input. */
  first(): AsyncIterable<Uint8Array>;
  /** From here on nothing is kept: what it is has been found out. */
  forget(): void;
  /** From the first byte on; null if that is not there any more. */
  again(): AsyncGenerator<Uint8Array> | null;
  close(): Promise<void>;
}

export function replayable(input: AsyncGenerator<Uint8Array>): Replayable {
  let kept: Uint8Array[] | null = [];
  let keptBytes = 0;

  async function next(): Promise<IteratorResult<Uint8Array>> {
    const step = await input.next();
    if (step.done || kept === null) return step;
    keptBytes += step.value.length;
    if (keptBytes > MAX_KEPT_BYTES) kept = null;
    else kept.push(step.value);
    return step;
  }

  async function* replay(beginning: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
    yield* beginning;
    yield* input;
  }

  return {
    first: () => ({ [Symbol.asyncIterator]: () => ({ next }) }),
    forget() {
      kept = null;
    },
    again: () => (kept === null ? null : replay(kept)),
    async close() {
      await input.return(undefined);
    },
  };
}
