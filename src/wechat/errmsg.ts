/**
 * WeChat's own message about a failure: what is read from it, and which part callers may see. It can quote anything of the
 * call: a token, a secret, a URL with both, and the address that the call came from.
 */

/** WeChat's longest are under 200 characters. What is read of one, and what is quoted. */
const MAX_READ_LENGTH = 1_000;
const MAX_LENGTH = 300;
/** What stands in for what is left out. */
const OMITTED = "…";

const RID = /\brid: ([0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8})/g;
/** `access_token=…`, `"secret":"…"`, in any spelling. */
const NAMED_SECRET = /((?:token|secret|ticket|password|auth_?code)["']?\s?[=:]\s?["']?)[^\s"'&,;)\]}]+/gi;
/** Tokens have more than 100 of these, AppSecrets 32; WeChat's hints have fewer. */
const TOKEN_LIKE = /[\w@-]{32,}/g;
const IPV6 = /[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,8}(?:(?:\.(?:\d{1,3}|\*)){3})?/gi;
const IPV4 = /\d{1,3}(?:\.(?:\d{1,3}|\*)){3}/g;

/** WeChat's request id, `rid: 8hex-8hex-8hex` at the end of an errmsg. */
export function ridIn(errmsg: string): string | null {
  return errmsg.matchAll(RID).next().value?.[1] ?? null;
}

/** `invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist`, `requestIP: 1.2.*.*`, `from ip: 1.2.3.4`. */
export function addressIn(errmsg: string): string | null {
  // Digits and letters alone are no address: "ip added".
  return /\b(?:ip|requestIP):? ((?=[0-9a-f*]*[.:])[0-9a-f.:*]{2,44}[0-9a-f*])/i.exec(errmsg)?.[1] ?? null;
}

/** The errmsg without its rid, and without secrets: those that the call carried, and whatever looks like one. */
export function quotable(errmsg: string, secrets: readonly string[]): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  let text = errmsg.slice(0, MAX_READ_LENGTH).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ");
  for (const secret of secrets.filter((value) => value !== "")) text = text.replaceAll(secret, OMITTED);
  text = text
    .replace(RID, "")
    .replace(NAMED_SECRET, `$1${OMITTED}`)
    .replace(TOKEN_LIKE, OMITTED)
    .replace(IPV6, OMITTED)
    .replace(IPV4, OMITTED)
    .replace(/ {2,}/g, " ")
    .trim();
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}${OMITTED}`;
}
