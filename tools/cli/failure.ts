/** What can go wrong, and how it is told to people. */
import { FramingError, type LooksLike } from "../../src/audio/framing.ts";
import { SpeexDecodeError } from "../../src/audio/speex/decoder.ts";

export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** The command line is wrong. Nothing has been done yet. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Ctrl+C and its like: the work in hand ends, cleanly. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly exitCode: number;

  constructor(exitCode: number) {
    super("interrupted");
    this.exitCode = exitCode;
  }
}

/** This file can't be read or written. The message follows the file's name; other files may still succeed. */
export class FileFailure extends Error {
  override readonly name = "FileFailure";
  readonly file: string;

  constructor(file: string, message: string) {
    super(message);
    this.file = file;
  }
}

/** What to do, by what the data looks like. */
const ADVICE: Record<LooksLike, string> = {
  empty: "The download or copy has probably failed: get the voice again.",
  "too-short": "The download or copy was probably cut off: get the voice again.",
  amr: "A voice message in WeChat's ordinary quality, not an HD voice. ffmpeg converts it: ffmpeg -i IN OUT.wav",
  "amr-wb": "Not an HD voice, though as good. ffmpeg converts it: ffmpeg -i IN OUT.wav",
  silk: "A voice from a chat, as WeChat and QQ keep it on the phone. It needs a SILK v3 decoder.",
  mp3: "Not a voice from WeChat. It plays as it is; ffmpeg converts it: ffmpeg -i IN OUT.wav",
  aac: "Not a voice from WeChat. It plays as it is; ffmpeg converts it: ffmpeg -i IN OUT.wav",
  mp4: "Not a voice from WeChat. It plays as it is; ffmpeg converts it: ffmpeg -i IN OUT.wav",
  "3gp": "Not a voice from WeChat. It plays as it is; ffmpeg converts it: ffmpeg -i IN OUT.wav",
  wma: "Not a voice from WeChat. It plays as it is; ffmpeg converts it: ffmpeg -i IN OUT.wav",
  opus: "Not a voice from WeChat. It plays as it is; ffmpeg converts it: ffmpeg -i IN OUT.wav",
  vorbis: "Not a voice from WeChat. It plays as it is; ffmpeg converts it: ffmpeg -i IN OUT.wav",
  "speex-wav": "Whatever has put the Speex into a WAV file can put it into Ogg as well: ask it for that.",
  wav: "It is decoded already, and plays as it is.",
  flac: "Not a voice from WeChat. It plays as it is; ffmpeg converts it: ffmpeg -i IN OUT.wav",
  webm: "A recording by a browser, not by WeChat. ffmpeg converts it: ffmpeg -i IN OUT.wav",
  json: "Probably WeChat's error message, saved in place of the voice. Open it as text: errcode says what went wrong.",
  html: "Probably a web page that answered in place of WeChat: a proxy, a login. Get the voice again.",
  text: "Open it as text: it may say why the download of the voice failed.",
  "ogg-other": "Ogg, but not with Speex in it. ffmpeg converts it: ffmpeg -i IN OUT.wav",
  "ogg-damaged": "Get the file again. If there is no other, speexdec (Debian: speex) may save a part.",
  "ogg-chained": "Decode the recordings one by one, before they are put together.",
  "speex-damaged":
    "Get the voice again. A file that was changed by a text editor or an FTP transfer can't be repaired.",
  "speex-unsupported": "speexdec (Debian: speex) may decode it.",
  unknown: "An HD voice is Speex: bare frames of 60 bytes, frames with a length byte in front, or Ogg.",
};

const SYSTEM_ERRORS: Record<string, string> = {
  ENOENT: "there is no such file or folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the disk is read-only",
  ENOSPC: "no space left on the disk",
  EEXIST: "there is a file of that name",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the name that should be a folder is a file",
  ENAMETOOLONG: "the name is too long",
  EPIPE: "whatever was reading it has stopped",
};

/** What failed, as lines for people. Anything that is not about the file is a bug, and is thrown on. */
export function failureOf(file: string, error: unknown): string[] {
  const [message = "", ...advice] = describe(error);
  return [`hdvoice: ${error instanceof FileFailure ? error.file : file}: ${message}`, ...advice];
}

/** In words, and what to do, if there is something, on a line of its own. */
export function describe(error: unknown): string[] {
  if (error instanceof FileFailure) return [error.message];
  if (error instanceof FramingError) return [error.message, `  ${ADVICE[error.looksLike]}`];
  if (error instanceof SpeexDecodeError) return ["the decoder failed, which is a bug: please report it"];
  if (error instanceof Error && "code" in error && typeof error.code === "string")
    return [SYSTEM_ERRORS[error.code] ?? error.message];
  throw error;
}
