/** Preconditions of GET and HEAD (RFC 9110 §13), for a resource with a strong ETag and perhaps a Last-Modified time. */
import { parseHttpDate } from "./date.ts";

export interface Validators {
  /** Quoted and strong, e.g. `"abc"`. */
  readonly etag: string;
  /** Null if no time distinguishes versions: conditions on dates then count as absent. */
  readonly lastModifiedMs: number | null;
}

export type PreconditionVerdict = "proceed" | "not-modified" | "failed";

/** In the order of RFC 9110 §13.2.2. A date that doesn't parse is as good as none. */
export function evaluatePreconditions(headers: Headers, validators: Validators): PreconditionVerdict {
  const { etag } = validators;
  const lastModified = wholeSeconds(validators);

  const ifMatch = headers.get("if-match");
  if (ifMatch !== null) {
    if (!lists(ifMatch, etag, "strong")) return "failed";
  } else if (lastModified > parseHttpDate(headers.get("if-unmodified-since"))) {
    return "failed";
  }

  const ifNoneMatch = headers.get("if-none-match");
  if (ifNoneMatch !== null) return lists(ifNoneMatch, etag, "weak") ? "not-modified" : "proceed";
  return lastModified <= parseHttpDate(headers.get("if-modified-since")) ? "not-modified" : "proceed";
}

/**
 * Whether a Range header may be honoured: If-Range absent, or naming exactly this resource (§13.1.5). Our dates are
 * strong validators (§8.8.2.2): what a media id names doesn't change, let alone twice in a second.
 */
export function ifRangeHolds(headers: Headers, validators: Validators): boolean {
  const ifRange = headers.get("if-range")?.trim();
  if (ifRange === undefined) return true;
  // A weak tag never holds: the comparison is a strong one.
  if (ifRange.startsWith('"') || ifRange.startsWith("W/")) return ifRange === validators.etag;
  return parseHttpDate(ifRange) === wholeSeconds(validators);
}

/** Entity-tags may hold commas, so the list is matched tag by tag, not split. */
function lists(header: string, etag: string, comparison: "strong" | "weak"): boolean {
  if (header.trim() === "*") return true;
  for (const [, weak, tag] of header.matchAll(/(W\/)?("[^"]*")/g)) {
    if (tag === etag && (comparison === "weak" || weak === undefined)) return true;
  }
  return false;
}

/** HTTP dates have whole seconds. NaN compares as false with everything, which is what an absent date must do. */
function wholeSeconds({ lastModifiedMs }: Validators): number {
  return lastModifiedMs === null ? Number.NaN : Math.floor(lastModifiedMs / 1000) * 1000;
}
