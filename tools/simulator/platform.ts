/**
 * What a third-party platform asks: its own token, and what it may do for the accounts that have authorised it.
 * https://developers.weixin.qq.com/doc/oplatform/openApi/ticket-token/api_getcomponentaccesstoken
 */
import { type Answer, jsonAnswer } from "./answer.ts";
import type { Endpoint, World } from "./endpoint.ts";
import { WechatError } from "./errors.ts";
import { type IncomingCall, text } from "./incoming-call.ts";
import type { Grant, Platform } from "./platform-book.ts";

const LIFETIME_SECONDS = 7200;

export const PLATFORM_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  "/cgi-bin/component/api_component_token": giveComponentToken,
  "/cgi-bin/component/api_start_push_ticket": startPush,
  "/cgi-bin/component/api_query_auth": byToken(giveAuthorization),
  "/cgi-bin/component/api_authorizer_token": byToken(giveAuthorizerToken),
  "/cgi-bin/component/api_get_authorizer_list": byToken(giveAuthorizers),
};

function giveComponentToken(call: IncomingCall, world: World): Answer {
  const platform = platformBySecret(call, world, "component_appsecret");
  const ticket = text(call.json, "component_verify_ticket");
  if (!ticket) throw new WechatError(47001);
  platform.checkTicket(ticket, call.nowMs);
  return jsonAnswer({
    component_access_token: platform.issueToken(call.nowMs),
    expires_in: LIFETIME_SECONDS,
  });
}

function startPush(call: IncomingCall, world: World): Answer {
  platformBySecret(call, world, "component_secret");
  return jsonAnswer({ errcode: 0, errmsg: "ok" });
}

function giveAuthorization(call: IncomingCall, world: World, platform: Platform): Answer {
  const code = text(call.json, "authorization_code");
  if (!code) throw new WechatError(47001);
  const grant = platform.redeem(code, call.nowMs);
  return jsonAnswer({
    authorization_info: {
      authorizer_appid: grant.appId,
      authorizer_access_token: issue(call, world, platform, grant),
      expires_in: LIFETIME_SECONDS,
      authorizer_refresh_token: grant.refreshToken,
      func_info: grant.permissionSets.map((id) => ({ funcscope_category: { id } })),
    },
  });
}

function giveAuthorizerToken(call: IncomingCall, world: World, platform: Platform): Answer {
  const appId = text(call.json, "authorizer_appid");
  if (!appId) throw new WechatError(40013);
  const refreshToken = text(call.json, "authorizer_refresh_token") ?? "";
  const grant = platform.refresh(appId, refreshToken);
  return jsonAnswer({
    authorizer_access_token: issue(call, world, platform, grant),
    expires_in: LIFETIME_SECONDS,
    authorizer_refresh_token: grant.refreshToken,
  });
}

function giveAuthorizers(call: IncomingCall, _world: World, platform: Platform): Answer {
  const { offset, count } = call.json ?? {};
  if (typeof offset !== "number" || typeof count !== "number" || count > 500) throw new WechatError(47001);
  const grants = [...platform.grants.values()];
  return jsonAnswer({
    total_count: grants.length,
    list: grants.slice(offset, offset + count).map((grant) => ({
      authorizer_appid: grant.appId,
      refresh_token: grant.refreshToken,
      auth_time: Math.floor(grant.authorizedAtMs / 1000),
    })),
  });
}

function issue(call: IncomingCall, world: World, platform: Platform, grant: Grant): string {
  const { value } = world.tokens.issueSeparate(grant.appId, call.nowMs);
  world.platforms.noteToken(value, platform.settings.appId, grant.appId);
  return value;
}

function platformBySecret(call: IncomingCall, world: World, field: string): Platform {
  const platform = findPlatform(call, world);
  platform.checkAddress(call.clientIp);
  const secret = text(call.json, field);
  if (!secret) throw new WechatError(41004);
  if (secret !== platform.settings.secret) throw new WechatError(40125);
  return platform;
}

/** The parameter was called `component_access_token` in older pages, and is in every SDK; newer ones take both. */
function byToken(answer: (call: IncomingCall, world: World, platform: Platform) => Answer): Endpoint {
  return (call, world) => {
    const token = call.query.get("component_access_token") ?? call.accessToken;
    if (!token) throw new WechatError(41001);
    const platform = findPlatform(call, world);
    platform.checkToken(token, call.nowMs);
    platform.checkAddress(call.clientIp);
    return answer(call, world, platform);
  };
}

function findPlatform(call: IncomingCall, world: World): Platform {
  if (call.method !== "POST") throw new WechatError(43002);
  const appId = text(call.json, "component_appid");
  if (!appId) throw new WechatError(41018);
  const platform = world.platforms.find(appId);
  if (!platform) throw new WechatError(40013);
  return platform;
}
