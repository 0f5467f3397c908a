/** The forms in which a voice is served, their media types, and their names in a URL. */
import { DECODER_VERSION } from "../audio/speex/decoder.ts";
import { ServiceError } from "../errors.ts";
import { MEDIA_ID_PATTERN } from "../limits.ts";
import { TRANSCRIPT_FORMS } from "../transcript/forms.ts";

export interface FormatKind {
  readonly mediaType: string;
  /** Part of the ETag: changes whenever the same voice would come out as other bytes. */
  readonly version: number;
}

export const FORMATS = {
  /** The bytes as WeChat sent them. */
  speex: { mediaType: "voice/speex", version: 1 },
  /** 16-bit PCM in a RIFF header. */
  wav: { mediaType: "audio/wav", version: DECODER_VERSION },
  /** The same Speex frames in an Ogg container (RFC 5334). */
  ogg: { mediaType: "audio/ogg; codecs=speex", version: 1 },
  /** 16-bit PCM, little-endian, mono, without a header. */
  pcm: { mediaType: "audio/pcm;rate=16000;encoding=signed-int;bits=16", version: DECODER_VERSION },
  /** What is known about the voice, without its sound. */
  json: { mediaType: "application/json", version: 1 },
} as const satisfies Record<string, FormatKind>;

export type Format = keyof typeof FORMATS;

export const FORMAT_NAMES = Object.keys(FORMATS) as readonly Format[];
/** What a voice's name may end with, behind a full stop. */
export const SUFFIXES = [...FORMAT_NAMES, ...TRANSCRIPT_FORMS] as const;

export interface VoiceName<F extends string> {
  readonly mediaId: string;
  /** Null where the name has no suffix: the Accept header decides. */
  readonly format: F | null;
}

export const MEDIA_ID_RULE =
  "mediaId must be 1 to 256 letters, digits, '-' or '_', as wx.uploadVoice returned it (serverId).";

/** Parses `{mediaId}` or `{mediaId}.{format}`, the last step of a voice's path. */
export function parseVoiceName<F extends string>(name: string, formats: readonly F[]): VoiceName<F> {
  const dot = name.indexOf(".");
  const mediaId = dot === -1 ? name : name.slice(0, dot);
  if (!MEDIA_ID_PATTERN.test(mediaId)) throw new ServiceError("media-id-malformed", MEDIA_ID_RULE);
  if (dot === -1) return { mediaId, format: null };
  const format = formats.find((known) => known === name.slice(dot + 1));
  if (format) return { mediaId, format };
  const suffixes = SUFFIXES.map((known) => `.${known}`).join(", ");
  throw new ServiceError("format-unknown", `The suffix must be one of ${suffixes}.`);
}

/** A voice's content never changes under its media id, so name, form and version identify the bytes. */
export function etagOf(mediaId: string, format: Format): string {
  return `"${mediaId}.${format}.${FORMATS[format].version}"`;
}
