/**
 * The platform's own calls: its token, and what it asks about the accounts that authorise it.
 * https://developers.weixin.qq.com/doc/oplatform/openApi/ticket-token/api_getcomponentaccesstoken and its neighbours
 */
import * as z from "zod/mini";
import { askWechat, OK_ERRCODE, type Question } from "../ask.ts";
import { numberSchema } from "../json.ts";
import { tokenOf } from "../token/lifetime.ts";
import type { AccessToken } from "../token/source.ts";
import type { Transport } from "../transport.ts";
import type { Platform } from "./platform.ts";

/** WeChat gives at most 500 authorisers a page. */
const LIST_PAGE = 500;
const LIST_PAGES = 20;

const text = z.string().check(z.minLength(1));

const COMPONENT_TOKEN = z.object({ component_access_token: text, expires_in: z.optional(z.unknown()) });
const AUTHORIZER_TOKEN = z.object({
  authorizer_access_token: text,
  expires_in: z.optional(z.unknown()),
  authorizer_refresh_token: z.optional(z.string()),
});
const AUTHORIZATION = z.object({
  authorization_info: z.object({
    authorizer_appid: text,
    authorizer_refresh_token: z.optional(z.string()),
    func_info: z.optional(z.array(z.object({ funcscope_category: z.object({ id: numberSchema }) }))),
  }),
});
const LIST = z.object({
  total_count: numberSchema,
  list: z.array(z.object({ authorizer_appid: text, refresh_token: text })),
});
const OK = z.object({ errcode: OK_ERRCODE });

export interface AuthorizerToken {
  readonly token: AccessToken;
  /** Null: WeChat sent none, so the one in use stays. */
  readonly refreshToken: string | null;
}

export interface ExchangedCode {
  readonly appId: string;
  readonly refreshToken: string | null;
  readonly permissionSets: readonly number[] | null;
}

export class PlatformCalls {
  readonly #platform: Platform;
  readonly #transport: Transport;

  constructor(platform: Platform, transport: Transport) {
    this.#platform = platform;
    this.#transport = transport;
  }

  async componentToken(ticket: string): Promise<AccessToken> {
    const askedAtMs = this.#transport.nowMs();
    const answer = await this.#ask("api_component_token", null, COMPONENT_TOKEN, {
      component_appsecret: this.#platform.secret,
      component_verify_ticket: ticket,
    });
    return tokenOf(answer.component_access_token, answer.expires_in, askedAtMs);
  }

  /** Asks WeChat to push tickets again, if it has stopped. */
  async startTicketPush(): Promise<void> {
    await this.#ask("api_start_push_ticket", null, OK, { component_secret: this.#platform.secret });
  }

  async exchangeCode(token: string, code: string): Promise<ExchangedCode> {
    const body = { authorization_code: code };
    const { authorization_info: info } = await this.#ask("api_query_auth", token, AUTHORIZATION, body);
    return {
      appId: info.authorizer_appid,
      refreshToken: info.authorizer_refresh_token || null,
      permissionSets: info.func_info?.map(({ funcscope_category: { id } }) => id) ?? null,
    };
  }

  async authorizerToken(token: string, appId: string, refreshToken: string): Promise<AuthorizerToken> {
    const askedAtMs = this.#transport.nowMs();
    const answer = await this.#ask("api_authorizer_token", token, AUTHORIZER_TOKEN, {
      authorizer_appid: appId,
      authorizer_refresh_token: refreshToken,
    });
    return {
      token: tokenOf(answer.authorizer_access_token, answer.expires_in, askedAtMs),
      refreshToken: answer.authorizer_refresh_token || null,
    };
  }

  /** The refresh token that WeChat holds for an account; null: it has not authorised this platform. */
  async refreshTokenOf(token: string, appId: string): Promise<string | null> {
    for (let page = 0; page < LIST_PAGES; page++) {
      const body = { offset: page * LIST_PAGE, count: LIST_PAGE };
      const { list, total_count } = await this.#ask("api_get_authorizer_list", token, LIST, body);
      const found = list.find((entry) => entry.authorizer_appid === appId);
      if (found) return found.refresh_token;
      if (list.length === 0 || (page + 1) * LIST_PAGE >= total_count) return null;
    }
    return null;
  }

  #ask<T extends z.ZodMiniType>(
    name: string,
    token: string | null,
    answer: T,
    fields: NonNullable<Question<T>["body"]>,
  ): Promise<z.infer<T>> {
    const question = {
      origins: [this.#platform.tokenOrigin],
      path: `/cgi-bin/component/${name}`,
      ...(token === null ? {} : { query: { component_access_token: token } }),
      body: { component_appid: this.#platform.appId, ...fields },
      answer,
    };
    return askWechat(question, this.#transport);
  }
}
