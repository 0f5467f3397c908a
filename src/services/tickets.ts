/** Builds an account's way to its tickets. */
import type { Env } from "../env.ts";
import { refOf } from "../wechat/accounts.ts";
import { TicketService } from "../wechat/jsapi/service.ts";
import { createTokenCache } from "../wechat/token/cache.ts";
import { createKeeperClient } from "../wechat/token/keeper-client.ts";
import { ticketKey } from "../wechat/token/publication.ts";
import type { Account } from "../wechat/token/sources/registry.ts";
import type { Isolate } from "./isolate.ts";
import type { RequestContext } from "./tokens.ts";

export function createTicketService(
  env: Env,
  { world, tokens: memory }: Isolate,
  account: Account,
  { waitUntil, measure }: RequestContext,
): TicketService {
  const keeper = createKeeperClient(env.TOKEN_KEEPER, refOf(account), world);
  return new TicketService({
    account,
    get(kind) {
      const current = () => keeper.ticket(kind);
      const tickets = createTokenCache({
        kv: env.TOKENS,
        key: ticketKey(account, kind),
        // Nobody reports a ticket: there is none to replace.
        keeper: { current, replace: current },
        waitUntil,
        nowMs: world.nowMs,
        memory,
      });
      return measure("ticket", () => tickets.get());
    },
    nowMs: world.nowMs,
  });
}
