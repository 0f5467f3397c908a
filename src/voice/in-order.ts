/** Does things one after the other that concern the same voice, in the order in which they were asked for. */
export class InOrder {
  readonly #last = new Map<string, Promise<void>>();

  /** Begins when all that was asked for before under this key has ended, well or not. */
  async do<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const mine = before === undefined ? work() : before.then(work);
    const end = mine.then(
      () => {},
      () => {},
    );
    this.#last.set(key, end);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === end) this.#last.delete(key);
    }
  }
}
