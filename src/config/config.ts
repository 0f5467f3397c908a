/**
 * Everything that can be set, read and checked once per isolate. This folder is
 * the only place that reads variables and secrets. A wrong value is reported by name and rule, never
 * by its content: it may be a secret.
 */

import * as z from "zod/mini";
import { type ApiKey, apiKeySchema } from "../auth/caller.ts";
import { DEFAULT_MAX_VOICE_SECONDS, LONGEST_VOICE_SECONDS } from "../limits.ts";
import { originSchema, siteSchema } from "../schema.ts";
import { STORED_FORMS, type StoredForm } from "../voice/stored-form.ts";
import type { Parties } from "../wechat/accounts.ts";
import { type JobSettings, readJobSettings } from "./jobs.ts";
import { readParties } from "./parties.ts";
import { checkEach, readList, readSetting, refuseRepetitions, splitList } from "./reader.ts";
import type { Settings } from "./settings.ts";
import { readTranscriber, type TranscriberConfig } from "./transcriber.ts";

/** `accounts`' first entry is the default account. */
export interface Config extends Parties, JobSettings {
  readonly apiKeys: readonly ApiKey[];
  /** Sites whose pages may call from a browser. */
  readonly corsOrigins: readonly string[];
  /** Sites whose pages may have their own URLs signed for WeChat's JS-SDK without a key. */
  readonly jsapiPageOrigins: readonly string[];
  readonly maxVoiceSeconds: number;
  /** What URLs that leave the gateway begin with; null: the origin of the request that caused them. */
  readonly publicOrigin: string | null;
  readonly storeFormats: ReadonlySet<StoredForm>;
  readonly transcriber: TranscriberConfig;
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

/** Reads and checks all settings. Throws one ConfigError that lists every fault. */
export function parseConfig(env: Settings): Config {
  const faults: string[] = [];
  const config: Config = {
    ...readParties(env, faults),
    apiKeys: readApiKeys(env, faults),
    corsOrigins: checkEach("CORS_ORIGINS", splitList(env.CORS_ORIGINS), siteSchema, faults),
    jsapiPageOrigins: checkEach("JSAPI_PAGE_ORIGINS", splitList(env.JSAPI_PAGE_ORIGINS), siteSchema, faults),
    maxVoiceSeconds: readMaxVoiceSeconds(env, faults),
    storeFormats: new Set(readStoreFormats(env, faults)),
    publicOrigin: readSetting(env, "PUBLIC_ORIGIN", z.optional(originSchema), faults) ?? null,
    transcriber: readTranscriber(env, faults),
    ...readJobSettings(env, faults),
  };
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}

/** The settings don't change while an isolate lives, so each environment object is parsed once. */
const parsed = new WeakMap<Settings, Config | ConfigError>();

export function configOf(env: Settings): Config {
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

/** For answers that must come out right while another setting is faulty. */
export function publicOriginOf(env: Settings): string | null {
  try {
    return configOf(env).publicOrigin;
  } catch {
    return null;
  }
}

function readApiKeys(env: Settings, faults: string[]): ApiKey[] {
  const before = faults.length;
  const keys = readList(env, "API_KEYS", apiKeySchema, faults);
  if (keys.length === 0 && faults.length === before) {
    faults.push("API_KEYS is empty: nobody may call. 'npm run key' makes a key and its entry.");
  }
  return refuseRepetitions(keys, ({ id }) => id, ".id is already used by a key before it", faults);
}

function readStoreFormats(env: Settings, faults: string[]): StoredForm[] {
  const listed = splitList(env.STORE_FORMATS);
  if (listed.length === 0) return [...STORED_FORMS];
  const known = listed.filter((entry): entry is StoredForm => STORED_FORMS.some((form) => form === entry));
  if (known.length !== listed.length) {
    faults.push(`STORE_FORMATS must be a comma-separated list of ${STORED_FORMS.join(", ")}.`);
  }
  return known;
}

function readMaxVoiceSeconds(env: Settings, faults: string[]): number {
  const value = env.MAX_VOICE_SECONDS;
  if (value === undefined || value === "") return DEFAULT_MAX_VOICE_SECONDS;
  const seconds = /^[1-9][0-9]{0,3}$/.test(value) ? Number(value) : Number.POSITIVE_INFINITY;
  if (seconds <= LONGEST_VOICE_SECONDS) return seconds;
  faults.push(`MAX_VOICE_SECONDS must be a whole number of seconds from 1 to ${LONGEST_VOICE_SECONDS}.`);
  return DEFAULT_MAX_VOICE_SECONDS;
}
