/** The account and the keys that tests use. Made up: none of them opens anything. */

export const APP_ID = "wx1234567890abcdef";
export const APP_SECRET = "app-secret-that-must-never-leak";

/** May read voices of every account. */
export const READER_KEY = "hdv_reader_key-that-must-never-leak";
/** May also see what is meant for operators. */
export const OPERATOR_KEY = "hdv_operator_key-that-must-never-leak";
/** May delete voices, and not even read them. */
export const DELETER_KEY = "hdv_deleter_key-that-must-never-leak";
/** Has no scope that reads voices. */
export const SCOPELESS_KEY = "hdv_scopeless_key-that-must-never-leak";
/** May use only an account that isn't the default one. */
export const OTHER_APP_KEY = "hdv_other-app_key-that-must-never-leak";

/** May make links, and make and read jobs, but not read a voice. */
export const BACKEND_KEY = "hdv_backend_key-that-must-never-leak";

/** May ask what was said, and nothing else. */
export const LISTENER_KEY = "hdv_listener_key-that-must-never-leak";
/** May make and read jobs, and have their voices transcribed. */
export const DICTATION_KEY = "hdv_dictation_key-that-must-never-leak";
export const TRANSCRIBER_HOST = "speech.test";
export const TRANSCRIBER_KEY = "sk-test-transcriber-key-that-must-never-leak";

export const LINK_KEYS = [
  { id: "link-2", secret: "newer-link-secret-that-must-never-leak" },
  { id: "link-1", secret: "older-link-secret-that-must-never-leak" },
] as const;
/** The first signs, both verify: the second is on its way out. */
export const WEBHOOK_SECRETS = [
  "whsec_bmV3ZXItd2ViaG9vay1zZWNyZXQtbm8tbGVhaw==",
  "whsec_b2xkZXItd2ViaG9vay1zZWNyZXQtbm8tbGVhaw==",
] as const;

/** What callbacks are signed with: both, while one of them is on its way out. */
export const CALLBACK_SECRETS = [
  "whsec_bmV3ZXItY2FsbGJhY2stc2VjcmV0LW5vLWxlYWs=",
  "whsec_b2xkZXItY2FsbGJhY2stc2VjcmV0LW5vLWxlYWs=",
] as const;

export const OTHER_APP_ID = "wxfedcba0987654321";
export const OTHER_APP_SECRET = "other-secret-that-must-never-leak";

/** An account of every other source, and what it is asked with. */
export const CLASSIC_APP_ID = "wxclassic000000001";
export const CORP_ID = "wwcorp00000000001";
export const REMOTE_APP_ID = "wxremote0000000001";
export const PUSHED_APP_ID = "wxpushed0000000001";
export const CLOUD_APP_ID = "wxcloud00000000001";
export const CLOUD_TOKEN_APP_ID = "wxcloud00000000002";
export const SOURCE_SECRET = "source-secret-that-must-never-leak";
export const REMOTE_ORIGIN = "https://tokens.estate.test";
export const REMOTE_AUTHORIZATION = "Bearer estate-key-that-must-never-leak";
export const CLOUD_ORIGIN = "https://inside.cloud.test";
export const RELAY_ORIGIN = "https://relay.test";
export const RELAY_SECRET = "relay-secret-that-must-never-leak";
/** A third-party platform, and an account that may authorise it but is configured nowhere. */
export const PLATFORM_ID = "wxplatform00000001";
export const PLATFORM_SECRET = "platform-secret-that-must-never-leak";
export const PLATFORM_PUSH = {
  token: "PlatformPushToken",
  encodingAesKey: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
};
export const MERCHANT_APP_ID = "wxmerchant00000001";
/** Configured with the source `authorizer`, for the same platform. */
export const LISTED_MERCHANT_APP_ID = "wxmerchant00000002";
/** How messages are pushed to the account that lives on pushed tokens: in plain mode. */
export const PLAIN_PUSH = { token: "AAAAA" };
/** And to the account that isn't the default one: encrypted. */
export const SAFE_PUSH = {
  token: "AccountPushToken",
  encodingAesKey: "ABCDEFGabcdefghijklmnopqrstuvwxyz0123456789",
};
/** And to the corp. */
export const WORK_PUSH = {
  token: "CorpPushToken",
  encodingAesKey: "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG",
};
/** May have pages signed, and nothing else. */
export const SIGNER_KEY = "hdv_signer_key-that-must-never-leak";
/** A site whose pages need no key for that. */
export const PAGE_ORIGIN = "https://page.example";
/** May report refused tokens, and nothing else. */
export const REPORTER_KEY = "hdv_reporter_key-that-must-never-leak";
/** What SDKs show as their AppSecret: for every account, and for one that isn't the default one. */
export const COMPAT_KEY = "hdv_compat_key-that-must-never-leak";
export const OTHER_COMPAT_KEY = "hdv_other-compat_key-that-must-never-leak";
/** May do everything with tokens, and nothing else. */
export const TOKEN_KEY = "hdv_token_key-that-must-never-leak";

/** Every string above that no log line and no answer may ever hold. */
export const SECRETS: readonly string[] = [
  APP_SECRET,
  OTHER_APP_SECRET,
  SOURCE_SECRET,
  REMOTE_AUTHORIZATION,
  RELAY_SECRET,
  PLATFORM_SECRET,
  PLATFORM_PUSH.token,
  PLATFORM_PUSH.encodingAesKey,
  SAFE_PUSH.token,
  SAFE_PUSH.encodingAesKey,
  WORK_PUSH.token,
  WORK_PUSH.encodingAesKey,
  TOKEN_KEY,
  COMPAT_KEY,
  OTHER_COMPAT_KEY,
  REPORTER_KEY,
  SIGNER_KEY,
  READER_KEY,
  LISTENER_KEY,
  DICTATION_KEY,
  TRANSCRIBER_KEY,
  OPERATOR_KEY,
  DELETER_KEY,
  SCOPELESS_KEY,
  OTHER_APP_KEY,
  BACKEND_KEY,
  ...LINK_KEYS.map(({ secret }) => secret),
  ...WEBHOOK_SECRETS,
  ...CALLBACK_SECRETS,
];
