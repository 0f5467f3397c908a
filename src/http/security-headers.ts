/** Headers that keep a browser from making more of an answer than it is. */

export const SECURITY_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ["x-content-type-options", "nosniff"],
  // A page that embeds a voice need not be same-origin: that is what signed links are for.
  ["cross-origin-resource-policy", "cross-origin"],
  // Opened by itself, a voice becomes a page that plays it; nothing else here loads anything.
  ["content-security-policy", "default-src 'none'; media-src 'self'; frame-ancestors 'none'"],
  ["referrer-policy", "no-referrer"],
  ["strict-transport-security", "max-age=31536000"],
];
