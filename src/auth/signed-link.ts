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

export interface LinkKey {
  readonly id: string;
  readonly secret: string;
}

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
  const secret = await importSecret(key, "sign");
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", secret, signedBytes(path, query)));
  return `${path}?${query}${SIGNATURE}${signature.toBase64({ alphabet: "base64url", omitPadding: true })}`;
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
  const { query, encoded } = splitQuery(url.search);
  const parameters = new URLSearchParams(query);
  const key = keys.find(({ id }) => id === parameters.get("key"));
  const signature = decode(encoded);
  if (!key || !signature) return "forged";
  const secret = await importSecret(key, "verify");
  // Joined voices have commas, which some clients encode on their way.
  const path = url.pathname.replaceAll(/%2c/gi, ",");
  // Compares in constant time.
  const genuine = await crypto.subtle.verify("HMAC", secret, signature, signedBytes(path, query));
  if (!genuine) return "forged";
  return Number(parameters.get("expires")) > nowSeconds ? "valid" : "expired";
}

/** What comes before the signature is signed; what comes after it is ignored. */
function splitQuery(search: string): { query: string; encoded: string } {
  const end = search.indexOf(SIGNATURE);
  if (end === -1) return { query: "", encoded: "" };
  const [encoded = ""] = search.slice(end + SIGNATURE.length).split("&", 1);
  return { query: search.slice(1, end), encoded };
}

function signedBytes(path: string, query: string): Uint8Array {
  return new TextEncoder().encode(`${SCHEME}\nGET\n${path}\n${query}`);
}

function importSecret({ secret }: LinkKey, use: "sign" | "verify"): Promise<CryptoKey> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return crypto.subtle.importKey("raw", new TextEncoder().encode(secret), algorithm, false, [use]);
}

/** Null unless it is the one canonical spelling: two spellings of a signature would be two links. */
function decode(signature: string): Uint8Array | null {
  try {
    return Uint8Array.fromBase64(`${signature}=`, { alphabet: "base64url", lastChunkHandling: "strict" });
  } catch {
    return null;
  }
}
