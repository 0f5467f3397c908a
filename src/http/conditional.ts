/** Preconditions of GET and HEAD (RFC 9110 §13), for a resource with a strong ETag and a Last-Modified time. */

export interface Validators {
  /** Quoted and strong, e.g. `"abc"`. */
  readonly etag: string;
  readonly lastModifiedMs: number;
}

export type PreconditionVerdict = "proceed" | "not-modified" | "failed";

/** In the order of RFC 9110 §13.2.2. A date that doesn't parse is as good as none. */
export function evaluatePreconditions(
  headers: Headers,
  { etag, lastModifiedMs }: Validators,
): PreconditionVerdict {
  // HTTP dates have whole seconds.
  const lastModified = Math.floor(lastModifiedMs / 1000) * 1000;

  const ifMatch = headers.get("if-match");
  if (ifMatch !== null) {
    if (!lists(ifMatch, etag, "strong")) return "failed";
  } else if (lastModified > parseDate(headers.get("if-unmodified-since"))) {
    return "failed";
  }

  const ifNoneMatch = headers.get("if-none-match");
  if (ifNoneMatch !== null) return lists(ifNoneMatch, etag, "weak") ? "not-modified" : "proceed";
  return lastModified <= parseDate(headers.get("if-modified-since")) ? "not-modified" : "proceed";
}

/** Whether a Range header may be honoured: If-Range absent, or naming exactly this resource (§13.1.5). */
export function ifRangeHolds(headers: Headers, { etag, lastModifiedMs }: Validators): boolean {
  const ifRange = headers.get("if-range");
  if (ifRange === null) return true;
  // A weak tag is neither of the two.
  if (ifRange.startsWith('"')) return ifRange.trim() === etag;
  return parseDate(ifRange) === Math.floor(lastModifiedMs / 1000) * 1000;
}

/** Entity-tags may hold commas, so the list is matched tag by tag, not split. */
function lists(header: string, etag: string, comparison: "strong" | "weak"): boolean {
  if (header.trim() === "*") return true;
  for (const [, weak, tag] of header.matchAll(/(W\/)?("[^"]*")/g)) {
    if (tag === etag && (comparison === "weak" || weak === undefined)) return true;
  }
  return false;
}

/** The three forms of RFC 9110 §5.6.7. Date.parse would take far more for a date: `2040`, for one. */
const HTTP_DATE =
  /^(?:\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT|\w+day, \d\d-\w{3}-\d\d \d\d:\d\d:\d\d GMT|\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4})$/;

/** NaN compares as false with everything, which is what an absent or broken date must do. */
function parseDate(value: string | null): number {
  // asctime's form names no zone: it means GMT, the only one that a Worker has.
  return value !== null && HTTP_DATE.test(value) ? Date.parse(value) : Number.NaN;
}
