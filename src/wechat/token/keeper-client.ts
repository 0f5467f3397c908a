/** An account's keeper, from outside: what its Durable Object answers, and a client whose failures are ServiceErrors. */
import type { Reply } from "../../failure.ts";
import type { World } from "../../world.ts";
import type { AccountRef } from "../account.ts";
import type { Ticket, TicketKind } from "../jsapi/ticket.ts";
import { callObject } from "../object-call.ts";
import type { Admission, PlainPush } from "../push/gate.ts";
import type { AccessToken, TokenKeeper, TokenStatus } from "./source.ts";

/** What the object answers. It may have been woken by this very call, so each one says whose keeper it is. */
export interface TokenKeeperObject extends Rpc.DurableObjectBranded {
  current(ref: AccountRef): Promise<Reply<AccessToken>>;
  ticket(ref: AccountRef, kind: TicketKind): Promise<Reply<Ticket>>;
  replace(ref: AccountRef, rejected: string): Promise<Reply<AccessToken>>;
  push(ref: AccountRef, token: AccessToken): Promise<Reply<void>>;
  forget(ref: AccountRef): Promise<Reply<void>>;
  status(ref: AccountRef): Promise<Reply<TokenStatus>>;
  admitPlainPush(push: PlainPush, nowMs: number): Promise<Reply<Admission>>;
}

export function createKeeperClient(
  namespace: DurableObjectNamespace<TokenKeeperObject>,
  account: AccountRef,
  world: Pick<World, "sleep">,
): TokenKeeper & { ticket(kind: TicketKind): Promise<Ticket> } {
  const { appId, componentAppId } = account;
  const ref: AccountRef = { appId, componentAppId };
  const keeper = () => namespace.getByName(appId);
  return {
    current: () => callObject(() => keeper().current(ref), world),
    ticket: (kind) => callObject(() => keeper().ticket(ref, kind), world),
    replace: (rejected) => callObject(() => keeper().replace(ref, rejected), world),
    push: (token) => callObject(() => keeper().push(ref, token), world),
    forget: () => callObject(() => keeper().forget(ref), world),
    status: () => callObject(() => keeper().status(ref), world),
  };
}
