/** An account's tickets for programs that sign pages themselves, and the signatures of those pages. */
import type { Account } from "../token/sources/registry.ts";
import { signPage } from "./signature.ts";
import { placeOf, type Ticket, type TicketKind } from "./ticket.ts";

/** What `wx.config` and `wx.agentConfig` are called with. */
export interface PageSignature {
  /** WeCom's is the corp's. */
  readonly appId: string;
  readonly timestamp: number;
  readonly nonceStr: string;
  readonly signature: string;
}

export interface TicketServiceOptions {
  readonly account: Account;
  readonly get: (kind: TicketKind) => Promise<Ticket>;
  readonly nowMs: () => number;
}

export class TicketService {
  readonly #options: TicketServiceOptions;

  constructor(options: TicketServiceOptions) {
    this.#options = options;
  }

  /** Fails with `request-invalid` where the account has no such tickets. */
  async get(kind: TicketKind): Promise<Ticket> {
    placeOf(this.#options.account, kind);
    return this.#options.get(kind);
  }

  async sign(url: string, kind: TicketKind): Promise<PageSignature> {
    const { account, nowMs } = this.#options;
    const { value: ticket } = await this.get(kind);
    const timestamp = Math.floor(nowMs() / 1000);
    const nonceStr = crypto.randomUUID().replaceAll("-", "");
    const signature = await signPage({ ticket, nonceStr, timestamp, url });
    const corpId = account.source === "work" ? account.corpId : undefined;
    return { appId: corpId ?? account.appId, timestamp, nonceStr, signature };
  }
}
