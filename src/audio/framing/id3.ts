/**
 * An ID3v2 tag, which some programs put in front of sound of any kind: "ID3", two bytes of version, one of flags, then the
 * length of what follows in four bytes of seven bits each, most significant first.
 */
import { hasMagic } from "../bytes.ts";

export const ID3_HEADER_BYTES = 10;
const FLAGS_AT = 5;
const LENGTH_AT = 6;
/** A second header behind the tag, which the length doesn't count. */
const HAS_FOOTER = 0x10;

/** Of the tag that starts here, all in all; 0 where none does. Wants ID3_HEADER_BYTES. */
export function id3LengthBytes(bytes: Uint8Array): number {
  if (bytes.length < ID3_HEADER_BYTES || !hasMagic(bytes, "ID3")) return 0;
  let lengthBytes = 0;
  for (const septet of bytes.subarray(LENGTH_AT, ID3_HEADER_BYTES))
    lengthBytes = lengthBytes * 128 + (septet & 0x7f);
  const hasFooter = ((bytes[FLAGS_AT] ?? 0) & HAS_FOOTER) !== 0;
  return ID3_HEADER_BYTES + lengthBytes + (hasFooter ? ID3_HEADER_BYTES : 0);
}
