/** What the simulator's tests share: one account, a clock to move, and WeChat's calls as functions. */
import { createSimulator, type Simulator } from "../../../tools/simulator/simulator.ts";

export const APP_ID = "wx0000000000000001";
export const OTHER_APP_ID = "wx0000000000000002";
export const SECRET = "not-a-real-secret";
/** 2026-03-01, noon in Beijing. */
export const NOON_MS = Date.UTC(2026, 2, 1, 4);
export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

/** Where WeChat is: behind `handle`, or behind a socket. */
export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

export interface Clock {
  now(): number;
  move(durationMs: number): void;
}

export function createClock(startMs: number = NOON_MS): Clock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    move: (durationMs) => {
      nowMs += durationMs;
    },
  };
}

type Settings = NonNullable<NonNullable<Parameters<typeof createSimulator>[0]>["accounts"]>[number];

/** A simulator with two accounts; `settings` changes the first. */
export function createTestSimulator(clock: Clock, settings: Partial<Settings> = {}): Simulator {
  return createSimulator({
    now: clock.now,
    accounts: [
      { appId: APP_ID, secret: SECRET, ...settings },
      { appId: OTHER_APP_ID, secret: SECRET },
    ],
  });
}

export function askOf(simulator: Simulator): Ask {
  return (path, init) => simulator.handle(new Request(`https://api.weixin.qq.com${path}`, init));
}

export function postJson(ask: Ask, path: string, body: unknown, init: RequestInit = {}): Promise<Response> {
  return ask(path, { ...init, method: "POST", body: JSON.stringify(body) });
}

export function classicToken(ask: Ask, appId = APP_ID, secret = SECRET): Promise<Response> {
  return ask(`/cgi-bin/token?grant_type=client_credential&appid=${appId}&secret=${secret}`);
}

export function stableToken(
  ask: Ask,
  changes: Record<string, unknown> = {},
  init: RequestInit = {},
): Promise<Response> {
  const body = { grant_type: "client_credential", appid: APP_ID, secret: SECRET, ...changes };
  return postJson(ask, "/cgi-bin/stable_token", body, init);
}

/** The access_token in an answer. */
export async function tokenIn(answer: Promise<Response>): Promise<string> {
  const body = (await (await answer).json()) as { access_token?: string };
  if (!body.access_token) throw new Error(`no token: ${JSON.stringify(body)}`);
  return body.access_token;
}

/** The errcode in an answer; 0 when there is none. */
export async function errcodeIn(answer: Promise<Response>): Promise<number> {
  const text = await (await answer).text();
  return text.startsWith("{") ? ((JSON.parse(text) as { errcode?: number }).errcode ?? 0) : 0;
}

export function getMedia(ask: Ask, token: string, mediaId: string, init?: RequestInit): Promise<Response> {
  return ask(`/cgi-bin/media/get/jssdk?access_token=${token}&media_id=${mediaId}`, init);
}

/** `frameCount` frames of 60 bytes, each filled with its own number. */
export function frames(frameCount: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(frameCount * 60).map((_, index) => Math.floor(index / 60));
}
