/**
 * One timer for one piece of work, however many steps it has. It looks at the work at fixed intervals and counts how many more
 * looks the present step, and the whole, may last. So a slow answer, however slow, ends in time, and a step needs no timer of
 * its own. A step may last for its time and one interval more.
 */
import type { World } from "../world.ts";

export class Deadline {
  readonly #startTimer: World["startTimer"];
  readonly #lookEveryMs: number;
  #looksLeft: number;
  #stepLooksLeft = 0;
  /** Null while nothing is waited for. */
  #onLate: (() => void) | null = null;
  #stopTimer: (() => void) | null = null;

  constructor({ startTimer }: Pick<World, "startTimer">, lookEveryMs: number, wholeMs: number) {
    this.#startTimer = startTimer;
    this.#lookEveryMs = lookEveryMs;
    this.#looksLeft = this.#looksIn(wholeMs);
  }

  /** The time of the whole is over: no step may begin. */
  get isOver(): boolean {
    return this.#looksLeft <= 0;
  }

  /** A step begins. `onLate` is called once, when the step or the whole has taken too long, unless `rest` comes first. */
  step(ms: number, onLate: () => void): void {
    this.#onLate = onLate;
    // Where looks go on already, the next one may come at once.
    this.#stepLooksLeft = this.#looksIn(ms) + (this.#stopTimer === null ? 0 : 1);
    if (this.isOver) this.#ring();
    else this.#arm();
  }

  /** A step that only waits for this promise, as long as the whole may take. */
  async waitFor<T>(promise: Promise<T>, tooLate: () => Error): Promise<T> {
    const late = Promise.withResolvers<never>();
    this.step(Number.POSITIVE_INFINITY, () => late.reject(tooLate()));
    try {
      return await Promise.race([promise, late.promise]);
    } finally {
      this.rest();
    }
  }

  /** Nothing is waited for, until the next step. */
  rest(): void {
    this.#onLate = null;
  }

  /** The whole may take so much longer. */
  prolong(ms: number): void {
    if (!this.isOver) this.#looksLeft += this.#looksIn(ms);
  }

  /** The work has ended. */
  stop(): void {
    this.#onLate = null;
    this.#stopTimer?.();
    this.#stopTimer = null;
  }

  #looksIn(ms: number): number {
    return Math.ceil(ms / this.#lookEveryMs);
  }

  #arm(): void {
    this.#stopTimer ??= this.#startTimer(this.#lookEveryMs, () => this.#look());
  }

  #look(): void {
    this.#stopTimer = null;
    this.#looksLeft--;
    this.#stepLooksLeft--;
    if (this.isOver || this.#stepLooksLeft <= 0) this.#ring();
    if (!this.isOver) this.#arm();
  }

  #ring(): void {
    const onLate = this.#onLate;
    this.#onLate = null;
    onLate?.();
  }
}
