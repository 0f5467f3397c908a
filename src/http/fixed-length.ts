/** Bodies with a Content-Length: the runtime sends a plain JavaScript stream chunked, whatever its headers say. */

/**
 * Gives a stream its exact length. A source that ends early or fails cuts the body short, so that the client sees fewer bytes
 * than promised, and not wrong ones.
 */
export function withLength(
  body: ReadableStream<Uint8Array>,
  lengthBytes: number,
): ReadableStream<Uint8Array> {
  const { readable, writable } = new FixedLengthStream(lengthBytes);
  // Both ends learn of a failure from the stream itself; the promise is not needed.
  body.pipeTo(writable).catch(() => {});
  return readable;
}
