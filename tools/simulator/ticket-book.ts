/**
 * The tickets that pages' signatures are made with. Asked again, WeChat gives the ticket in use; an Official Account's is
 * renewed in its last five minutes, WeCom's when it has ended.
 * https://developers.weixin.qq.com/doc/service/guide/h5/jssdk.html, appendix 1
 */
import { createCounter, hour } from "./counter.ts";
import { WechatError } from "./errors.ts";

export type TicketKind = "jsapi" | "agent_config";

const LIFETIME_MS = 7_200_000;
const RENEWED_BEFORE_END_MS = 300_000;
/** "单个应用不能超过100次": https://developer.work.weixin.qq.com/document/path/90506 */
const HOURLY_WORK_CALLS = 100;
/** Real ones have 86 characters of this alphabet. */
const CHARACTERS = 86;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

export interface IssuedTicket {
  readonly value: string;
  readonly expiresAtMs: number;
}

export interface TicketBook {
  give(appId: string, kind: TicketKind, nowMs: number): IssuedTicket;
  /** WeCom's way. Throws 45009 beyond its hourly limit. */
  giveAtWork(appId: string, kind: TicketKind, nowMs: number): IssuedTicket;
  /** The one given last, valid or not; null: none was. */
  latest(appId: string, kind: TicketKind): IssuedTicket | null;
}

export function createTicketBook(): TicketBook {
  const issued = new Map<string, IssuedTicket>();
  const workCalls = new Map<string, ReturnType<typeof createCounter>>();
  const nameOf = (appId: string, kind: TicketKind) => `${kind} ${appId}`;

  function giveUntil(name: string, leadMs: number, nowMs: number): IssuedTicket {
    const known = issued.get(name);
    if (known && known.expiresAtMs - nowMs > leadMs) return known;
    const ticket = { value: randomTicket(), expiresAtMs: nowMs + LIFETIME_MS };
    issued.set(name, ticket);
    return ticket;
  }

  return {
    give: (appId, kind, nowMs) => giveUntil(nameOf(appId, kind), RENEWED_BEFORE_END_MS, nowMs),
    giveAtWork(appId, kind, nowMs) {
      const name = nameOf(appId, kind);
      const calls = workCalls.get(name) ?? createCounter(hour, HOURLY_WORK_CALLS);
      workCalls.set(name, calls);
      if (calls.take(nowMs) === "spent") throw new WechatError(45009);
      return giveUntil(name, 0, nowMs);
    },
    latest: (appId, kind) => issued.get(nameOf(appId, kind)) ?? null,
  };
}

function randomTicket(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(CHARACTERS));
  return Array.from(bytes, (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join("");
}
