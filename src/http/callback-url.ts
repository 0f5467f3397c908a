/**
 * Which URLs may be called back. Without limits callers could send requests from our address to any host (server-side request
 * forgery), so: only origins that the operator has listed, https only, no credentials in the
 * URL. Addresses of private networks have to be listed with their scheme, so that nobody lists one by accident.
 */

export type CallbackVerdict = "allowed" | "malformed" | "not-https" | "not-listed";

export function judgeCallbackUrl(text: string, allowed: ReadonlySet<string>): CallbackVerdict {
  const url = parse(text);
  if (!url) return "malformed";
  if (url.username !== "" || url.password !== "") return "malformed";
  if (allowed.has(url.origin)) return "allowed";
  return url.protocol === "https:" ? "not-listed" : "not-https";
}

/** One entry of CALLBACK_HOSTS: `hooks.example.com[:port]` means https; a scheme is for development. */
export function parseCallbackHost(entry: string): { origin: string } | { fault: string } {
  const hasScheme = entry.includes("://");
  const url = parse(hasScheme ? entry : `https://${entry}`);
  if (!url || url.href !== `${url.origin}/` || !/^[a-z0-9.:[\]-]+$/.test(url.hostname)) {
    return {
      fault: "must be a host such as hooks.example.com, with a port if it isn't 443, and nothing else",
    };
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    return { fault: "may have the scheme http only for this machine: localhost, 127.0.0.1 or [::1]" };
  }
  if (!hasScheme && isPrivate(url.hostname)) {
    return { fault: "is a private address: list it with its scheme, and only in development" };
  }
  return { origin: url.origin };
}

/** The URL parser has normalised every spelling of an address (0x7f.1, 2130706433, …). */
function parse(text: string): URL | null {
  const url = URL.parse(text);
  return url && (url.protocol === "https:" || url.protocol === "http:") ? url : null;
}

function isLoopback(hostname: string): boolean {
  return /^(?:127\.\d+\.\d+\.\d+|\[::1\]|localhost|.+\.localhost)\.?$/.test(hostname);
}

/** The URL parser writes groups without leading zeros, so `2001:0:` and `2001::` are the two spellings of Teredo. */
function isGlobalUnicast(address: string): boolean {
  const [first = "", second = ""] = address.split(":");
  if (!/^[23][0-9a-f]{3}$/.test(first) || first === "2002") return false;
  return first !== "2001" || Number.parseInt(second || "0", 16) > 0x1ff;
}

/**
 * Literal addresses that callers may not make us call: RFC 6890's private, shared, link-local, reserved and multicast
 * ranges, and all of IPv6 except global unicast 2000::/3, without what wraps IPv4 (6to4 2002::/16, RFC 3056; Teredo
 * 2001::/32, RFC 4380) and the rest of 2001::/23, which is for protocols, not for hosts. Host names are the operator's decision.
 */
function isPrivate(hostname: string): boolean {
  if (isLoopback(hostname) || /\.(?:internal|local)\.?$/.test(hostname)) return true;
  if (hostname.startsWith("[")) return !isGlobalUnicast(hostname.slice(1));
  const [a = Number.NaN, b = Number.NaN] =
    /^(\d+)\.(\d+)\.\d+\.\d+$/.exec(hostname)?.slice(1).map(Number) ?? [];
  return (
    a === 0 ||
    a === 10 ||
    (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && (b === 0 || b === 168)) ||
    (a === 198 && (b === 18 || b === 19)) ||
    a >= 224
  );
}
