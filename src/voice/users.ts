/** Counts who still uses something that is held for several. */
export class Users {
  readonly #onUnused: () => void;
  #count = 0;

  /** `onUnused` is called whenever the last of them has left. */
  constructor(onUnused: () => void) {
    this.#onUnused = onUnused;
  }

  /** One more. Returns the function by which it leaves, which may be called more than once. */
  join(): () => void {
    this.#count++;
    let isHere = true;
    return () => {
      if (!isHere) return;
      isHere = false;
      this.#count--;
      if (this.#count === 0) this.#onUnused();
    };
  }
}
