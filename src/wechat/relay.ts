/** The way to an account's hosts: those that are not WeChat's own are relays, and get the relay's secret. */
import type { BaseAccount } from "./account.ts";
import { isWechatHost } from "./hosts.ts";
import type { Transport } from "./transport.ts";

/** The header that a relay of ours asks for (tools/relay). */
export const RELAY_SECRET_HEADER = "x-relay-secret";

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
