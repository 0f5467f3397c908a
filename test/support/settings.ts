/** Settings of the Worker, put together by hand, and what becomes of them. */
import { ConfigError, parseConfig } from "../../src/config/config.ts";
import type { Env } from "../../src/env.ts";

export const SHA256 = "0123456789abcdef".repeat(4);
export const KEY = { id: "reader", sha256: SHA256, scopes: ["voices:read"] };
/** The least that serves voices. */
export const LEAST = {
  WECHAT_APP_ID: "wx1",
  WECHAT_APP_SECRET: "secret-1",
  API_KEYS: JSON.stringify([KEY]),
};
export const SETTINGS = [
  "WECHAT_APP_ID",
  "WECHAT_APP_SECRET",
  "WECHAT_ACCOUNTS",
  "WECHAT_API_ORIGINS",
  "WECHAT_TOKEN_ORIGIN",
  "WECHAT_RELAY_SECRET",
  "WECHAT_PLATFORMS",
  "API_KEYS",
  "CORS_ORIGINS",
  "JSAPI_PAGE_ORIGINS",
  "MAX_VOICE_SECONDS",
  "STORE_FORMATS",
  "LINK_KEYS",
  "WEBHOOK_SECRETS",
  "CALLBACK_SECRETS",
  "CALLBACK_HOSTS",
  "JOB_BACKOFF_SECONDS",
  "TRANSCRIBER_URL",
  "TRANSCRIBER_KEY",
  "TRANSCRIBER_MODEL",
] as const;

/** Lists may have suffixes, and people misspell. */
export type Settings = Partial<Record<(typeof SETTINGS)[number], string>> & Readonly<Record<string, string>>;

export const envOf = (settings: Settings) => settings as unknown as Env;
/** The configuration from the least that must be set, and these settings. */
export const parse = (settings: Settings) => parseConfig(envOf({ ...LEAST, ...settings }));

/** What is wrong with these settings, line by line. */
export function faultsOf(settings: Settings): readonly string[] {
  try {
    parseConfig(envOf(settings));
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

export const faultsWith = (settings: Settings) => faultsOf({ ...LEAST, ...settings });
