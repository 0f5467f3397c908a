/** Headers that keep a browser from running an answer as a page. */

export const SECURITY_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ["x-content-type-options", "nosniff"],
  // A page that embeds a voice need not be same-origin: signed links are made for that.
  ["cross-origin-resource-policy", "cross-origin"],
  // A browser shows a voice that is opened directly as a page that plays it; nothing else here loads anything.
  ["content-security-policy", "default-src 'none'; media-src 'self'; frame-ancestors 'none'"],
  ["referrer-policy", "no-referrer"],
  ["strict-transport-security", "max-age=31536000"],
];
