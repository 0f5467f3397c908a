/** The events that WeChat pushes to a platform's authorisation event URL, each as a request for the caller to send. */
import type { Platform } from "./platform-book.ts";
import { createPushRequest } from "./push-request.ts";

/** Issues a ticket, as WeChat does every ten minutes. */
export function pushTicket(platform: Platform, nowMs: number): Promise<Request> {
  const ticket = platform.issueTicket(nowMs);
  return event(platform, "component_verify_ticket", { ComponentVerifyTicket: ticket }, nowMs);
}

/** An account's owner has scanned the platform's code and granted these permission sets. */
export function pushAuthorized(
  platform: Platform,
  appId: string,
  permissionSets: readonly number[],
  nowMs: number,
): Promise<Request> {
  const kind = platform.grants.has(appId) ? "updateauthorized" : "authorized";
  const { code, expiresAtMs } = platform.authorize(appId, permissionSets, nowMs);
  const fields = {
    AuthorizerAppid: appId,
    AuthorizationCode: code,
    AuthorizationCodeExpiredTime: Math.floor(expiresAtMs / 1000),
    PreAuthCode: `preauthcode@@@${crypto.randomUUID()}`,
  };
  return event(platform, kind, fields, nowMs);
}

/** An account's owner has taken the authorisation back. */
export function pushUnauthorized(platform: Platform, appId: string, nowMs: number): Promise<Request> {
  platform.unauthorize(appId);
  return event(platform, "unauthorized", { AuthorizerAppid: appId }, nowMs);
}

function event(
  { settings }: Platform,
  kind: string,
  fields: Readonly<Record<string, string | number>>,
  nowMs: number,
): Promise<Request> {
  const all = { AppId: settings.appId, CreateTime: Math.floor(nowMs / 1000), InfoType: kind, ...fields };
  return createPushRequest(settings.push, settings.appId, all, nowMs);
}
