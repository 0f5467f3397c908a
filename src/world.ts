/**
 * The world outside as an argument: clock, randomness, timers, fetch and the log. There is one real one; tests and the
 * rehearsal bring their own, and nobody has to replace a global.
 */
export interface World {
  fetch(url: string, init: RequestInit): Promise<Response>;
  nowMs(): number;
  /** 0 ≤ x < 1. */
  random(): number;
  sleep(ms: number): Promise<void>;
  /** Calls `onEnd` after so long, unless the function that it returns is called before. */
  startTimer(ms: number, onEnd: () => void): () => void;
  /** One line of the log. Written by telemetry/log.ts alone. */
  write(level: "info" | "error", line: string): void;
}

export const REAL_WORLD: World = {
  fetch: (url, init) => fetch(url, init),
  nowMs: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  startTimer(ms, onEnd) {
    const timer = setTimeout(onEnd, ms);
    return () => clearTimeout(timer);
  },
  write(level, line) {
    if (level === "error") console.error(line);
    else console.log(line);
  },
};
