/** What the bytes are, or seem to be, instead of a voice that can be taken apart. */
export type LooksLike =
  | "empty"
  /** Too few bytes for one frame. */
  | "too-short"
  | "amr"
  | "amr-wb"
  /** With or without the byte 0x02 that WeChat and QQ put in front. */
  | "silk"
  /** Or MPEG audio of layer 1 or 2. */
  | "mp3"
  /** In ADTS. */
  | "aac"
  | "mp4"
  | "3gp"
  | "wav"
  /** In RIFF, whose packets nobody can tell apart (signatures.ts). */
  | "speex-wav"
  | "flac"
  /** In Ogg, as the next one. */
  | "opus"
  | "vorbis"
  | "webm"
  | "wma"
  | "json"
  | "html"
  | "text"
  /** Ogg, but with none of the codecs named here in it. */
  | "ogg-other"
  /** Ogg whose pages are lost, damaged or out of order. */
  | "ogg-damaged"
  /** Several Ogg streams one after another. */
  | "ogg-chained"
  /** Header-byte blocks that stop making sense halfway. */
  | "speex-damaged"
  /** Speex in Ogg, of a kind this decoder does not do. */
  | "speex-unsupported"
  | "unknown";

/** The input is not a voice in any framing known here. The message is for people, and quotes no input. */
export class FramingError extends Error {
  override readonly name = "FramingError";
  readonly looksLike: LooksLike;

  constructor(looksLike: LooksLike, message: string) {
    super(message);
    this.looksLike = looksLike;
  }
}
