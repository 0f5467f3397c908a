/** Byte ranges (RFC 9110 §14). */

/** First and last byte, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** One range: `first-last`, `first-` or `-suffixLength`. */
const ONE_RANGE = /^(\d*)-(\d*)$/;

/**
 * Reads a Range header for a body of `lengthBytes`. Null: send the whole, as for no header, a unit or syntax
 * that is not known, or several ranges, all of which §14.2 lets a server ignore.
 */
export function readRange(header: string | null, lengthBytes: number): ByteRange | "unsatisfiable" | null {
  // Names of units are case-insensitive (§14.1).
  const set = header?.match(/^bytes=(.*)$/i)?.[1];
  const [, from = "", to = ""] = set?.trim().match(ONE_RANGE) ?? [];
  if (from === "" && to === "") return null;

  if (from === "") {
    const suffixLength = Number(to);
    if (suffixLength === 0 || lengthBytes === 0) return "unsatisfiable";
    // A suffix longer than the body means all of it (§14.1.2).
    return { first: Math.max(lengthBytes - suffixLength, 0), last: lengthBytes - 1 };
  }
  const first = Number(from);
  const last = to === "" ? Number.POSITIVE_INFINITY : Number(to);
  if (last < first) return null;
  if (first >= lengthBytes) return "unsatisfiable";
  return { first, last: Math.min(last, lengthBytes - 1) };
}

export function rangeLength({ first, last }: ByteRange): number {
  return last - first + 1;
}

/** Passes on only the bytes of the range, and ends as soon as they have passed. */
export function sliceStream(
  body: ReadableStream<Uint8Array>,
  { first, last }: ByteRange,
): ReadableStream<Uint8Array> {
  let position = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const from = Math.max(first - position, 0);
        const to = Math.min(last + 1 - position, chunk.length);
        position += chunk.length;
        if (to > from) controller.enqueue(chunk.subarray(from, to));
        if (position > last) controller.terminate();
      },
    }),
  );
}
