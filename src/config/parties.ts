/** The accounts and platforms among the settings: short form, list, defaults, and what may not be repeated. */
import * as z from "zod/mini";
import { appIdSchema, originSchema, secretSchema, textSchema } from "../schema.ts";
import type { Parties } from "../wechat/accounts.ts";
import { type Platform, platformSchema } from "../wechat/platform/platform.ts";
import {
  type Account,
  accountSchemaOf,
  defaultOriginsOf,
  SOURCE_KINDS,
} from "../wechat/token/sources/registry.ts";
import { checkEach, readList, readSetting, splitList } from "./reader.ts";
import type { Settings } from "./settings.ts";

const DEFAULT_API_ORIGINS = [
  "https://api.weixin.qq.com",
  "https://api2.weixin.qq.com",
  "https://hk.api.weixin.qq.com",
];
const DEFAULT_SOURCE = "stable";

interface Ways {
  readonly apiOrigins: readonly string[];
  readonly tokenOrigin: string;
  readonly relaySecret?: string | undefined;
}

export function readParties(env: Settings, faults: string[]): Parties {
  const apiOrigins = readApiOrigins(env, faults);
  const tokenOrigin = readSetting(env, "WECHAT_TOKEN_ORIGIN", z.optional(originSchema), faults);
  const relaySecret = readSetting(env, "WECHAT_RELAY_SECRET", z.optional(textSchema), faults);
  const ways: Ways = {
    apiOrigins,
    tokenOrigin: tokenOrigin ?? apiOrigins[0] ?? "",
    ...(relaySecret === undefined ? {} : { relaySecret }),
  };
  const before = faults.length;
  const platforms = readPlatforms(env, ways, faults);
  const accounts = readAccounts(env, ways, platforms, faults);
  if (accounts.size === 0 && platforms.size === 0 && faults.length === before) {
    faults.push("No account: set WECHAT_APP_ID and WECHAT_APP_SECRET, WECHAT_ACCOUNTS, or WECHAT_PLATFORMS.");
  }
  return { accounts, platforms };
}

function readAccounts(
  env: Settings,
  ways: Ways,
  platforms: ReadonlyMap<string, Platform>,
  faults: string[],
): Map<string, Account> {
  const accounts = new Map<string, Account>();
  const shortId = readSetting(env, "WECHAT_APP_ID", z.optional(appIdSchema), faults);
  const shortSecret = readSetting(env, "WECHAT_APP_SECRET", z.optional(secretSchema), faults);
  if (shortId && shortSecret) {
    accounts.set(shortId, { appId: shortId, source: DEFAULT_SOURCE, secret: shortSecret, ...ways });
  } else if (shortId && !env.WECHAT_APP_SECRET) {
    faults.push("WECHAT_APP_SECRET is not set, but WECHAT_APP_ID is: set both or neither.");
  } else if (shortSecret && !env.WECHAT_APP_ID) {
    faults.push("WECHAT_APP_ID is not set, but WECHAT_APP_SECRET is: set both or neither.");
  }
  for (const { entry, place } of readList(env, "WECHAT_ACCOUNTS", entrySchema, faults)) {
    if (accounts.has(entry.appId)) {
      faults.push(`${place}.appId is already used by an account before it.`);
      continue;
    }
    // An authorised account is reached the way its platform is.
    const platform = entry.source === "authorizer" ? platforms.get(entry.componentAppId) : null;
    if (platform === undefined) {
      faults.push(`${place}.componentAppId is not in WECHAT_PLATFORMS.`);
    }
    accounts.set(entry.appId, { ...entry, ...waysOf(entry, defaultOriginsOf(entry), platform ?? ways) });
  }
  return accounts;
}

function readPlatforms(env: Settings, ways: Ways, faults: string[]): Map<string, Platform> {
  const platforms = new Map<string, Platform>();
  for (const { entry, place } of readList(env, "WECHAT_PLATFORMS", platformSchema, faults)) {
    if (platforms.has(entry.appId)) {
      faults.push(`${place}.appId is already used by a platform before it.`);
      continue;
    }
    platforms.set(entry.appId, { ...entry, ...waysOf(entry, null, ways) });
  }
  return platforms;
}

/** An account without a source has the default one; what else it may have depends on what stands there. */
const entrySchema = z.transform((entry: unknown, context): Account => {
  const { issues } = context;
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    issues.push({ code: "invalid_type", expected: "object", input: entry });
    return z.NEVER;
  }
  const source = "source" in entry ? entry.source : DEFAULT_SOURCE;
  const schema = accountSchemaOf(source);
  if (!schema) {
    const message = `must be one of: ${SOURCE_KINDS.join(", ")}`;
    issues.push({ code: "custom", input: entry, path: ["source"], message });
    return z.NEVER;
  }
  const verdict = schema.safeParse({ ...entry, source });
  if (verdict.success) return verdict.data;
  // As they are: what is told of them is their place and their rule.
  issues.push(...(verdict.error.issues as unknown as typeof issues));
  return z.NEVER;
});

/** What is set for one account, else its kind's own hosts, else what is set for all. */
function waysOf(
  own: {
    apiOrigins?: readonly string[] | undefined;
    tokenOrigin?: string | undefined;
    relaySecret?: string | undefined;
  },
  ofKind: readonly string[] | null,
  forAll: Ways,
): Ways {
  const hosts = own.apiOrigins ?? ofKind;
  const relaySecret = own.relaySecret ?? forAll.relaySecret;
  return {
    apiOrigins: hosts ?? forAll.apiOrigins,
    // An account with hosts of its own asks the first of them for tokens, unless tokenOrigin is set.
    tokenOrigin: own.tokenOrigin ?? hosts?.[0] ?? forAll.tokenOrigin,
    ...(relaySecret === undefined ? {} : { relaySecret }),
  };
}

function readApiOrigins(env: Settings, faults: string[]): readonly string[] {
  const listed = splitList(env.WECHAT_API_ORIGINS);
  const origins = listed.length > 0 ? listed : DEFAULT_API_ORIGINS;
  return checkEach("WECHAT_API_ORIGINS", origins, originSchema, faults);
}
