/**
 * Ogg's checksum (RFC 3533, section 6): CRC-32 with the polynomial 0x04c11db7, most significant bit first,
 * starting at 0 and not inverted at the end. Not the CRC of zip and PNG, which runs the other way.
 */

const POLYNOMIAL = 0x04c11db7;

/** Row n is the remainder of the byte n followed by 32 zero bits. */
const REMAINDERS = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte << 24;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder << 1) ^ (remainder < 0 ? POLYNOMIAL : 0);
  return remainder;
});

/** As an unsigned 32-bit number. `before`: the checksum of what lies in front of these bytes. */
export function oggCrc(bytes: Uint8Array, before = 0): number {
  let crc = before;
  for (let i = 0; i < bytes.length; i++) {
    crc = (crc << 8) ^ (REMAINDERS[(crc >>> 24) ^ (bytes[i] ?? 0)] ?? 0);
  }
  return crc >>> 0;
}

/** A serial number for the stream of this name, always the same. */
export function oggSerial(name: string): number {
  return oggCrc(new TextEncoder().encode(name));
}
