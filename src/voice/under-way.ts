/**
 * Work that several requests of one isolate want at the same time and that is done once: the second request joins what
 * the first has begun. What crosses from request to request is bytes and promises; `waitUntil` keeps the request
 * that does the work alive. One that the runtime has ended all the same is not joined after JOINABLE_MS.
 */

const JOINABLE_MS = 60_000;

interface Entry<T> {
  readonly startedAtMs: number;
  readonly work: Promise<T>;
  readonly settled: Promise<void>;
}

export class UnderWay<T> {
  readonly #entries = new Map<string, Entry<T>>();

  /** Begins the work under this key, or joins it. `settled` tells when nothing is left to do; it never rejects. */
  join(
    key: string,
    { nowMs, waitUntil }: { nowMs: number; waitUntil: (promise: Promise<unknown>) => void },
    begin: () => Promise<T>,
    settled: (work: T) => Promise<void>,
  ): Promise<T> {
    const running = this.#entries.get(key);
    if (running && nowMs - running.startedAtMs < JOINABLE_MS) return running.work;

    const work = begin();
    // Whoever awaits the work hears why it did not begin.
    const end = work
      .then(settled, () => {})
      .finally(() => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      });
    const entry: Entry<T> = { startedAtMs: nowMs, work, settled: end };
    this.#entries.set(key, entry);
    waitUntil(end);
    return work;
  }

  /** Resolves when all that is under way now has ended, well or not. */
  async allSettled(): Promise<void> {
    await Promise.all([...this.#entries.values()].map((entry) => entry.settled));
  }
}
