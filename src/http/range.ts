/** Byte ranges (RFC 9110 §14). */

/** First and last byte, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** One range: `first-last`, `first-` or `-suffixLength`. */
const ONE_RANGE = /^(\d*)-(\d*)$/;

/** One range as a client wishes it, of a body whose length it may not know. `last`: null is the end. */
export type RangeWish =
  | { readonly first: number; readonly last: number | null }
  | { readonly suffixLength: number };

/**
 * Reads a Range header. Null: send the whole, as for no header, a unit or syntax that is not known, or several ranges, all of
 * which §14.2 lets a server ignore.
 */
export function parseRange(header: string | null): RangeWish | null {
  // Names of units are case-insensitive (§14.1).
  const set = header?.match(/^bytes=(.*)$/i)?.[1];
  const [, from = "", to = ""] = set?.trim().match(ONE_RANGE) ?? [];
  if (from === "") return to === "" ? null : { suffixLength: Number(to) };
  const first = Number(from);
  const last = to === "" ? null : Number(to);
  return last !== null && last < first ? null : { first, last };
}

/** What the wish comes to, of a body of `lengthBytes`. */
export function resolveRange(wish: RangeWish, lengthBytes: number): ByteRange | "unsatisfiable" {
  if ("suffixLength" in wish) {
    const { suffixLength } = wish;
    if (suffixLength === 0 || lengthBytes === 0) return "unsatisfiable";
    // A suffix longer than the body means all of it (§14.1.2).
    return { first: Math.max(lengthBytes - suffixLength, 0), last: lengthBytes - 1 };
  }
  if (wish.first >= lengthBytes) return "unsatisfiable";
  return { first: wish.first, last: Math.min(wish.last ?? Number.POSITIVE_INFINITY, lengthBytes - 1) };
}

/** Both together: what a Range header means for a body of `lengthBytes`. */
export function readRange(header: string | null, lengthBytes: number): ByteRange | "unsatisfiable" | null {
  const wish = parseRange(header);
  return wish && resolveRange(wish, lengthBytes);
}

export function rangeLength({ first, last }: ByteRange): number {
  return last - first + 1;
}
