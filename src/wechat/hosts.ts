/** Which hosts are WeChat's own, which are down at the moment, and who gets the relay's secret. */
import type { BaseAccount } from "./token/define.ts";
import type { Transport } from "./transport.ts";

/** The header that a relay of ours asks for (tools/relay). */
export const RELAY_SECRET_HEADER = "x-relay-secret";

/** How long a host that failed every attempt is asked last. Short: it is a preference, not a ban. */
const DOWN_MS = 30_000;

/** By origin, until when. Of the isolate, safely: numbers only, and being wrong costs one detour. */
const downUntilMs = new Map<string, number>();

/** Forgets which hosts were down, as a fresh isolate would. For tests. */
export function forgetHosts(): void {
  downUntilMs.clear();
}

export function markDown(origin: string, nowMs: number): void {
  downUntilMs.set(origin, nowMs + DOWN_MS);
}

export function markUp(origin: string): void {
  downUntilMs.delete(origin);
}

/** In the order given, those that failed just now behind the others. */
export function healthyFirst(origins: readonly string[], nowMs: number): string[] {
  const isDown = (origin: string) => nowMs < (downUntilMs.get(origin) ?? 0);
  return [...origins.filter((origin) => !isDown(origin)), ...origins.filter(isDown)];
}

export function isWechatHost(host: string): boolean {
  return host === "weixin.qq.com" || host.endsWith(".weixin.qq.com");
}

/** The way to an account's hosts: those that aren't WeChat's own are relays and get the secret. */
export function throughRelay(
  transport: Transport,
  { apiOrigins, tokenOrigin, relaySecret }: Pick<BaseAccount, "apiOrigins" | "tokenOrigin" | "relaySecret">,
): Transport {
  if (relaySecret === undefined) return transport;
  const relays = new Set(
    [...apiOrigins, tokenOrigin]
      .map((origin) => new URL(origin))
      .filter(({ hostname }) => !isWechatHost(hostname))
      .map(({ origin }) => origin),
  );
  return {
    ...transport,
    fetch(url, init) {
      if (!relays.has(new URL(url).origin)) return transport.fetch(url, init);
      const headers = new Headers(init.headers as HeadersInit);
      headers.set(RELAY_SECRET_HEADER, relaySecret);
      return transport.fetch(url, { ...init, headers });
    },
  };
}
