/** What players and phones add to sound files: ID3 in front (version 2) or behind (version 1), or zeros. */
import { concatenate, utf8 } from "./bytes.ts";
import type { Tag } from "./misbehaviour.ts";

const ID3V1_BYTES = 128;
const ID3V2_HEADER_BYTES = 10;
const ID3V2_BYTES = 64;

const TAGGED: Readonly<Record<Tag, (bytes: Uint8Array) => Uint8Array<ArrayBuffer>>> = {
  id3v1: (bytes) => concatenate([bytes, id3v1()]),
  id3v2: (bytes) => concatenate([id3v2(), bytes]),
  zeros: (bytes) => concatenate([bytes, new Uint8Array(ID3V1_BYTES)]),
};

export function tag(bytes: Uint8Array, kind: Tag): Uint8Array<ArrayBuffer> {
  return TAGGED[kind](bytes);
}

/** `TAG`, then title, artist and album of 30 bytes each, year, comment, and genre 255: none. */
function id3v1(): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(ID3V1_BYTES);
  whole.set(utf8("TAGsimulated voice"));
  whole[ID3V1_BYTES - 1] = 255;
  return whole;
}

/** `ID3`, version 2.3, no flags, the length behind the header in four times seven bits; one frame TIT2, and padding. */
function id3v2(): Uint8Array<ArrayBuffer> {
  const title = utf8("\0simulated voice");
  const frame = concatenate([utf8("TIT2"), [0, 0, 0, title.length], [0, 0], title]);
  const whole = new Uint8Array(ID3V2_BYTES);
  whole.set(concatenate([utf8("ID3"), [3, 0, 0], [0, 0, 0, ID3V2_BYTES - ID3V2_HEADER_BYTES], frame]));
  return whole;
}
