/** Variables and secrets, as the runtime hands them over: text, or not set. `config/` alone reads them. */
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
  readonly MAX_VOICE_SECONDS?: string;
  readonly STORE_FORMATS?: string;
  readonly LINK_KEYS?: string;
  readonly WEBHOOK_SECRETS?: string;
  readonly CALLBACK_SECRETS?: string;
  readonly CALLBACK_HOSTS?: string;
  readonly JOB_BACKOFF_SECONDS?: string;
}

export type SettingName = keyof Settings;
