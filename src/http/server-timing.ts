/** `Server-Timing` (W3C): how long the parts of one request took, in milliseconds, for the browser's developer tools. */

/** Runs `work` and remembers how long it took under `name`. Repeated names add up. */
export type Measure = <T>(name: string, work: () => Promise<T>) => Promise<T>;

export interface Timings {
  readonly measure: Measure;
  /** Takes in what was spent elsewhere for the same request. */
  add(spentMs: Readonly<Record<string, number>>): void;
  spentMs(): Record<string, number>;
  header(): string;
}

export function createTimings(nowMs: () => number): Timings {
  const spentMs = new Map<string, number>();
  const add = (name: string, ms: number) => spentMs.set(name, (spentMs.get(name) ?? 0) + ms);
  return {
    async measure(name, work) {
      const startedAtMs = nowMs();
      try {
        return await work();
      } finally {
        add(name, nowMs() - startedAtMs);
      }
    },
    add(spent) {
      for (const [name, ms] of Object.entries(spent)) add(name, ms);
    },
    spentMs: () => Object.fromEntries(spentMs),
    header: () => [...spentMs].map(([name, ms]) => `${name};dur=${ms}`).join(", "),
  };
}
