/**
 * The world that the Worker under test lives in: WeChat's stand-in answers its fetches, and a test may move the clock,
 * take chance away, or shorten long waits. Nothing global is replaced.
 */
import type { Settings } from "../../src/config/settings.ts";
import type { Env } from "../../src/env.ts";
import { createIsolate, type Isolate } from "../../src/services/isolate.ts";
import { REAL_WORLD, type World } from "../../src/world.ts";

interface Bends {
  /** Null: the real clock, moved by `aheadMs`. */
  stoppedAtMs: number | null;
  aheadMs: number;
  random: (() => number) | null;
  /** Waits longer than a second take this part of their time. */
  hurry: number;
  fetch: World["fetch"];
  /** In place of those of the environment. A keeper that lives already goes on with its own (renewKeepers). */
  settings: Partial<Settings>;
}

const LONG_MS = 1_000;
const UNBENT: Bends = {
  stoppedAtMs: null,
  aheadMs: 0,
  random: null,
  hurry: 1,
  fetch: async (url) => {
    throw new Error(`unexpected request to ${url}`);
  },
  settings: {},
};
let bends: Bends = { ...UNBENT };

const hurried = (ms: number) => (ms > LONG_MS ? ms / bends.hurry : ms);

export const world: World = {
  fetch: (url, init) => bends.fetch(url, init),
  nowMs: () => (bends.stoppedAtMs ?? REAL_WORLD.nowMs()) + bends.aheadMs,
  random: () => (bends.random ?? REAL_WORLD.random)(),
  sleep: (ms) => REAL_WORLD.sleep(hurried(ms)),
  write: REAL_WORLD.write,
  startTimer: (ms, onEnd) => REAL_WORLD.startTimer(hurried(ms), onEnd),
};

/** Bends the world until the test ends. */
export function bend(changes: Partial<Bends>): void {
  Object.assign(bends, changes);
}

/** Time passes, at once. */
export function letPass(ms: number): void {
  bends.aheadMs += ms;
}

/** The environment with the test's own settings. */
export function withSettings(env: Env): Env {
  return Object.keys(bends.settings).length > 0 ? { ...env, ...bends.settings } : env;
}

/** No pause between attempts: back-off is random. */
export function withoutBackoff(): void {
  bend({ random: () => 0 });
}

let memory = createIsolate(world);

/** The isolate under test. What it remembers is forgotten between tests, or when a test wants a fresh one. */
export const isolate: Isolate = {
  world,
  get tokens() {
    return memory.tokens;
  },
  get hosts() {
    return memory.hosts;
  },
  get heldBytes() {
    return memory.heldBytes;
  },
};

export function forgetEverything(): void {
  memory = createIsolate(world);
}

export function unbend(): void {
  bends = { ...UNBENT };
  forgetEverything();
}
