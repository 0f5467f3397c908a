/** One Official Account on WeChat's side: its settings, and how much of each quota it has used. */
import { beijingDay, beijingMonth, type Counter, createCounter, minute } from "./counter.ts";
import { WechatError } from "./errors.ts";
import { createIpAllowList } from "./ip-allow-list.ts";

const DAILY_TOKEN_CALLS = 2_000;
const DAILY_STABLE_TOKEN_CALLS = 500_000;
const MINUTE_STABLE_TOKEN_CALLS = 10_000;
const DAILY_FORCED_REFRESHES = 20;
const DAILY_MEDIA_DOWNLOADS = 200_000;
const MONTHLY_QUOTA_CLEARINGS = 10;

export interface SimulatorAccount {
  /** A corp's corpId, where `kind` is `work`. */
  appId: string;
  secret: string;
  /** `work`: an app of a corp in WeCom (work.ts). Default `official`. */
  kind?: "official" | "work";
  /** IPv4 addresses and ranges. Null or absent: the list is off. */
  ipAllowList?: readonly string[] | null;
  /**
   * WeChat's own pages disagree on what the list guards. Default `every-call`, the newest text;
   * `secret-calls` guards only the calls that carry the AppSecret.
   */
  ipAllowListGuards?: "every-call" | "secret-calls";
  /** Downloads a Beijing day, both media endpoints together. Default 200,000. */
  dailyMediaQuota?: number;
  /** Calls of /cgi-bin/token a Beijing day. Default 2,000. */
  dailyTokenQuota?: number;
  /** What a wrong secret is answered with: both codes are documented. Default 40125. */
  wrongSecretErrcode?: 40125 | 40001;
  /**
   * `secret-frozen` → 40243 and `token-forbidden` → 50004 on token calls, `frozen` → 50007 on every call,
   * `unverified` → 48001 on media calls. Default `active`.
   */
  condition?: "active" | "secret-frozen" | "token-forbidden" | "frozen" | "unverified";
}

export interface Account {
  readonly appId: string;
  readonly kind: "official" | "work";
  readonly condition: NonNullable<SimulatorAccount["condition"]>;
  readonly quotas: {
    readonly token: Counter;
    readonly stableToken: Counter;
    readonly stableTokenMinute: Counter;
    readonly forcedRefresh: Counter;
    readonly media: Counter;
    readonly clearing: Counter;
  };
  /** Throws 40164 for an address that isn't on the list. */
  checkAddress(clientIp: string, call: "secret-call" | "token-call"): void;
  /** Throws what WeChat answers to a secret that isn't this account's. */
  checkSecret(secret: string): void;
}

export function createAccount(settings: SimulatorAccount): Account {
  const allows = settings.ipAllowList ? createIpAllowList(settings.ipAllowList) : null;
  const guards = settings.ipAllowListGuards ?? "every-call";

  return {
    appId: settings.appId,
    kind: settings.kind ?? "official",
    condition: settings.condition ?? "active",
    quotas: {
      token: createCounter(beijingDay, settings.dailyTokenQuota ?? DAILY_TOKEN_CALLS),
      stableToken: createCounter(beijingDay, DAILY_STABLE_TOKEN_CALLS),
      stableTokenMinute: createCounter(minute, MINUTE_STABLE_TOKEN_CALLS),
      forcedRefresh: createCounter(beijingDay, DAILY_FORCED_REFRESHES),
      media: createCounter(beijingDay, settings.dailyMediaQuota ?? DAILY_MEDIA_DOWNLOADS),
      clearing: createCounter(beijingMonth, MONTHLY_QUOTA_CLEARINGS),
    },
    checkAddress(clientIp, call) {
      if (!allows || (guards === "secret-calls" && call === "token-call")) return;
      if (allows(clientIp)) return;
      const ipv6 = clientIp.includes(":") ? clientIp : `::ffff:${clientIp}`;
      throw new WechatError(40164, `invalid ip ${clientIp} ipv6 ${ipv6}, not in whitelist`);
    },
    checkSecret(secret) {
      if (secret === settings.secret) return;
      const errcode = settings.wrongSecretErrcode ?? 40125;
      throw errcode === 40001 ? new WechatError(40001, "invalid credential") : new WechatError(errcode);
    },
  };
}
