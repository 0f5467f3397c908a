/** Reads fields, most significant bit first; zeros past the end. One bit at a time: slow and plain. */
export class BitReader {
  position = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length * 8 - this.position;
  }

  read(width: number): number {
    let value = 0;
    for (let i = 0; i < width; i++, this.position++) {
      const byte = this.#bytes[this.position >> 3] ?? 0;
      value = value * 2 + ((byte >> (7 - (this.position & 7))) & 1);
    }
    return value;
  }
}
