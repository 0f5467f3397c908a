/** Names what the first bytes look like when they are not Speex. */
import { hasMagic } from "../bytes.ts";
import { kindOf } from "../kind.ts";
import { FramingError, type LooksLike } from "./error.ts";

interface Signature {
  readonly looksLike: LooksLike;
  readonly offset: number;
  /** One character per byte. */
  readonly magic: string;
}

const SIGNATURES: readonly Signature[] = [
  { looksLike: "amr", offset: 0, magic: "#!AMR\n" },
  { looksLike: "amr-wb", offset: 0, magic: "#!AMR-WB\n" },
  { looksLike: "silk", offset: 0, magic: "#!SILK" },
  { looksLike: "silk", offset: 0, magic: "\x02#!SILK" },
  { looksLike: "mp3", offset: 0, magic: "ID3" },
  { looksLike: "flac", offset: 0, magic: "fLaC" },
  { looksLike: "3gp", offset: 4, magic: "ftyp3g" },
  { looksLike: "mp4", offset: 4, magic: "ftyp" },
  { looksLike: "webm", offset: 0, magic: "\x1a\x45\xdf\xa3" },
  // ASF's header object. It begins as a frame of Speex does.
  { looksLike: "wma", offset: 0, magic: "\x30\x26\xb2\x75\x8e\x66\xcf\x11" },
];

/** What the first packet of an Ogg stream begins with. */
const OGG_SIGNATURES: readonly Signature[] = [
  { looksLike: "opus", offset: 0, magic: "OpusHead" },
  { looksLike: "vorbis", offset: 0, magic: "\x01vorbis" },
];

/** The sampling rate's index has 13 values. */
const LAST_ADTS_RATE = 12;

/** "RIFF", the length, "WAVE"; then chunks of a name, a length, and so many bytes, padded to an even number. */
const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const RIFF_SPEEX = 0xa109;

/** What the first bytes certainly are, if they are something other than Speex; null if nothing is known. */
export function knownSignature(head: Uint8Array): LooksLike | null {
  if (head.length === 0) return "empty";
  return soundSignature(head) ?? textKind(head);
}

/** The same of sound in files that begin with a magic. */
export function soundSignature(head: Uint8Array): LooksLike | null {
  return signatureOf(head, SIGNATURES) ?? riffSignature(head);
}

/** What is in an Ogg stream that begins with this packet; null if it is nothing known. */
export function oggSignature(packet: Uint8Array): LooksLike | null {
  return signatureOf(packet, OGG_SIGNATURES);
}

export function unrecognised(looksLike: LooksLike): FramingError {
  const { name } = kindOf({ framing: null, looksLike });
  return new FramingError(looksLike, `unrecognised framing: the data looks like ${name}`);
}

function signatureOf(head: Uint8Array, signatures: readonly Signature[]): LooksLike | null {
  return signatures.find(({ offset, magic }) => hasMagic(head, magic, offset))?.looksLike ?? null;
}

/**
 * Speex in RIFF is named, not read: ffmpeg, which writes it, states packets of two bytes and reads back two hundredths of what
 * it has written.
 */
function riffSignature(head: Uint8Array): LooksLike | null {
  if (!hasMagic(head, "RIFF") || !hasMagic(head, "WAVE", 8)) return null;
  const fields = new DataView(head.buffer, head.byteOffset, head.length);
  for (let at = RIFF_HEADER_BYTES; at + CHUNK_HEADER_BYTES + 2 <= head.length; ) {
    const formatAt = at + CHUNK_HEADER_BYTES;
    if (hasMagic(head, "fmt ", at))
      return fields.getUint16(formatAt, true) === RIFF_SPEEX ? "speex-wav" : "wav";
    const lengthBytes = fields.getUint32(at + 4, true);
    at = formatAt + lengthBytes + (lengthBytes % 2);
  }
  return "wav";
}

/**
 * Whether a frame of MPEG audio starts here, in 32 bits:
 *
 *   11111111 111 | version 2 | layer 2 | 1 | bit rate 4 | rate 2 | …        MP3 and its elders: layer 1 to 3
 *   11111111 1111 | 1 | layer, 0 | 1 | profile 2 | rate 4 | …               AAC in ADTS (ISO/IEC 13818-7)
 *
 * Damaged Speex may look so too: ask this last.
 */
export function mpegAudio([first = 0, second = 0, third = 0]: Uint8Array): "mp3" | "aac" | null {
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return null;
  const layer = (second >> 1) & 3;
  if (layer === 0) return (second & 0xf0) === 0xf0 && ((third >> 2) & 15) <= LAST_ADTS_RATE ? "aac" : null;
  const isReserved = ((second >> 3) & 3) === 1 || third >> 4 === 15 || ((third >> 2) & 3) === 3;
  return isReserved ? null : "mp3";
}

/** Text is valid UTF-8 without control characters. No Speex frame is: it has bytes below 32 sooner or later. */
function textKind(head: Uint8Array): LooksLike | null {
  const text = decodeUtf8(head);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what makes text.
  if (text === null || /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text)) return null;
  const firstCharacter = text.trimStart().charAt(0);
  if (firstCharacter === "{" || firstCharacter === "[") return "json";
  return firstCharacter === "<" ? "html" : "text";
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    // `stream`: the head may end within a character.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes, { stream: true });
  } catch {
    return null;
  }
}
