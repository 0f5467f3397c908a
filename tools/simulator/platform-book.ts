/** Third-party platforms on WeChat's side: their tickets and tokens, and who has authorised them for what. */
import { WechatError } from "./errors.ts";
import { createIpAllowList } from "./ip-allow-list.ts";
import type { PushTarget } from "./push-request.ts";

const TICKET_LIFETIME_MS = 12 * 3_600_000;
const TOKEN_LIFETIME_MS = 7_200_000;
const CODE_LIFETIME_MS = 3_600_000;
/** Any one of these permission sets lets a platform call getHDVoice. */
const VOICE_SETS: readonly number[] = [1, 8, 9, 11, 100];

export interface SimulatorPlatform {
  appId: string;
  secret: string;
  push: PushTarget;
  /** Single addresses. Null or absent: the list is off. */
  ipAllowList?: readonly string[] | null;
  /** `rotate`: every use of a refresh token ends it, and the answer holds the next. Default `stay`. */
  refreshTokens?: "stay" | "rotate";
}

export interface Grant {
  readonly appId: string;
  refreshToken: string;
  readonly permissionSets: readonly number[];
  readonly authorizedAtMs: number;
}

export interface Platform {
  readonly settings: SimulatorPlatform;
  readonly grants: ReadonlyMap<string, Grant>;
  issueTicket(nowMs: number): string;
  /** Throws 61006 or 61005 unless the ticket works. */
  checkTicket(ticket: string, nowMs: number): void;
  issueToken(nowMs: number): string;
  /** Throws 40001 or 42001 unless the component_access_token works. */
  checkToken(token: string, nowMs: number): void;
  checkAddress(clientIp: string): void;
  /** Grants anew; what was granted before ends. Returns the authorisation code. */
  authorize(
    appId: string,
    permissionSets: readonly number[],
    nowMs: number,
  ): { code: string; expiresAtMs: number };
  unauthorize(appId: string): void;
  /** Throws 61010 unless the code is good; it is good once. */
  redeem(code: string, nowMs: number): Grant;
  /** Throws 61003 or 61023. Returns the grant, its refresh token rotated where that is set. */
  refresh(appId: string, refreshToken: string): Grant;
}

export interface PlatformBook {
  find(appId: string): Platform | null;
  /** Notes whose authorisation an access token rests on. */
  noteToken(token: string, componentAppId: string, appId: string): void;
  /** Throws 40001 or 61007 where a platform's token may not call media interfaces. Other tokens pass. */
  checkMediaGrant(token: string): void;
}

export function createPlatformBook(settings: readonly SimulatorPlatform[]): PlatformBook {
  const platforms = new Map(settings.map((one) => [one.appId, createPlatform(one)]));
  const tokens = new Map<string, { componentAppId: string; appId: string; grant: Grant | undefined }>();
  return {
    find: (appId) => platforms.get(appId) ?? null,
    noteToken(token, componentAppId, appId) {
      tokens.set(token, { componentAppId, appId, grant: platforms.get(componentAppId)?.grants.get(appId) });
    },
    checkMediaGrant(token) {
      const noted = tokens.get(token);
      if (!noted) return;
      const grant = platforms.get(noted.componentAppId)?.grants.get(noted.appId);
      if (!grant || grant !== noted.grant) throw new WechatError(40001);
      if (!grant.permissionSets.some((id) => VOICE_SETS.includes(id))) throw new WechatError(61007);
    },
  };
}

function createPlatform(settings: SimulatorPlatform): Platform {
  const tickets = new Map<string, number>();
  const tokens = new Map<string, number>();
  const codes = new Map<string, { appId: string; expiresAtMs: number }>();
  const grants = new Map<string, Grant>();
  const allows = settings.ipAllowList ? createIpAllowList(settings.ipAllowList) : null;

  return {
    settings,
    grants,
    issueTicket(nowMs) {
      const ticket = `ticket@@@${random()}`;
      tickets.set(ticket, nowMs + TICKET_LIFETIME_MS);
      return ticket;
    },
    checkTicket(ticket, nowMs) {
      const expiresAtMs = tickets.get(ticket);
      if (expiresAtMs === undefined) throw new WechatError(61006);
      if (nowMs >= expiresAtMs) throw new WechatError(61005);
    },
    issueToken(nowMs) {
      const token = `component_${random()}${random()}`;
      tokens.set(token, nowMs + TOKEN_LIFETIME_MS);
      return token;
    },
    checkToken(token, nowMs) {
      const expiresAtMs = tokens.get(token);
      if (expiresAtMs === undefined) throw new WechatError(40001);
      if (nowMs >= expiresAtMs) throw new WechatError(42001);
    },
    checkAddress(clientIp) {
      if (!allows || allows(clientIp)) return;
      throw new WechatError(61004, `access clientip is not registered requestIP: ${clientIp}`);
    },
    authorize(appId, permissionSets, nowMs) {
      const refreshToken = newRefreshToken();
      grants.set(appId, { appId, refreshToken, permissionSets, authorizedAtMs: nowMs });
      const code = `queryauthcode@@@${random()}`;
      const expiresAtMs = nowMs + CODE_LIFETIME_MS;
      codes.set(code, { appId, expiresAtMs });
      return { code, expiresAtMs };
    },
    unauthorize: (appId) => void grants.delete(appId),
    redeem(code, nowMs) {
      const known = codes.get(code);
      const grant = known && grants.get(known.appId);
      if (!known || !grant || nowMs >= known.expiresAtMs) throw new WechatError(61010);
      codes.delete(code);
      return grant;
    },
    refresh(appId, refreshToken) {
      const grant = grants.get(appId);
      if (!grant) throw new WechatError(61003);
      if (grant.refreshToken !== refreshToken) throw new WechatError(61023);
      if (settings.refreshTokens === "rotate") grant.refreshToken = newRefreshToken();
      return grant;
    },
  };
}

function newRefreshToken(): string {
  return `refreshtoken@@@${random()}`;
}

function random(): string {
  return crypto.randomUUID().replaceAll("-", "");
}
