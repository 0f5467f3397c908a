/**
 * Where tickets come from: `/cgi-bin/ticket/getticket` of an Official Account, and WeCom's two. All say `"errcode":0`.
 * https://developer.work.weixin.qq.com/document/path/90506
 */
import { type Answer, JSON_TYPE, textAnswer } from "./answer.ts";
import { accountByToken, type Endpoint } from "./endpoint.ts";
import { WechatError } from "./errors.ts";
import type { IssuedTicket } from "./ticket-book.ts";

export const TICKET_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  "/cgi-bin/ticket/getticket": (call, world) => {
    if (call.method !== "GET") throw new WechatError(43001);
    const account = accountByToken(call, world);
    if (call.query.get("type") !== "jsapi") throw new WechatError(40097);
    return ticketAnswer(JSON_TYPE, world.tickets.give(account.appId, "jsapi", call.nowMs), call.nowMs);
  },
};

export function ticketAnswer(
  contentType: string,
  { value, expiresAtMs }: IssuedTicket,
  nowMs: number,
): Answer {
  const seconds = Math.ceil((expiresAtMs - nowMs) / 1000);
  const body = { errcode: 0, errmsg: "ok", ticket: value, expires_in: seconds };
  return textAnswer(contentType, JSON.stringify(body));
}
