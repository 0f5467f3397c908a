/** The forms that sound is written in. */
import { sampleCount } from "../../src/audio/frames.ts";
import { wavHeader } from "../../src/audio/wav.ts";
import { FileFailure } from "./failure.ts";
import type { Output } from "./output.ts";
import type { Voice } from "./voice.ts";

export const FORMS = ["wav", "pcm", "ogg"] as const;
export type Form = (typeof FORMS)[number];

/**
 * What SoX writes into a pipe, whose header can't be corrected at the end: 0x7ffff000 bytes of samples. It and ffmpeg
 * take that for "until the end", and it stays positive where a reader counts with signed numbers.
 */
const UNKNOWN_SAMPLE_COUNT = 0x7fff_f000 / 2;

export interface WriteOptions {
  /** Of the voice, without a suffix. */
  readonly name: string;
  /** If it is known before anything is decoded. */
  readonly sampleCount: number | null;
  /** Called after each second of sound or so. */
  readonly onProgress: () => void;
}

/** The form that a file of this name would have; null if no suffix says so. */
export function formOf(fileName: string): Form | null {
  const suffix = fileName.toLowerCase().split(".").at(-1);
  return fileName.includes(".") ? (FORMS.find((form) => form === suffix) ?? null) : null;
}

export async function writeSound(
  voice: Voice,
  form: Form,
  output: Output,
  options: WriteOptions,
): Promise<void> {
  for await (const bytes of piecesOf(voice, form, options)) {
    if (bytes.length > 0) await output.write(bytes);
    options.onProgress();
  }
  if (form === "wav") await output.rewriteStart?.(headerFor(voice, output.name));
}

function piecesOf(voice: Voice, form: Form, options: WriteOptions): AsyncGenerator<Uint8Array> {
  if (form === "ogg") return voice.ogg(options.name);
  return form === "pcm" ? voice.pcm() : wav(voice, options.sampleCount);
}

/** The header goes out with the first sound, because only then the rate is known. */
async function* wav(voice: Voice, knownCount: number | null): AsyncGenerator<Uint8Array> {
  let isOut = false;
  for await (const pcm of voice.pcm()) {
    if (!isOut) yield wavHeader(knownCount ?? UNKNOWN_SAMPLE_COUNT, rateOf(voice));
    isOut = true;
    yield pcm;
  }
  if (!isOut) yield wavHeader(0, rateOf(voice));
}

/** Once all of the voice is read. */
function headerFor(voice: Voice, outputName: string): Uint8Array {
  const { info, frames } = voice.findings;
  try {
    return wavHeader(info ? sampleCount(info, frames) : 0, rateOf(voice));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new FileFailure(
      outputName,
      "a WAV file ends at 4 GiB, a day and a half of sound; --to pcm does not",
    );
  }
}

function rateOf(voice: Voice): number {
  const { info } = voice.findings;
  if (info === null) throw new Error("the rate is asked for before it is known");
  return info.rateHz;
}
