/**
 * Signed links: a URL that opens one form of one voice until a given moment, for players that can't send a header.
 *
 *   /v1/apps/wx1/voices/abc.wav?expires=1767225600&key=2026-01&signature=…
 *
 * The signature is HMAC-SHA256 (RFC 2104), base64url without padding, and the last parameter that means anything: what
 * apps append when a link is passed on (WeChat `&from=singlemessage`, others `&utm_…`) is ignored. It covers
 * four lines: the scheme's name, the method, the path, and the whole query in front of `&signature=`, in which stand
 * the expiry and the key's id. HEAD is signed as GET. Several keys let one be replaced without breaking links.
 */

import { isSigned, type LinkKey, signText } from "./keyed-hash.ts";

export type LinkVerdict = "valid" | "expired" | "forged";

/** Makes these signatures different from others that are made with the same secret. */
const SCHEME = "hdvoice-link-v1";
const SIGNATURE = "&signature=";

/** The path with its signed query. Signs with the first key. */
export async function signLink(
  path: string,
  expiresAtSeconds: number,
  keys: readonly [LinkKey, ...LinkKey[]],
): Promise<string> {
  const [key] = keys;
  const query = `expires=${expiresAtSeconds}&key=${key.id}`;
  return `${path}?${query}${SIGNATURE}${await signText(key, signedText(path, query))}`;
}

/** Whether the URL claims to be signed; only then is there something to verify. */
export function looksSigned(url: URL): boolean {
  return url.searchParams.has("signature");
}

/** Checks a link for GET and HEAD. The signature before the expiry, so that a forger doesn't learn whether a link has expired. */
export async function verifyLink(
  url: URL,
  keys: readonly LinkKey[],
  nowSeconds: number,
): Promise<LinkVerdict> {
  const { query, signature } = splitQuery(url.search);
  const parameters = new URLSearchParams(query);
  const key = keys.find(({ id }) => id === parameters.get("key"));
  // Joined voices have commas, which some clients encode on their way.
  const path = url.pathname.replaceAll(/%2c/gi, ",");
  if (!key || !(await isSigned(key, signedText(path, query), signature))) return "forged";
  return Number(parameters.get("expires")) > nowSeconds ? "valid" : "expired";
}

/** What comes before the signature is signed; what comes after it is ignored. */
function splitQuery(search: string): { query: string; signature: string } {
  const end = search.indexOf(SIGNATURE);
  if (end === -1) return { query: "", signature: "" };
  const [signature = ""] = search.slice(end + SIGNATURE.length).split("&", 1);
  return { query: search.slice(1, end), signature };
}

function signedText(path: string, query: string): string {
  return `${SCHEME}\nGET\n${path}\n${query}`;
}
