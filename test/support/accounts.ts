/** The account and the keys that tests use. Made up: none of them opens anything. */

export const APP_ID = "wx1234567890abcdef";
export const APP_SECRET = "app-secret-that-must-never-leak";

/** May read voices of every account. */
export const READER_KEY = "hdv_reader_key-that-must-never-leak";
/** May also see what is meant for operators. */
export const OPERATOR_KEY = "hdv_operator_key-that-must-never-leak";
/** Has no scope that reads voices. */
export const SCOPELESS_KEY = "hdv_scopeless_key-that-must-never-leak";
/** May use only an account that isn't the default one. */
export const OTHER_APP_KEY = "hdv_other-app_key-that-must-never-leak";

/** May make links, and make and read jobs, but not read a voice. */
export const BACKEND_KEY = "hdv_backend_key-that-must-never-leak";

export const LINK_KEYS = [
  { id: "link-2", secret: "newer-link-secret-that-must-never-leak" },
  { id: "link-1", secret: "older-link-secret-that-must-never-leak" },
] as const;
/** The first signs, both verify: the second is on its way out. */
export const WEBHOOK_SECRETS = [
  "whsec_bmV3ZXItd2ViaG9vay1zZWNyZXQtbm8tbGVhaw==",
  "whsec_b2xkZXItd2ViaG9vay1zZWNyZXQtbm8tbGVhaw==",
] as const;

export const OTHER_APP_ID = "wxfedcba0987654321";
export const OTHER_APP_SECRET = "other-secret-that-must-never-leak";

/** Every string above that no log line and no answer may ever hold. */
export const SECRETS: readonly string[] = [
  APP_SECRET,
  OTHER_APP_SECRET,
  READER_KEY,
  OPERATOR_KEY,
  SCOPELESS_KEY,
  OTHER_APP_KEY,
  BACKEND_KEY,
  ...LINK_KEYS.map(({ secret }) => secret),
  ...WEBHOOK_SECRETS,
];
