/** HMAC-SHA256 (RFC 2104) over text, as base64url without padding. */

/** One of LINK_KEYS: the first signs, all verify. What each signs begins with the name of its scheme, so that none passes for another. */
export interface LinkKey {
  readonly id: string;
  readonly secret: string;
}

export async function signText(key: LinkKey, text: string): Promise<string> {
  const secret = await importSecret(key, "sign");
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", secret, bytesOf(text)));
  return signature.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Compares in constant time. */
export async function isSigned(key: LinkKey, text: string, signature: string): Promise<boolean> {
  const bytes = decode(signature);
  return (
    bytes !== null && crypto.subtle.verify("HMAC", await importSecret(key, "verify"), bytes, bytesOf(text))
  );
}

/** Null unless it is the one canonical spelling: two spellings of a signature would be two links. */
function decode(signature: string): Uint8Array | null {
  try {
    return Uint8Array.fromBase64(`${signature}=`, { alphabet: "base64url", lastChunkHandling: "strict" });
  } catch {
    return null;
  }
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function importSecret({ secret }: LinkKey, use: "sign" | "verify"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytesOf(secret), { name: "HMAC", hash: "SHA-256" }, false, [use]);
}
