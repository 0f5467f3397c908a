/** What `hdvoice info` tells of a voice. */
import { FRAME_SAMPLES } from "../../src/audio/frames.ts";
import type { Framing, SpeexStreamInfo } from "../../src/audio/framing.ts";
import { kindOf } from "../../src/audio/kind.ts";
import type { ModeCount } from "../../src/audio/speex/decoder.ts";
import { type Findings, trailingInWords } from "./voice.ts";

/** What is known of a file of some kind. */
export interface Report {
  /** For people: a title of at most nine characters, empty where the row above goes on, and a text. */
  readonly rows: readonly (readonly [title: string, text: string])[];
  /** For programs: fields of the line of JSON, which may get more of them but keep those they have. */
  readonly facts: Readonly<Record<string, unknown>>;
}

const FRAMINGS: Record<Framing, string> = {
  bare: "bare frames of 60 bytes, as WeChat sends them",
  "header-byte": "frames with a length byte in front",
  ogg: "Ogg",
};

/** By sub-mode: 50 frames a second of so many bits (src/audio/speex/wasm/modes.ts), in kbit/s. */
const SPEECH_KBITS = [0.25, 2.15, 5.95, 8, 11, 15, 18.2, 24.6, 3.95];
const HIGH_BAND_KBITS = [0, 1.8, 5.6, 9.6, 17.6];

/** Of a voice that was read to its end. */
export function reportOnVoice(findings: Findings): Report {
  const { framing, info, frames, seconds, corruptFrames, absentFrames, modes, trailingBytes } = findings;
  if (framing === null || info === null) throw new Error("a voice that was read has no framing");
  const { name, mediaType } = kindOf({ framing, looksLike: null });
  return {
    rows: rowsOf(framing, info, findings),
    facts: {
      ...{ framing, ...info, frames, seconds },
      ...{ modes, corruptFrames, absentFrames, trailingBytes },
      ...{ kind: name, mediaType },
    },
  };
}

function rowsOf(framing: Framing, info: SpeexStreamInfo, findings: Findings): Report["rows"] {
  const { frames, seconds, corruptFrames, absentFrames, trailingBytes } = findings;
  const packing = info.framesPerPacket > 1 ? `, ${info.framesPerPacket} frames a packet` : "";
  return [
    ["framing", FRAMINGS[framing] + packing],
    ["type", kindOf({ framing, looksLike: null }).mediaType],
    ["sound", `${info.mode}, ${info.rateHz} Hz, mono`],
    ["length", `${seconds.toFixed(2)} s, ${count(frames, "frame")} of ${frameMs(info)} ms`],
    ...modeRows(findings),
    ["corrupt", corruptFrames === 0 ? "none" : `${count(corruptFrames, "frame")} in no known mode`],
    ...absentRow(absentFrames),
    ["trailing", trailingBytes === 0 ? "none" : trailingInWords(findings)],
  ];
}

/** 20, or something odd at a rate that Speex is not made for. */
function frameMs({ mode, rateHz }: SpeexStreamInfo): number {
  return Number(((FRAME_SAMPLES[mode] / rateHz) * 1_000).toFixed(1));
}

function absentRow(frames: number): [string, string][] {
  return frames > 0 ? [["absent", `${count(frames, "frame")} that their packets don't hold`]] : [];
}

/** The most frequent mode first. */
function modeRows({ modes, frames }: Findings): [string, string][] {
  const digits = String(frames).length;
  return modes
    .toSorted((a, b) => b.frames - a.frames)
    .map((mode, row) => [
      row === 0 ? "modes" : "",
      `${String(mode.frames).padStart(digits)} × ${modeInWords(mode)}`,
    ]);
}

function modeInWords({ narrowband, highBand }: ModeCount): string {
  const speech = narrowband === 0 ? "pause" : `speech at ${SPEECH_KBITS[narrowband]} kbit/s`;
  const high = highBand === 0 ? "" : `, above 4 kHz at ${HIGH_BAND_KBITS[highBand]} kbit/s`;
  return `${speech}${high} (sub-mode ${narrowband}${highBand === 0 ? "" : ` + ${highBand}`})`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
