/** Wakes whoever waits for a change. Costs nothing while nobody waits. */
export class Signal {
  #waiting: PromiseWithResolvers<void> | null = null;

  /** Resolves at the next `give`. */
  wait(): Promise<void> {
    this.#waiting ??= Promise.withResolvers<void>();
    return this.#waiting.promise;
  }

  give(): void {
    this.#waiting?.resolve();
    this.#waiting = null;
  }
}
