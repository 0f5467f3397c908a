/** Byte ranges (RFC 9110 §14). */

/** First and last byte, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** `bytes=0-499`, `bytes=500-`, `bytes=-500`: one range, positions in digits. */
const SINGLE_RANGE = /^bytes=[ \t]*([0-9]*)-([0-9]*)[ \t]*$/i;

/**
 * Reads a Range header for a body of `lengthBytes`. Null: send the whole, as for no header, a unit or syntax
 * that is not known, or several ranges (§14.2 lets a server ignore them).
 */
export function readRange(header: string | null, lengthBytes: number): ByteRange | "unsatisfiable" | null {
  const [, from = "", to = ""] = SINGLE_RANGE.exec(header ?? "") ?? [];
  if (from === "" && to === "") return null;
  if (from !== "" && to !== "" && Number(from) > Number(to)) return null;

  // A suffix longer than the body means the whole of it, and an end beyond the body its last byte (§14.1.2).
  const first = from === "" ? Math.max(lengthBytes - Number(to), 0) : Number(from);
  const last = from === "" || to === "" ? lengthBytes - 1 : Math.min(Number(to), lengthBytes - 1);
  return first <= last ? { first, last } : "unsatisfiable";
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
