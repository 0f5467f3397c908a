/**
 * The forms in which what was said is served.
 *
 *   txt              the text and a line break; nothing where nobody spoke
 *   vtt              WebVTT, https://www.w3.org/TR/webvtt1/
 *   srt              SubRip, which nobody has specified: number, times with a comma, text, an empty line
 *   transcript.json  all of it
 */
import type { Segment, Transcript } from "./transcript.ts";

export const TRANSCRIPT_FORMS = ["txt", "vtt", "srt", "transcript.json"] as const;
export type TranscriptForm = (typeof TRANSCRIPT_FORMS)[number];

export const TRANSCRIPT_TYPES: Readonly<Record<TranscriptForm, string>> = {
  txt: "text/plain; charset=utf-8",
  vtt: "text/vtt; charset=utf-8",
  srt: "application/x-subrip; charset=utf-8",
  "transcript.json": "application/json",
};

/** A player shows no cue that ends when it begins. */
const SHORTEST_CUE_SECONDS = 0.1;

export function renderTranscript(transcript: Transcript, form: TranscriptForm): string {
  switch (form) {
    case "txt":
      return transcript.text === "" ? "" : `${transcript.text}\n`;
    case "vtt":
      return ["WEBVTT\n", ...transcript.segments.map(cueOfVtt)].join("\n");
    case "srt":
      return transcript.segments.map(cueOfSrt).join("\n");
    case "transcript.json":
      return `${JSON.stringify(transcript)}\n`;
  }
}

function cueOfVtt(segment: Segment): string {
  // Cue text may hold neither `<` nor `&` as such (WebVTT §4.2.2), and no `-->`.
  const text = segment.text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `${timesOf(segment, ".")}\n${text}\n`;
}

/** Players read tags in SRT, and nothing escapes them: a bracket of another width stands for `<`. */
function cueOfSrt(segment: Segment, index: number): string {
  const text = segment.text.replaceAll("<", "＜").replaceAll("-->", "→");
  return `${index + 1}\n${timesOf(segment, ",")}\n${text}\n`;
}

function timesOf({ startSeconds, endSeconds }: Segment, point: "." | ","): string {
  const end = Math.max(endSeconds, startSeconds + SHORTEST_CUE_SECONDS);
  return `${timeOf(startSeconds, point)} --> ${timeOf(end, point)}`;
}

/** `00:01:02.345` */
function timeOf(seconds: number, point: "." | ","): string {
  const ms = Math.round(seconds * 1000);
  const digits = (value: number, count: number) => String(value).padStart(count, "0");
  const [hours, minutes, rest] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, ms % 60_000];
  return `${digits(hours, 2)}:${digits(minutes, 2)}:${digits(Math.floor(rest / 1000), 2)}${point}${digits(rest % 1000, 3)}`;
}
