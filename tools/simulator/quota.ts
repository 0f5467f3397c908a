/**
 * Asking for and clearing quotas.
 * https://developers.weixin.qq.com/doc/service/api/apimanage/api_getapiquota
 */
import type { Account } from "./account.ts";
import { type Answer, jsonAnswer } from "./answer.ts";
import type { Counter } from "./counter.ts";
import { accountBySecret, accountByToken, type Endpoint, type World } from "./endpoint.ts";
import { WechatError } from "./errors.ts";
import { type IncomingCall, text } from "./incoming-call.ts";

export const QUOTA_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  "/cgi-bin/openapi/quota/get": giveQuota,
  "/cgi-bin/clear_quota": clearByToken,
  "/cgi-bin/clear_quota/v2": clearBySecret,
};

/** The paths that have a daily quota. */
function dailyQuota(account: Account, path: string): Counter | null {
  switch (path) {
    case "/cgi-bin/token":
      return account.quotas.token;
    case "/cgi-bin/stable_token":
      return account.quotas.stableToken;
    case "/cgi-bin/media/get":
    case "/cgi-bin/media/get/jssdk":
      return account.quotas.media;
    default:
      return null;
  }
}

function giveQuota(call: IncomingCall, world: World): Answer {
  if (call.method !== "POST") throw new WechatError(43002);
  const account = accountByToken(call, world);
  const path = text(call.json, "cgi_path");
  if (!path?.startsWith("/")) throw new WechatError(76003);
  const counter = dailyQuota(account, path);
  if (!counter) throw new WechatError(76021);

  const used = counter.used(call.nowMs);
  const perMinute = path === "/cgi-bin/stable_token" ? account.quotas.stableTokenMinute.limit : 0;
  return jsonAnswer({
    errcode: 0,
    errmsg: "ok",
    quota: { daily_limit: counter.limit, used, remain: counter.limit - used },
    rate_limit: { call_count: perMinute, refresh_second: perMinute > 0 ? 60 : 0 },
    component_rate_limit: { call_count: 0, refresh_second: 0 },
  });
}

function clearByToken(call: IncomingCall, world: World): Answer {
  if (call.method !== "POST") throw new WechatError(43002);
  const account = accountByToken(call, world);
  if (text(call.json, "appid") !== account.appId) throw new WechatError(40013);
  return clearQuotas(account, call);
}

/** Its table puts the fields into the body, its sample into the query: both are taken. */
function clearBySecret(call: IncomingCall, world: World): Answer {
  if (call.method !== "POST") throw new WechatError(43002);
  const secret = text(call.json, "appsecret") ?? call.query.get("appsecret");
  return clearQuotas(accountBySecret(call, world, call.appId, secret), call);
}

function clearQuotas(account: Account, call: IncomingCall): Answer {
  const { clearing, token, stableToken, media } = account.quotas;
  if (clearing.take(call.nowMs) === "spent") throw new WechatError(48006);
  for (const counter of [token, stableToken, media]) counter.clear();
  return jsonAnswer({ errcode: 0, errmsg: "ok" });
}
