/**
 * Work that several requests of one isolate want at the same time and that is done once: the second request joins what
 * the first has begun. What crosses from request to request is bytes and promises; `waitUntil` keeps the request
 * that does the work alive. One that the runtime has ended all the same is not joined after JOINABLE_MS.
 */

const JOINABLE_MS = 60_000;

interface Entry<T> {
  readonly startedAtMs: number;
  readonly work: Promise<T>;
  isDropped: boolean;
}

export class UnderWay<T> {
  readonly #entries = new Map<string, Entry<T>>();
  /** Of dropped work too. */
  readonly #unsettled = new Set<Promise<void>>();

  /**
   * Begins the work under this key, or joins it. `begin` gets a function that tells whether the work has been dropped
   * meanwhile. `settled` tells when nothing is left to do; it never rejects.
   */
  join(
    key: string,
    { nowMs, waitUntil }: { nowMs: number; waitUntil: (promise: Promise<unknown>) => void },
    begin: (isDropped: () => boolean) => Promise<T>,
    settled: (work: T) => Promise<void>,
  ): Promise<T> {
    const running = this.#joinable(key, nowMs);
    if (running) return running.work;

    const work = begin(() => entry.isDropped);
    const entry: Entry<T> = { startedAtMs: nowMs, work, isDropped: false };
    this.#entries.set(key, entry);
    // Whoever awaits the work hears why it did not begin.
    const end = work
      .then(settled, () => {})
      .finally(() => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
        this.#unsettled.delete(end);
      });
    this.#unsettled.add(end);
    waitUntil(end);
    return work;
  }

  /** Whether `join` would join what another request has begun. */
  isRunning(key: string, nowMs: number): boolean {
    return this.#joinable(key, nowMs) !== null;
  }

  /** Nobody joins this work any more, and it is told so: what it makes is not to be kept. */
  drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry) entry.isDropped = true;
    this.#entries.delete(key);
  }

  /** Resolves when all that is under way now has ended, well or not. */
  async allSettled(): Promise<void> {
    await Promise.all(this.#unsettled);
  }

  #joinable(key: string, nowMs: number): Entry<T> | null {
    const running = this.#entries.get(key);
    return running && nowMs - running.startedAtMs < JOINABLE_MS ? running : null;
  }
}
