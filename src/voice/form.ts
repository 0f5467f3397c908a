/** The forms that carry sound: how long each is and what it is called, from what is known of the source. */
import { FRAME_SAMPLES, sampleCount } from "../audio/frames.ts";
import { kindOf } from "../audio/kind.ts";
import { WAV_HEADER_BYTES, wavLengthBytes } from "../audio/wav.ts";
import { ServiceError } from "../errors.ts";
import type { Outlook, WavFacts } from "./facts.ts";
import { FORMATS, type Format } from "./format.ts";

export type SoundFormat = Exclude<Format, "json">;

export interface FormFacts {
  readonly lengthBytes: number;
  readonly mediaType: string;
  /** Of the name under which it is saved, without the dot. */
  readonly suffix: string;
}

const BYTES_PER_SAMPLE = 2;

/** Fails with `voice-undecodable` where the source can't be made into this form. */
export function describeForm(format: SoundFormat, outlook: Outlook): FormFacts {
  if (format === "speex") return { lengthBytes: outlook.lengthBytes, ...nameOfSource(outlook) };
  requireDecodable(outlook);
  if (format === "ogg") {
    return { lengthBytes: oggBytesOf(outlook), mediaType: FORMATS.ogg.mediaType, suffix: "ogg" };
  }
  return describeDecoded(format, { lengthBytes: wavBytesOf(outlook), rateHz: outlook.rateHz });
}

/** The same, from the WAV file. */
export function describeDecoded(
  format: "wav" | "pcm",
  { lengthBytes, rateHz }: Pick<WavFacts, "lengthBytes" | "rateHz">,
): FormFacts {
  if (format === "wav") return { lengthBytes, mediaType: FORMATS.wav.mediaType, suffix: "wav" };
  const mediaType = FORMATS.pcm.mediaType.replace("16000", String(rateHz));
  return { lengthBytes: lengthBytes - WAV_HEADER_BYTES, mediaType, suffix: "pcm" };
}

export function requireDecodable({ framing, frameCount, looksLike }: Outlook): void {
  if (framing !== null && frameCount > 0) return;
  const what = `${kindOf({ framing, looksLike }).name}${framing === null ? "" : " without a frame"}`;
  throw new ServiceError(
    "voice-undecodable",
    `The voice is not Speex as we know it: it looks like ${what}. The .speex form gives its bytes unchanged.`,
  );
}

/** What came in Ogg is served as it came. */
export function isSourceOgg({ framing }: Pick<Outlook, "framing">): boolean {
  return framing === "ogg";
}

function oggBytesOf(outlook: Outlook): number {
  return isSourceOgg(outlook) ? outlook.lengthBytes : outlook.oggLengthBytes;
}

/** Voice messages come as AMR, and other things may come: what isn't Speex is not called so. */
function nameOfSource(outlook: Outlook): Pick<FormFacts, "mediaType" | "suffix"> {
  if (outlook.framing !== null) return { mediaType: FORMATS.speex.mediaType, suffix: "speex" };
  const { mediaType, suffix } = kindOf(outlook);
  return { mediaType, suffix };
}

export function sampleCountOf({ mode, frameCount }: Outlook): number {
  return sampleCount({ mode: mode ?? "wideband" }, frameCount);
}

export function wavBytesOf(outlook: Outlook): number {
  return wavLengthBytes(sampleCountOf(outlook));
}

/** PCM that a frame decodes to. */
export function pcmBytesPerFrame({ mode }: Pick<Outlook, "mode">): number {
  return FRAME_SAMPLES[mode ?? "wideband"] * BYTES_PER_SAMPLE;
}
