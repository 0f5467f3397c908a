/** A transport whose every answer a test has written down, with a clock that only sleeping moves. */
import { onTestFinished } from "vitest";
import { Deadline } from "../../src/wechat/deadline.ts";
import { HostHealth } from "../../src/wechat/hosts.ts";
import { DEFAULT_PATIENCE, type Patience, type Transport } from "../../src/wechat/transport.ts";
import { REAL_WORLD } from "../../src/world.ts";

/** What a host does with one request: answers, can't be reached, or says nothing until the caller gives up. */
export type Act = (url: URL, init: RequestInit) => Response | Promise<Response>;

export interface ScriptedTransport extends Transport {
  /** Of the whole, as for one question. */
  readonly deadline: Deadline;
  /** Requests so far, in order. */
  readonly requests: { url: URL; headers: Headers }[];
  readonly pausesMs: number[];
  passTime(ms: number): void;
}

export const unreachable: Act = (url) => {
  throw new TypeError(`cannot connect to ${url}`);
};

export const silent: Act = (url, { signal }) =>
  new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(new Error(`gave up on ${url}`)));
  });

export const status =
  (code: number, body: BodyInit | null = "oops"): Act =>
  () =>
    new Response(body, { status: code, headers: code < 400 ? { location: "https://evil.test/" } : {} });

/** Plays the acts one after the other. Throws, like the real world never does, at a request too many. */
export function playTransport(acts: readonly Act[], patience: Partial<Patience> = {}): ScriptedTransport {
  const requests: ScriptedTransport["requests"] = [];
  const pausesMs: number[] = [];
  let nowMs = Date.UTC(2026, 2, 1, 4);
  return {
    requests,
    pausesMs,
    passTime: (ms) => {
      nowMs += ms;
    },
    async fetch(address, init) {
      const url = new URL(address);
      const act = acts[requests.length];
      requests.push({ url, headers: new Headers(init.headers) });
      if (!act) throw new Error(`unexpected request to ${url}`);
      const response = await act(url, init);
      const target = response.headers.get("location");
      if (target === null || init.redirect === "manual") return response;
      return this.fetch(target, init);
    },
    nowMs: () => nowMs,
    async sleep(ms) {
      pausesMs.push(ms);
      nowMs += ms;
    },
    random: () => 0.5,
    startTimer: REAL_WORLD.startTimer,
    write: REAL_WORLD.write,
    hosts: new HostHealth(),
    patience: { ...DEFAULT_PATIENCE, lookEveryMs: 5, ...patience },
    deadline: deadlineOf(patience.deadlineMs ?? DEFAULT_PATIENCE.deadlineMs),
  };
}

/** One that goes by the real clock and looks often, until the test ends. */
export function deadlineOf(wholeMs: number): Deadline {
  const deadline = new Deadline(REAL_WORLD, 5, wholeMs);
  onTestFinished(() => deadline.stop());
  return deadline;
}

/** One that looks only when the test says so. It is over after so many looks. */
export function manualDeadline(looks: number) {
  let ring: (() => void) | null = null;
  let timersStarted = 0;
  const startTimer = (_ms: number, onEnd: () => void) => {
    timersStarted++;
    ring = onEnd;
    return () => {
      ring = null;
    };
  };
  return {
    deadline: new Deadline({ startTimer }, 1, looks),
    look(times = 1): void {
      for (let i = 0; i < times; i++) {
        const now = ring;
        ring = null;
        now?.();
      }
    },
    timersStarted: () => timersStarted,
    isRunning: () => ring !== null,
  };
}
