/**
 * Variables and secrets, as the runtime passes them: text, or not set. `config/` alone reads them. A Cloudflare
 * variable holds 5 kB and can't be read back, so each list is read from every variable whose name is the list's, or the
 * list's and a suffix: API_KEYS, API_KEYS_BACKEND, WECHAT_ACCOUNTS_2 …, in the order of their names.
 */
export interface Settings {
  readonly WECHAT_APP_ID?: string;
  readonly WECHAT_APP_SECRET?: string;
  readonly WECHAT_ACCOUNTS?: string;
  readonly WECHAT_PLATFORMS?: string;
  readonly WECHAT_API_ORIGINS?: string;
  readonly WECHAT_TOKEN_ORIGIN?: string;
  readonly WECHAT_RELAY_SECRET?: string;
  readonly API_KEYS?: string;
  readonly CORS_ORIGINS?: string;
  readonly JSAPI_PAGE_ORIGINS?: string;
  readonly MAX_VOICE_SECONDS?: string;
  readonly STORE_FORMATS?: string;
  readonly LINK_KEYS?: string;
  readonly WEBHOOK_SECRETS?: string;
  readonly CALLBACK_SECRETS?: string;
  readonly CALLBACK_HOSTS?: string;
  readonly JOB_BACKOFF_SECONDS?: string;
  readonly PUBLIC_ORIGIN?: string;
  readonly TRANSCRIBER_URL?: string;
  readonly TRANSCRIBER_KEY?: string;
  readonly TRANSCRIBER_MODEL?: string;
}

export type SettingName = keyof Settings;

/** The settings that may be spread over several variables. */
export type ListName =
  | "API_KEYS"
  | "WECHAT_ACCOUNTS"
  | "WECHAT_PLATFORMS"
  | "LINK_KEYS"
  | "WEBHOOK_SECRETS"
  | "CALLBACK_SECRETS";
