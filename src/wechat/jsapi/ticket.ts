/**
 * Tickets: what WeChat checks a page's signature with. They are kept as tokens are (token/steward.ts), one steward a kind,
 * and are asked for with the account's token.
 * https://developers.weixin.qq.com/doc/service/guide/h5/jssdk.html, appendix 1
 * https://developer.work.weixin.qq.com/document/path/90506
 */
import * as z from "zod/mini";
import { ServiceError } from "../../errors.ts";
import { askWechat, OK_ERRCODE } from "../ask.ts";
import { REFUSED_TOKEN_ERRCODES } from "../errcodes.ts";
import { tokenOf } from "../token/lifetime.ts";
import type { AccessToken, TokenKeeper, TokenSource } from "../token/source.ts";
import { type Account, dialectOf, mediaQueryOf, tokenParameterOf } from "../token/sources/registry.ts";
import { LAST_MINUTES_MS } from "../token/sources/stable.ts";
import type { Transport } from "../transport.ts";

/** `jsapi` signs for wx.config, `agent_config` for WeCom's wx.agentConfig. */
export const TICKET_KINDS = ["jsapi", "agent_config"] as const;
export type TicketKind = (typeof TICKET_KINDS)[number];

/** As a token: a value and its end. */
export type Ticket = AccessToken;

interface Place {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

const OFFICIAL: Partial<Record<TicketKind, Place>> = {
  jsapi: { path: "/cgi-bin/ticket/getticket", query: { type: "jsapi" } },
};
const WORK: Partial<Record<TicketKind, Place>> = {
  jsapi: { path: "/cgi-bin/get_jsapi_ticket", query: {} },
  agent_config: { path: "/cgi-bin/ticket/get", query: { type: "agent_config" } },
};

const ANSWER = z.object({
  errcode: z.optional(OK_ERRCODE),
  ticket: z.string().check(z.minLength(1)),
  expires_in: z.optional(z.unknown()),
});

export function createTicketSource(
  account: Account,
  kind: TicketKind,
  tokens: Pick<TokenKeeper, "current" | "replace">,
  transport: Transport,
): TokenSource {
  const isWork = dialectOf(account) === "work";
  return {
    // WeCom gives the ticket in use until it has ended, and counts how often it is asked.
    renewLeadMs: isWork ? 0 : LAST_MINUTES_MS,
    forceable: false,
    async fetchToken() {
      if (tokenParameterOf(account) === null) return ask({});
      const { value } = await tokens.current();
      try {
        return await askWith(value);
      } catch (error) {
        if (!isRefusedToken(error)) throw error;
      }
      return askWith((await tokens.replace(value)).value);
    },
  };

  function askWith(token: string): Promise<Ticket> {
    return ask({ [tokenParameterOf(account) ?? ""]: token });
  }

  async function ask(credential: Readonly<Record<string, string>>): Promise<Ticket> {
    const { path, query } = placeOf(account, kind);
    const askedAtMs = transport.nowMs();
    const answer = await askWechat(
      {
        origins: account.apiOrigins,
        path,
        query: { ...credential, ...query, ...mediaQueryOf(account) },
        answer: ANSWER,
        dialect: dialectOf(account),
      },
      transport,
    );
    return tokenOf(answer.ticket, answer.expires_in, askedAtMs);
  }
}

/** Fails with `request-invalid` where the account has no tickets of this kind. */
export function placeOf(account: Account, kind: TicketKind): Place {
  const place = (dialectOf(account) === "work" ? WORK : OFFICIAL)[kind];
  if (place) return place;
  throw new ServiceError(
    "request-invalid",
    `The account ${account.appId} has no ticket of the type ${kind}: only WeCom's apps have.`,
  );
}

function isRefusedToken(error: unknown): boolean {
  const errcode = error instanceof ServiceError ? error.wechat?.errcode : undefined;
  return errcode !== undefined && REFUSED_TOKEN_ERRCODES.has(errcode);
}
