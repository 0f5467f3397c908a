/**
 * Tokens that an outside job pushes by `PUT /v1/token`: nobody is asked. For those where only one machine's address is on
 * WeChat's allow-list.
 */
import { ServiceError } from "../../../errors.ts";
import type { TokenSource } from "../source.ts";
import { ACCESS_TOKEN, defineSource, type SourceWorld } from "./define.ts";

export const pushed = defineSource({
  kind: "pushed",
  fields: {},
  tokenParameter: ACCESS_TOKEN,
  takesPushes: () => true,
  create: (_account, world) => createPushedSource(world),
});

/** Gives what was pushed last, for as long as it lasts. */
export function createPushedSource({ pushed, transport }: SourceWorld): TokenSource {
  return {
    renewLeadMs: 0,
    forceable: false,
    async fetchToken() {
      const token = pushed();
      if (!token) throw stale("No token has been pushed for this account yet.");
      if (token.expiresAtMs > transport.nowMs()) return token;
      const ended = new Date(token.expiresAtMs).toISOString();
      throw stale(`The token that was pushed last ended at ${ended}: whoever pushes has stopped.`);
    },
  };
}

function stale(what: string): ServiceError {
  return new ServiceError("wechat-credential", `${what} Push one with PUT /v1/token.`);
}
