/**
 * Where a platform's own token comes from: `api_component_token`, which wants the ticket that WeChat pushes every ten
 * minutes and that is good for twelve hours. There is no way to ask for a ticket, only to have the pushes started.
 */
import { ServiceError } from "../../errors.ts";
import type { TokenSource } from "../token/source.ts";
import { LAST_MINUTES_MS } from "../token/sources/stable.ts";
import type { Ticket } from "./book.ts";
import type { PlatformCalls } from "./calls.ts";

const TICKET_LIFETIME_MS = 12 * 3_600_000;
/** "Ticket expired", "ticket invalid", and how some interfaces say the same. */
const TICKET_ERRCODES: ReadonlySet<number> = new Set([61005, 61006, 40091]);

export interface ComponentSourceOptions {
  readonly componentAppId: string;
  readonly ticket: () => Ticket | null;
  readonly calls: PlatformCalls;
  readonly nowMs: () => number;
}

export function createComponentSource(options: ComponentSourceOptions): TokenSource {
  const { componentAppId, ticket, calls, nowMs } = options;
  return {
    renewLeadMs: LAST_MINUTES_MS,
    forceable: false,
    async fetchToken() {
      const held = ticket();
      if (!held) return waitForTicket("No component_verify_ticket has arrived yet.");
      if (nowMs() - held.createdAtSeconds * 1000 > TICKET_LIFETIME_MS) {
        return waitForTicket("The last component_verify_ticket is more than 12 hours old.");
      }
      try {
        return await calls.componentToken(held.value);
      } catch (error) {
        const errcode = error instanceof ServiceError ? error.wechat?.errcode : undefined;
        if (errcode !== undefined && TICKET_ERRCODES.has(errcode)) await calls.startTicketPush();
        throw error;
      }
    },
  };

  async function waitForTicket(what: string): Promise<never> {
    await calls.startTicketPush();
    throw new ServiceError(
      "wechat-credential",
      `${what} WeChat was asked to push one, which it does within ten minutes, to /wechat/push/${componentAppId}: check that this is the platform's authorisation event URL.`,
      { retryAfterSeconds: 60 },
    );
  }
}
