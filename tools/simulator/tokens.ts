/**
 * Where access tokens come from: GET /cgi-bin/token and POST /cgi-bin/stable_token.
 * https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken
 */
import { type Answer, jsonAnswer } from "./answer.ts";
import { accountBySecret, type Endpoint, type World } from "./endpoint.ts";
import { WechatError } from "./errors.ts";
import { type IncomingCall, text } from "./incoming-call.ts";
import type { IssuedToken } from "./token-book.ts";

const GRANT_TYPE = "client_credential";

export const TOKEN_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  "/cgi-bin/token": giveClassicToken,
  "/cgi-bin/stable_token": giveStableToken,
};

function giveClassicToken(call: IncomingCall, world: World): Answer {
  if (call.method !== "GET" && call.method !== "POST") throw new WechatError(43001);
  if (call.query.get("grant_type") !== GRANT_TYPE) throw new WechatError(40002);
  const account = accountBySecret(call, world, call.query.get("appid"), call.query.get("secret"));
  if (account.condition === "token-forbidden") throw new WechatError(50004);
  if (account.quotas.token.take(call.nowMs) === "spent") throw new WechatError(45009);
  return tokenAnswer(world.tokens.issueClassic(account, call.nowMs), call.nowMs);
}

function giveStableToken(call: IncomingCall, world: World): Answer {
  if (call.method !== "POST") throw new WechatError(43002);
  // A form body has no grant_type that WeChat would look at: that too ends here.
  if (text(call.json, "grant_type") !== GRANT_TYPE) throw new WechatError(40002);
  const force = call.json?.force_refresh ?? false;
  if (typeof force !== "boolean") throw new WechatError(47001);
  const account = accountBySecret(call, world, text(call.json, "appid"), text(call.json, "secret"));
  if (account.condition === "token-forbidden") throw new WechatError(50004);
  if (account.quotas.stableTokenMinute.take(call.nowMs) === "spent") throw new WechatError(45011);
  if (account.quotas.stableToken.take(call.nowMs) === "spent") throw new WechatError(45009);

  const token = force
    ? world.tokens.forceStable(account, call.nowMs)
    : world.tokens.currentStable(account, call.nowMs);
  return tokenAnswer(token, call.nowMs);
}

function tokenAnswer(token: IssuedToken, nowMs: number): Answer {
  return jsonAnswer({
    access_token: token.value,
    expires_in: Math.floor((token.expiresAtMs - nowMs) / 1000),
  });
}
