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

export const OTHER_APP_ID = "wxfedcba0987654321";
export const OTHER_APP_SECRET = "other-secret-that-must-never-leak";

/** Every string above that no log line and no answer may ever hold. */
export const SECRETS: readonly string[] = [
  APP_SECRET,
  OTHER_APP_SECRET,
  READER_KEY,
  OPERATOR_KEY,
  DELETER_KEY,
  SCOPELESS_KEY,
  OTHER_APP_KEY,
];
