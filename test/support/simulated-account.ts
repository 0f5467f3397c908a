/**
 * One account on a simulated clock: its steward with storage and alarm, a KV that other places see a minute late, and
 * isolates that fetch voices. Nothing waits: a pause moves the clock.
 */

import { beijingDay } from "../../src/wechat/beijing.ts";
import { WechatClient } from "../../src/wechat/client.ts";
import { HostHealth } from "../../src/wechat/hosts.ts";
import { createTokenCache } from "../../src/wechat/token/cache.ts";
import { createTokenCheck } from "../../src/wechat/token/check.ts";
import type { KeeperState } from "../../src/wechat/token/keeper-state.ts";
import type { AccessToken, TokenProvider } from "../../src/wechat/token/source.ts";
import { type Account, createSource } from "../../src/wechat/token/sources/registry.ts";
import { Steward } from "../../src/wechat/token/steward.ts";
import { DEFAULT_PATIENCE, startDeadline, type Transport } from "../../src/wechat/transport.ts";
import { REAL_WORLD } from "../../src/world.ts";
import { blocksOf, gather } from "./byte-streams.ts";

const KV_DELAY_MS = 60_000;

export interface Clock {
  nowMs: number;
}

export interface SimulatedAccount {
  /** The token in use, as the isolate of this number sees it. */
  token(isolate: number): Promise<AccessToken>;
  /** Fetches a voice in the isolate of this number. Fails as the Worker would. */
  fetchVoice(isolate: number, mediaId: string): Promise<number>;
  /** Reports in that isolate that WeChat refused the token. */
  report(isolate: number, token: string): Promise<AccessToken>;
  push(token: AccessToken): Promise<void>;
  /** Rings the alarms that are due by now. */
  ring(): Promise<void>;
  /** The keeper's machine dies; it is built anew from what it has stored, with these settings. */
  restart(account: Account, settings: "same" | "changed"): void;
  readonly alarmAtMs: () => number | null;
  /** Forced refreshes of the Beijing day. */
  readonly forcedToday: () => number;
  /** Questions to the keeper: the requests that a Durable Object is billed for. */
  readonly keeperCalls: () => number;
  readonly kvReads: () => number;
}

export function createSimulatedAccount(
  first: Account,
  clock: Clock,
  fetchWechat: (request: Request) => Promise<Response>,
  log: (line: Readonly<Record<string, unknown>>) => void = () => {},
): SimulatedAccount {
  const nowMs = () => clock.nowMs;
  const transport: Transport = {
    fetch: (url, init) => fetchWechat(new Request(url, init)),
    nowMs,
    sleep: async (ms) => {
      clock.nowMs += ms;
    },
    random: () => 0.5,
    startTimer: REAL_WORLD.startTimer,
    write: REAL_WORLD.write,
    hosts: new HostHealth(),
    patience: DEFAULT_PATIENCE,
  };
  let account = first;
  let stored: string | null = null;
  let pushed: AccessToken | null = null;
  let alarmAtMs: number | null = null;
  let keeperCalls = 0;
  let kvReads = 0;
  /** What was written, newest last, and when: near isolates see the last, far ones what is a minute old. */
  const written: { token: AccessToken | null; atMs: number }[] = [];

  const build = () =>
    new Steward({
      source: createSource(account, {
        transport,
        pushed: () => pushed,
        authorizerToken: () => Promise.reject(new Error("no platform here")),
      }),
      check: createTokenCheck(account, transport),
      read: () => (stored === null ? null : (JSON.parse(stored) as KeeperState)),
      write: (state) => {
        stored = JSON.stringify(state);
      },
      setAlarm: async (atMs) => {
        alarmAtMs = atMs;
      },
      publish: (token) => written.push({ token, atMs: clock.nowMs }),
      log,
      nowMs,
    });
  let steward = build();

  const isolates = new Map<number, TokenProvider>();
  function tokensOf(isolate: number): TokenProvider {
    let tokens = isolates.get(isolate);
    if (!tokens) {
      const lagMs = isolate === 0 ? 0 : KV_DELAY_MS;
      tokens = createTokenCache({
        kv: { get: (async () => readKv(lagMs)) as unknown as KVNamespace["get"] },
        key: "token",
        keeper: {
          current: () => counted(() => steward.current()),
          replace: (rejected) => counted(() => steward.replace(rejected)),
        },
        waitUntil: () => {},
        nowMs,
        memory: new Map(),
      });
      isolates.set(isolate, tokens);
    }
    return tokens;
  }

  function readKv(lagMs: number): AccessToken | null {
    kvReads++;
    const seen = written.findLast(({ atMs }) => atMs <= clock.nowMs - lagMs);
    return seen?.token ?? null;
  }

  function counted<T>(ask: () => Promise<T>): Promise<T> {
    keeperCalls++;
    return ask();
  }

  return {
    token: (isolate) => tokensOf(isolate).get(),
    async fetchVoice(isolate, mediaId) {
      const client = new WechatClient(account, tokensOf(isolate), transport);
      const deadline = startDeadline(transport);
      try {
        return (await gather(blocksOf(await client.getVoice(mediaId, "page", deadline)))).length;
      } finally {
        deadline.stop();
      }
    },
    report: (isolate, token) => tokensOf(isolate).rotate(token),
    async push(token) {
      pushed = token;
      await steward.push(token);
    },
    async ring() {
      while (alarmAtMs !== null && alarmAtMs <= clock.nowMs) {
        alarmAtMs = null;
        await steward.onAlarm();
      }
    },
    restart(next, settings) {
      account = next;
      steward = build();
      if (settings === "changed") steward.reconsider();
    },
    alarmAtMs: () => alarmAtMs,
    forcedToday() {
      const { forced } = JSON.parse(stored ?? "{}") as KeeperState;
      return forced.day === beijingDay(clock.nowMs) ? forced.count : 0;
    },
    keeperCalls: () => keeperCalls,
    kvReads: () => kvReads,
  };
}
