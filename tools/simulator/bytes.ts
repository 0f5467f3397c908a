/** Bytes put together, and written as text, big- or little-endian numbers. Nothing here knows WeChat. */

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

export function concatenate(parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Little-endian, `width` bytes, up to 32 bits. */
export function littleEndian(value: number, width: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(width).map((_, index) => value >>> (8 * index));
}

/** Bytes that look random and are the same for the same seed. */
export function noise(lengthBytes: number, seed = 1): Uint8Array<ArrayBuffer> {
  let state = seed >>> 0;
  return new Uint8Array(lengthBytes).map(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}
