/**
 * Reads the fields of a packet: most significant bit first, one behind the other with no alignment.
 *
 *      byte 0            byte 1            byte 2
 *     |7 6 5 4 3 2 1 0 |7 6 5 4 3 2 1 0 |7 6 5 …
 *      w|  mode |  LSP stage 1 |  LSP …
 *
 * The packet is kept back to front. WebAssembly loads little-endian, so that any field of up to 57 bits
 * is one unaligned load, one shift up and one shift down.
 */

/** What of a longer packet is not looked at: far more than 50 frames and their messages can fill. */
export const MAX_PACKET_BYTES: i32 = 8192;

/** Zeros behind the packet: a frame that starts in its last bits may read this far past its end. */
const ZERO_BYTES: i32 = 256;

const REVERSED_BYTES: i32 = ZERO_BYTES + 16 + MAX_PACKET_BYTES;
const REVERSED: usize = memory.data(REVERSED_BYTES, 16);
/** The packet's first byte is just below this address. */
const TOP: usize = REVERSED + REVERSED_BYTES;

let position: u32 = 0;
let limit: u32 = 0;

/** Makes the packet at `bytes` the one that is read. */
export function openPacket(bytes: usize, lengthBytes: i32): void {
  const length = <usize>min(lengthBytes, MAX_PACKET_BYTES);
  for (let i: usize = 0; i < length; i += 16) {
    const chunk = v128.load(bytes + i);
    v128.store(
      TOP - 16 - i,
      i8x16.shuffle(chunk, chunk, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
    );
  }
  for (let i: usize = 16; i <= <usize>ZERO_BYTES; i += 16) v128.store(TOP - length - i, i64x2.splat(0));
  position = 0;
  limit = (<u32>length) << 3;
}

/** The next 57 bits at least, from the top of the word down; zeros past the packet's end. */
export function peek(): u64 {
  return load<u64>(TOP - 8 - (position >> 3)) << (position & 7);
}

/** Reads the next `width` bits, 1..32. */
export function read(width: u32): u32 {
  const value = <u32>(peek() >> (64 - width));
  position += width;
  return value;
}

export function skip(width: u32): void {
  position += width;
}

/** Bits left in the packet; less than 0 once fields were read past its end. */
export function remaining(): i32 {
  return limit - position;
}

/** The place of the next field, to be given to `seek` later. */
export function tell(): u32 {
  return position;
}

export function seek(to: u32): void {
  position = to;
}
