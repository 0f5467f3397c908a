/** Bodies with a Content-Length: the runtime sends a plain JavaScript stream chunked, whatever its headers say. */

/**
 * Gives a stream its exact length. A source that ends early or fails cuts the body short, so that the client
 * sees less than it was promised instead of a lie.
 */
export function withLength(
  body: ReadableStream<Uint8Array>,
  lengthBytes: number,
): ReadableStream<Uint8Array> {
  const { readable, writable } = new FixedLengthStream(lengthBytes);
  // Both ends hear of a failure through the stream itself; the promise has nothing to add.
  body.pipeTo(writable).catch(() => {});
  return readable;
}
