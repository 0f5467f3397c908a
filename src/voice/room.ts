/**
 * How much the keepers of one isolate hold for voices that are under way, and how much they may: an isolate has 128 MB, a minute
 * of voice is 180 kB as WeChat sends it and 1.9 MB decoded. Safe to share between objects: it is numbers.
 */

/** The last part is for sources only, so that decoded sound never prevents a voice from being fetched. */
const MAX_HELD_BYTES = 32 * 1024 * 1024;
const FOR_SOURCES_BYTES = 8 * 1024 * 1024;

/** Bytes held, by keeper. */
export type HeldBytes = Map<string, number>;

export interface Lease {
  /** Takes so many more. False: there is no room, and nothing has changed. */
  grow(bytes: number): boolean;
  /** May be called more than once. */
  giveBack(): void;
}

/** One keeper's part. What an earlier object of that name held is free: the runtime ends objects without notice. */
export class Room {
  readonly #held: HeldBytes;
  readonly #keeper: string;

  constructor(held: HeldBytes, keeper: string) {
    this.#held = held;
    this.#keeper = keeper;
    held.set(keeper, 0);
  }

  get heldBytes(): number {
    return this.#held.get(this.#keeper) ?? 0;
  }

  /** Null: there is no room. */
  take(bytes: number, what: "source" | "wav"): Lease | null {
    const most = what === "source" ? MAX_HELD_BYTES : MAX_HELD_BYTES - FOR_SOURCES_BYTES;
    let taken = 0;
    const add = (more: number) => {
      taken += more;
      this.#held.set(this.#keeper, this.heldBytes + more);
    };
    const grow = (more: number) => {
      if (this.#heldByAll() + more > most) return false;
      add(more);
      return true;
    };
    return grow(bytes) ? { grow, giveBack: () => add(-taken) } : null;
  }

  #heldByAll(): number {
    let sum = 0;
    for (const bytes of this.#held.values()) sum += bytes;
    return sum;
  }
}
