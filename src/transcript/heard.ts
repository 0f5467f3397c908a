/**
 * Reads what a transcriber has answered. Not every server that calls itself compatible sends all of it, so only the text is
 * asked for; whatever else is missing or can't be is left out, and the text stands for the whole voice.
 *
 *   {"text","language","duration","segments":[{"start","end","text","no_speech_prob","avg_logprob"}]}   OpenAI and kin
 *   {"text","transcription_info":{"language","duration"},"segments":[…]}                                Workers AI
 */
import type { HeardRecording } from "./transcriber.ts";
import { joinTexts, round, type Segment } from "./transcript.ts";

const MAX_TEXT_CHARACTERS = 200_000;
const MAX_SEGMENTS = 20_000;
/** Whisper's own thresholds: beyond both, it takes what it has written for an invention. */
const NO_SPEECH_ABOVE = 0.6;
const UNLIKELY_BELOW = -1;
/** Where nothing tells how long the sound is. */
const UNKNOWN_END_SECONDS = 1;

type Fields = Readonly<Record<string, unknown>>;

/** Null: it is no transcript. */
export function readHeard(body: unknown, knownSeconds: number | null): HeardRecording | null {
  if (!isFields(body) || typeof body.text !== "string") return null;
  const info = isFields(body.transcription_info) ? body.transcription_info : body;
  const told = secondsIn(info.duration) ?? secondsIn(body.duration);
  const durationSeconds = knownSeconds ?? told;
  const { segments, isCut } = readSegments(body.segments, durationSeconds);
  const whole = isCut ? joinTexts(segments.map(({ text }) => text)) : tidy(body.text);
  const text = whole === "" && !isCut ? joinTexts(segments.map((segment) => segment.text)) : whole;
  const end = durationSeconds ?? UNKNOWN_END_SECONDS;
  const inOne = text === "" ? [] : [{ startSeconds: 0, endSeconds: end, text }];
  const heard = {
    text,
    language: languageIn(info.language),
    segments: segments.length > 0 ? segments : inOne,
  };
  return { heard, durationSeconds: told };
}

/** Empty where one of them can't be believed. `isCut`: some were taken for inventions. */
function readSegments(value: unknown, lastSeconds: number | null): { segments: Segment[]; isCut: boolean } {
  const none = { segments: [], isCut: false };
  if (!Array.isArray(value) || value.length > MAX_SEGMENTS) return none;
  const segments: Segment[] = [];
  let isCut = false;
  let earliest = 0;
  for (const entry of value as readonly unknown[]) {
    if (!isFields(entry) || typeof entry.text !== "string") return none;
    const [start, end] = [secondsIn(entry.start), secondsIn(entry.end)];
    if (start === null || end === null || end < start) return none;
    if (isInvention(entry)) {
      isCut = true;
      continue;
    }
    const text = tidy(entry.text);
    if (text === "") continue;
    const last = lastSeconds ?? Number.POSITIVE_INFINITY;
    // Recognisers are off by a little at both ends, and players want cues in order.
    const startSeconds = round(Math.min(Math.max(start, earliest), last));
    segments.push({ startSeconds, endSeconds: round(Math.max(startSeconds, Math.min(end, last))), text });
    earliest = startSeconds;
  }
  return { segments, isCut };
}

function isInvention({ no_speech_prob: silence, avg_logprob: likelihood }: Fields): boolean {
  return (
    typeof silence === "number" &&
    typeof likelihood === "number" &&
    silence > NO_SPEECH_ABOVE &&
    likelihood < UNLIKELY_BELOW
  );
}

/** One line, of characters that can be seen. */
function tidy(text: string): string {
  return text
    .slice(0, MAX_TEXT_CHARACTERS)
    .toWellFormed()
    .replace(/[\p{Cc}\s\u2028\u2029]+/gu, " ")
    .trim();
}

function languageIn(value: unknown): string | null {
  return typeof value === "string" && /^[A-Za-z][A-Za-z _-]{1,39}$/.test(value) ? value.toLowerCase() : null;
}

/** Some servers send numbers as text. */
function secondsIn(value: unknown): number | null {
  const seconds = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof seconds === "number" && Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
