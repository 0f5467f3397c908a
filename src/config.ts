/**
 * Everything that can be set, read and checked once per isolate. The only file that reads variables and
 * secrets. A wrong value is reported by name and rule, never by its content: it may be a secret.
 */
import * as z from "zod/mini";
import { type JobSettings, readJobSettings } from "./config-jobs.ts";
import { readList, splitList } from "./config-read.ts";
import {
  type Account,
  type ApiKey,
  accountSchema,
  apiKeySchema,
  appIdSchema,
  describeFault,
  originSchema,
  STORED_FORMS,
  type StoredForm,
  textSchema,
} from "./config-schema.ts";
import type { Env } from "./env.ts";
import { DEFAULT_MAX_VOICE_SECONDS } from "./limits.ts";

export interface Config extends JobSettings {
  /** By appId, in the order configured: the first one is the default account. */
  readonly accounts: ReadonlyMap<string, Account>;
  readonly apiKeys: readonly ApiKey[];
  readonly maxVoiceSeconds: number;
  readonly storeFormats: ReadonlySet<StoredForm>;
}

/** What is wrong with the settings, one line each, safe to show: names and rules, no values. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`${faults.join(" ")} See the README, "Configure".`);
    this.faults = faults;
  }
}

const DEFAULT_API_ORIGINS = [
  "https://api.weixin.qq.com",
  "https://api2.weixin.qq.com",
  "https://hk.api.weixin.qq.com",
];

/** Reads and checks all settings. Throws one ConfigError that lists every fault. */
export function parseConfig(env: Env): Config {
  const faults: string[] = [];
  const apiOrigins = readOrigins(env, faults);
  const tokenOrigin = readSetting(env, "WECHAT_TOKEN_ORIGIN", z.optional(originSchema), faults);
  const defaults = { apiOrigins, tokenOrigin: tokenOrigin ?? apiOrigins[0] ?? "" };

  const config: Config = {
    accounts: readAccounts(env, defaults, faults),
    apiKeys: readApiKeys(env, faults),
    maxVoiceSeconds: readSeconds(env, "MAX_VOICE_SECONDS", DEFAULT_MAX_VOICE_SECONDS, faults),
    storeFormats: new Set(readStoreFormats(env, faults)),
    ...readJobSettings(env, faults),
  };
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}

/** The settings don't change while an isolate lives, so each environment object is parsed once. */
const parsed = new WeakMap<Env, Config | ConfigError>();

export function configOf(env: Env): Config {
  let result = parsed.get(env);
  if (!result) {
    try {
      result = parseConfig(env);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      result = error;
    }
    parsed.set(env, result);
  }
  if (result instanceof ConfigError) throw result;
  return result;
}

function readAccounts(
  env: Env,
  defaults: Pick<Account, "apiOrigins" | "tokenOrigin">,
  faults: string[],
): Map<string, Account> {
  const accounts = new Map<string, Account>();
  const shortId = readSetting(env, "WECHAT_APP_ID", z.optional(appIdSchema), faults);
  const shortSecret = readSetting(env, "WECHAT_APP_SECRET", z.optional(textSchema), faults);
  if (shortId && shortSecret) {
    accounts.set(shortId, { appId: shortId, source: "stable", secret: shortSecret, ...defaults });
  } else if (shortId) {
    faults.push("WECHAT_APP_SECRET is not set, but WECHAT_APP_ID is: set both or neither.");
  } else if (shortSecret) {
    faults.push("WECHAT_APP_ID is not set, but WECHAT_APP_SECRET is: set both or neither.");
  }

  for (const entry of readList(env, "WECHAT_ACCOUNTS", accountSchema, faults)) {
    if (accounts.has(entry.appId)) {
      faults.push(`WECHAT_ACCOUNTS names the account ${entry.appId} a second time.`);
      continue;
    }
    const apiOrigins = entry.apiOrigins ?? defaults.apiOrigins;
    // An account with hosts of its own asks the first of them for tokens, unless told otherwise.
    const tokenOrigin = entry.tokenOrigin ?? entry.apiOrigins?.[0] ?? defaults.tokenOrigin;
    accounts.set(entry.appId, { ...entry, apiOrigins, tokenOrigin });
  }
  if (accounts.size === 0 && faults.length === 0) {
    faults.push("No account: set WECHAT_APP_ID and WECHAT_APP_SECRET, or WECHAT_ACCOUNTS.");
  }
  return accounts;
}

function readApiKeys(env: Env, faults: string[]): ApiKey[] {
  const before = faults.length;
  const keys = readList(env, "API_KEYS", apiKeySchema, faults);
  if (keys.length === 0 && faults.length === before) {
    faults.push("API_KEYS is empty: nobody may call. 'npm run key' makes a key and its entry.");
  }
  const ids = keys.map((key) => key.id);
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) faults.push(`API_KEYS names the key id ${repeated} a second time.`);
  return keys;
}

function readOrigins(env: Env, faults: string[]): readonly string[] {
  const listed = splitList(env.WECHAT_API_ORIGINS);
  const origins = listed.length > 0 ? listed : DEFAULT_API_ORIGINS;
  for (const entry of origins) {
    const verdict = originSchema.safeParse(entry);
    if (!verdict.success) faults.push(`WECHAT_API_ORIGINS: ${describeFault(verdict.error)}.`);
  }
  return origins;
}

function readStoreFormats(env: Env, faults: string[]): StoredForm[] {
  if (env.STORE_FORMATS === undefined) return [...STORED_FORMS];
  const listed = splitList(env.STORE_FORMATS);
  const known = listed.filter((entry): entry is StoredForm => STORED_FORMS.some((form) => form === entry));
  if (known.length !== listed.length) {
    faults.push(`STORE_FORMATS must be a comma-separated list of ${STORED_FORMS.join(", ")}.`);
  }
  return known;
}

function readSeconds(env: Env, name: "MAX_VOICE_SECONDS", fallback: number, faults: string[]): number {
  const value = env[name];
  if (value === undefined || value === "") return fallback;
  if (/^[1-9][0-9]{0,4}$/.test(value)) return Number(value);
  faults.push(`${name} must be a whole number of seconds from 1 to 99999.`);
  return fallback;
}

type TextSetting = "WECHAT_APP_ID" | "WECHAT_APP_SECRET" | "WECHAT_TOKEN_ORIGIN";

/** An empty variable counts as not set: wrangler.toml lists them all with empty defaults. */
function readSetting<T extends z.ZodMiniType>(
  env: Env,
  name: TextSetting,
  schema: T,
  faults: string[],
): z.infer<T> | undefined {
  const verdict = schema.safeParse(env[name] === "" ? undefined : env[name]);
  if (verdict.success) return verdict.data;
  faults.push(`${name} ${describeFault(verdict.error)}.`);
  return undefined;
}
