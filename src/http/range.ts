/** Byte ranges (RFC 9110 §14). */
import parseRange from "range-parser";

/** First and last byte, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Reads a Range header for a body of `lengthBytes`. Null: send the whole, as for no header, a unit or syntax
 * that is not known, or several ranges (§14.2 lets a server ignore them).
 */
export function readRange(header: string | null, lengthBytes: number): ByteRange | "unsatisfiable" | null {
  if (header === null) return null;
  const ranges = parseRange(lengthBytes, header);
  if (ranges === -1) return "unsatisfiable";
  if (ranges === -2 || ranges.type !== "bytes" || ranges.length !== 1) return null;
  const [range] = ranges;
  return range ? { first: range.start, last: range.end } : null;
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
