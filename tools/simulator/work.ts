/**
 * WeCom (企业微信), host qyapi.weixin.qq.com: `gettoken`, tickets, getHDVoice's twin and the ordinary download. It says
 * `"errcode":0` on success. https://developer.work.weixin.qq.com/document/path/91039, 90390 and 90391
 */
import type { Account } from "./account.ts";
import { ADDRESSES_PATH, PUSH_ADDRESSES } from "./addresses.ts";
import { type Answer, textAnswer } from "./answer.ts";
import type { Desk } from "./desk.ts";
import type { Endpoint, World } from "./endpoint.ts";
import { WechatError } from "./errors.ts";
import type { IncomingCall } from "./incoming-call.ts";
import { recordingAnswer } from "./media.ts";
import type { RecordingEndpoint } from "./recordings.ts";
import type { TicketKind } from "./ticket-book.ts";
import { ticketAnswer } from "./tickets.ts";
import { WORK_JSON_TYPE, workErrorAnswer } from "./work-refusal.ts";

const WORK_HOST = "qyapi.weixin.qq.com";
const TOKEN_PATH = "/cgi-bin/gettoken";

export const WORK_DESK: Desk = {
  endpoints: {
    [TOKEN_PATH]: giveToken,
    "/cgi-bin/media/get/jssdk": createDownload("jssdk"),
    "/cgi-bin/media/get": createDownload("media"),
    [ADDRESSES_PATH]: giveAddresses,
    "/cgi-bin/get_jsapi_ticket": (call, world) => giveTicket("jsapi", call, world),
    "/cgi-bin/ticket/get": giveAgentTicket,
  },
  jsonType: WORK_JSON_TYPE,
  limits: { tooMany: 45009, tooManyAtOnce: 45033 },
  refuse: workErrorAnswer,
};

/** Behind one socket there is no host to tell: there the path does, or whose token it is. */
export function isAtWork(call: IncomingCall, world: World): boolean {
  if (call.host.endsWith("weixin.qq.com")) return call.host === WORK_HOST;
  const owner = call.accessToken && world.tokens.ownerOf(call.accessToken);
  return call.path === TOKEN_PATH || (!!owner && world.accounts.get(owner)?.kind === "work");
}

function giveToken(call: IncomingCall, world: World): Answer {
  if (call.method !== "GET") throw new WechatError(43001);
  const corpId = call.query.get("corpid");
  const secret = call.query.get("corpsecret");
  if (!corpId) throw new WechatError(41002);
  if (!secret) throw new WechatError(41004);
  const account = world.accounts.get(corpId);
  if (account?.kind !== "work") throw new WechatError(40013);
  checkAddress(account, call);
  try {
    account.checkSecret(secret);
  } catch {
    throw new WechatError(40001);
  }
  const token = world.tokens.currentUntilEnd(account, call.nowMs);
  return textAnswer(
    WORK_JSON_TYPE,
    JSON.stringify({
      errcode: 0,
      errmsg: "ok",
      access_token: token.value,
      expires_in: Math.ceil((token.expiresAtMs - call.nowMs) / 1000),
    }),
  );
}

function createDownload(endpoint: RecordingEndpoint): Endpoint {
  return (call, world) => {
    const account = accountByToken(call, world);
    if (!call.mediaId) throw new WechatError(41006);
    const recording = world.recordings.find(account.appId, call.mediaId, endpoint, call.nowMs);
    if (!recording) throw new WechatError(40007);
    return recordingAnswer(recording);
  };
}

function giveAgentTicket(call: IncomingCall, world: World): Answer {
  accountByToken(call, world);
  if (call.query.get("type") !== "agent_config") throw new WechatError(40058);
  return giveTicket("agent_config", call, world);
}

function giveTicket(kind: TicketKind, call: IncomingCall, world: World): Answer {
  const { appId } = accountByToken(call, world);
  return ticketAnswer(WORK_JSON_TYPE, world.tickets.giveAtWork(appId, kind, call.nowMs), call.nowMs);
}

function giveAddresses(call: IncomingCall, world: World): Answer {
  accountByToken(call, world);
  const body = { errcode: 0, errmsg: "ok", ip_list: PUSH_ADDRESSES };
  return textAnswer(WORK_JSON_TYPE, JSON.stringify(body));
}

function accountByToken(call: IncomingCall, world: World): Account {
  if (call.method !== "GET") throw new WechatError(43001);
  if (!call.accessToken) throw new WechatError(41001);
  const account = world.accounts.get(checkToken(call.accessToken, call, world));
  if (account?.kind !== "work") throw new WechatError(40014);
  checkAddress(account, call);
  return account;
}

/** WeCom knows no "not the latest": a token that was replaced is simply invalid. */
function checkToken(value: string, call: IncomingCall, world: World): string {
  try {
    return world.tokens.check(value, call.nowMs);
  } catch (error) {
    throw error instanceof WechatError && error.errcode === 40001 ? new WechatError(40014) : error;
  }
}

function checkAddress(account: Account, call: IncomingCall): void {
  try {
    account.checkAddress(call.clientIp, "secret-call");
  } catch {
    throw new WechatError(60020);
  }
}
