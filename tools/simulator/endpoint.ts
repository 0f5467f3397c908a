/** What an endpoint is, and the two checks most of them begin with. */
import type { Account } from "./account.ts";
import type { Answer } from "./answer.ts";
import type { CallLimitBook } from "./call-limits.ts";
import type { CloudBook } from "./cloud.ts";
import { WechatError } from "./errors.ts";
import type { IncomingCall } from "./incoming-call.ts";
import type { PlatformBook } from "./platform-book.ts";
import type { RecordingShelf } from "./recordings.ts";
import type { TicketBook } from "./ticket-book.ts";
import type { TokenBook } from "./token-book.ts";

/** The simulated WeChat that endpoints look into and change. */
export interface World {
  readonly accounts: ReadonlyMap<string, Account>;
  readonly tokens: TokenBook;
  readonly tickets: TicketBook;
  readonly recordings: RecordingShelf;
  readonly cloud: CloudBook;
  readonly platforms: PlatformBook;
  readonly limits: CallLimitBook;
}

/** Answers one path. Throws WechatError for a refusal. */
export type Endpoint = (call: IncomingCall, world: World) => Answer;

/** The account behind an appid and its secret, for the calls that carry the AppSecret. */
export function accountBySecret(
  call: IncomingCall,
  world: World,
  appId: string | null,
  secret: string | null,
): Account {
  if (!appId) throw new WechatError(41002);
  if (!secret) throw new WechatError(41004);
  const account = world.accounts.get(appId);
  if (account?.kind !== "official") throw new WechatError(40013);
  account.checkAddress(call.clientIp, "secret-call");
  if (account.condition === "secret-frozen") throw new WechatError(40243);
  account.checkSecret(secret);
  if (account.condition === "frozen") throw new WechatError(50007);
  return account;
}

/** The account behind the access_token in the query. */
export function accountByToken(call: IncomingCall, world: World): Account {
  const cloudAppId = ownerOfCloudToken(call, world);
  if (!cloudAppId && !call.accessToken) throw new WechatError(41001);
  const appId = cloudAppId ?? world.tokens.check(call.accessToken ?? "", call.nowMs);
  const account = world.accounts.get(appId);
  if (!account) throw new WechatError(40013);
  if (account.kind !== "official") throw new WechatError(40001);
  if (!cloudAppId) account.checkAddress(call.clientIp, "token-call");
  if (account.condition === "frozen") throw new WechatError(50007);
  return account;
}

/** The account behind a `cloudbase_access_token` in the query; null: the call carries none. */
export function ownerOfCloudToken(call: IncomingCall, world: World): string | null {
  const value = call.query.get("cloudbase_access_token");
  return value ? world.cloud.check(value, call.nowMs) : null;
}
