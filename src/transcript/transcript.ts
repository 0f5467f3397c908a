/** What was said in a voice, and how what was heard in its parts becomes one. */

export interface Segment {
  /** From the beginning of the voice. */
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** One line. */
  readonly text: string;
}

/** What a transcriber has heard in one recording. Text and segments are empty where nobody spoke. */
export interface Heard {
  readonly text: string;
  /** As the transcriber names it: `zh` or `chinese`. Null: it did not say. */
  readonly language: string | null;
  readonly segments: readonly Segment[];
}

export interface Transcript extends Heard {
  /** Null: of a sound that is not decoded here, and whose length the transcriber did not tell. */
  readonly durationSeconds: number | null;
  readonly transcriber: string;
  readonly model: string;
}

/** One of several recordings that follow one another. */
export interface HeardPart {
  readonly startSeconds: number;
  readonly heard: Heard;
}

/** Languages that are written without blanks, and their punctuation. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\u3000-\u303f\uff00-\uffef]/u;

/** One after the other, each with its own time added. The language is that of the first part that has one. */
export function joinHeard(parts: readonly HeardPart[]): Heard {
  return {
    text: joinTexts(parts.map(({ heard }) => heard.text)),
    language: parts.map(({ heard }) => heard.language).find((language) => language !== null) ?? null,
    segments: parts.flatMap(({ startSeconds, heard }) =>
      heard.segments.map((segment) => ({
        startSeconds: round(startSeconds + segment.startSeconds),
        endSeconds: round(startSeconds + segment.endSeconds),
        text: segment.text,
      })),
    ),
  };
}

/** Of voices that follow one another, by one transcriber. At least one. */
export function joinTranscripts(parts: readonly Transcript[]): Transcript {
  const [{ transcriber, model }] = parts as [Transcript];
  let startSeconds = 0;
  const timed = parts.map((heard) => {
    const part = { startSeconds, heard };
    startSeconds += heard.durationSeconds ?? heard.segments.at(-1)?.endSeconds ?? 0;
    return part;
  });
  const isTimed = parts.every(({ durationSeconds }) => durationSeconds !== null);
  return { ...joinHeard(timed), durationSeconds: isTimed ? round(startSeconds) : null, transcriber, model };
}

export function joinTexts(texts: readonly string[]): string {
  let joined = "";
  for (const text of texts) {
    if (text === "") continue;
    const isUnspaced = UNSPACED.test([...joined.slice(-2)].at(-1) ?? "") || UNSPACED.test([...text][0] ?? "");
    joined += joined === "" || isUnspaced ? text : ` ${text}`;
  }
  return joined;
}

/** To milliseconds: sums of decimals are not exact, and subtitles know no more. */
export function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
