/** `Server-Timing` (W3C): how long the parts of one request took, in milliseconds, for whoever opens the dev tools. */

/** Runs `work` and remembers how long it took under `name`. Repeated names add up. */
export type Measure = <T>(name: string, work: () => Promise<T>) => Promise<T>;

export interface Timings {
  readonly measure: Measure;
  header(): string;
}

export function createTimings(nowMs: () => number): Timings {
  const spentMs = new Map<string, number>();
  return {
    async measure(name, work) {
      const startedAtMs = nowMs();
      try {
        return await work();
      } finally {
        spentMs.set(name, (spentMs.get(name) ?? 0) + nowMs() - startedAtMs);
      }
    },
    header: () => [...spentMs].map(([name, ms]) => `${name};dur=${ms}`).join(", "),
  };
}
