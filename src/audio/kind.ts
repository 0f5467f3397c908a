/**
 * What the bytes of a voice are, for those who must name them: in words, as a media type, as a file name's suffix.
 *
 * AMR: RFC 4867 §8 · MP3: RFC 3003 · AAC in ADTS: audio/aac (IANA) · MP4: RFC 4337 · 3GP: RFC 3839 · Ogg: RFC 5334 and, for
 * Opus, RFC 7845 §9 · FLAC: RFC 9639 §12 · WAV with another codec: RFC 2361. SILK, WMA and Speex without a container have no
 * registered type: these are the ones in use.
 */
import type { LooksLike } from "./framing/error.ts";
import type { Framing } from "./framing/packets.ts";

export interface SoundKind {
  /** In English, to follow "it is" or "it looks like". */
  readonly name: string;
  readonly mediaType: string;
  /** Without the dot. */
  readonly suffix: string;
}

const BYTES = { mediaType: "application/octet-stream", suffix: "bin" } as const;
/** Never text/html or a script: what an unknown upstream has sent must not run as a page of whoever serves it. */
const TEXT = { mediaType: "text/plain; charset=utf-8", suffix: "txt" } as const;
const OGG = { mediaType: "audio/ogg", suffix: "ogg" } as const;
const OGG_SPEEX = { mediaType: "audio/ogg; codecs=speex", suffix: "spx" } as const;
const BLOCKS = { mediaType: "audio/x-speex-with-header-byte; rate=16000", suffix: "speex" } as const;

const KINDS: Record<Framing | LooksLike, SoundKind> = {
  bare: { name: "Speex in bare frames", mediaType: "voice/speex", suffix: "speex" },
  "header-byte": { name: "Speex with length bytes", ...BLOCKS },
  ogg: { name: "Speex in Ogg", ...OGG_SPEEX },
  amr: { name: "AMR", mediaType: "audio/amr", suffix: "amr" },
  "amr-wb": { name: "AMR-WB", mediaType: "audio/amr-wb", suffix: "awb" },
  silk: { name: "SILK", mediaType: "audio/silk", suffix: "silk" },
  mp3: { name: "MP3", mediaType: "audio/mpeg", suffix: "mp3" },
  aac: { name: "AAC", mediaType: "audio/aac", suffix: "aac" },
  mp4: { name: "MP4", mediaType: "audio/mp4", suffix: "m4a" },
  "3gp": { name: "3GP", mediaType: "audio/3gpp", suffix: "3gp" },
  wav: { name: "WAV", mediaType: "audio/wav", suffix: "wav" },
  "speex-wav": { name: "WAV with Speex in it", mediaType: "audio/vnd.wave; codec=A109", suffix: "wav" },
  flac: { name: "FLAC", mediaType: "audio/flac", suffix: "flac" },
  opus: { name: "Opus in Ogg", mediaType: "audio/ogg; codecs=opus", suffix: "opus" },
  vorbis: { name: "Vorbis in Ogg", mediaType: "audio/ogg; codecs=vorbis", suffix: "ogg" },
  webm: { name: "WebM or Matroska", mediaType: "audio/webm", suffix: "webm" },
  wma: { name: "WMA", mediaType: "audio/x-ms-wma", suffix: "wma" },
  "ogg-other": { name: "Ogg without sound that we know", mediaType: "application/ogg", suffix: "ogx" },
  "ogg-damaged": { name: "damaged Ogg", ...OGG },
  "ogg-chained": { name: "several recordings in one Ogg file", ...OGG },
  "speex-damaged": { name: "damaged Speex with length bytes", ...BLOCKS },
  "speex-unsupported": { name: "Speex of a kind that we don't decode", ...OGG_SPEEX },
  json: { name: "JSON", ...TEXT },
  html: { name: "HTML or XML", ...TEXT },
  text: { name: "text", ...TEXT },
  empty: { name: "nothing: it is empty", ...BYTES },
  "too-short": { name: "less than a frame", ...BYTES },
  unknown: { name: "nothing known", ...BYTES },
};

/**
 * By what was found of the bytes: their framing, or else what they look like. `looksLike` is a text because it may have been
 * stored by another version, which knew other words.
 */
export function kindOf({
  framing,
  looksLike,
}: {
  readonly framing: Framing | null;
  readonly looksLike: string | null;
}): SoundKind {
  const word = framing ?? looksLike ?? "unknown";
  return Object.hasOwn(KINDS, word) ? KINDS[word as Framing | LooksLike] : KINDS.unknown;
}
