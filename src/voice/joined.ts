/**
 * Several voices as one sound, in the order in which their ids stand: a recording that a page cut where WeChat's recorder
 * stops. Nothing joined is stored. Each part is opened as it would be alone, and sent when its turn has come.
 */
import { WAV_HEADER_BYTES, wavHeader } from "../audio/wav.ts";
import { ServiceError } from "../errors.ts";
import { toError, toFailure } from "../failure.ts";
import { type ByteRange, rangeLength } from "../http/range.ts";
import { MAX_JOINED_VOICES, MEDIA_ID_PATTERN } from "../limits.ts";
import { TRANSCRIPT_FORMS } from "../transcript/forms.ts";
import { FORMATS, MEDIA_ID_RULE } from "./format.ts";
import type { VoiceService } from "./service.ts";
import type { Voice } from "./voice.ts";

export const JOINED_FORMATS = ["wav", "pcm", "json"] as const;
export type JoinedFormat = (typeof JOINED_FORMATS)[number];

export const JOINED_SUFFIXES = [...JOINED_FORMATS, ...TRANSCRIPT_FORMS] as const;

export interface JoinedName<F extends string> {
  readonly mediaIds: readonly string[];
  readonly format: F;
}

const BYTES_PER_SAMPLE = 2;

/** Parses `{mediaId},{mediaId}…{.format}`. */
export function parseJoinedName<F extends string>(name: string, formats: readonly F[]): JoinedName<F> {
  const [ids = "", ...suffix] = name.split(".");
  const mediaIds = ids.split(",");
  if (!mediaIds.every((mediaId) => MEDIA_ID_PATTERN.test(mediaId))) {
    throw new ServiceError("media-id-malformed", MEDIA_ID_RULE);
  }
  if (mediaIds.length > MAX_JOINED_VOICES) {
    throw new ServiceError("media-id-malformed", `At most ${MAX_JOINED_VOICES} voices can be joined.`);
  }
  const format = formats.find((known) => known === suffix.join("."));
  if (format) return { mediaIds, format };
  throw new ServiceError(
    "format-unknown",
    `Joined voices have one of the suffixes ${JOINED_SUFFIXES.map((known) => `.${known}`).join(", ")}.`,
  );
}

/** Fails with what the first of them fails with, and its id. */
export async function openJoined(
  voices: VoiceService,
  { mediaIds, format }: JoinedName<JoinedFormat>,
): Promise<Voice> {
  const of = format === "json" ? "json" : "pcm";
  // A part is seldom wanted from its first byte on: bodies are opened when it is known what is.
  const parts = await Promise.all(
    mediaIds.map((mediaId) => voices.open(mediaId, of, "facts").catch((error) => failNaming(mediaId, error))),
  );
  return format === "json" ? joinMetadata(mediaIds, parts) : joinSound(mediaIds, parts, format);
}

/** The same failure, which says whose it is. */
export function failNaming(mediaId: string, error: unknown): never {
  if (!(error instanceof ServiceError)) throw error;
  const failure = toFailure(error);
  throw toError({ ...failure, detail: `The voice ${mediaId}: ${failure.detail}` });
}

async function joinSound(
  mediaIds: readonly string[],
  parts: readonly Voice[],
  format: "wav" | "pcm",
): Promise<Voice> {
  const [{ mediaType }] = parts as [Voice];
  const odd = parts.find((part) => part.mediaType !== mediaType);
  if (odd) {
    throw new ServiceError(
      "voice-undecodable",
      `The voice ${odd.mediaId} has another sample rate than the voice ${mediaIds[0]}: they can't be joined.`,
    );
  }
  const soundBytes = parts.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  const rateHz = Number(/rate=([0-9]+)/.exec(mediaType)?.[1]);
  const pieces: Piece[] = parts.map((part) => ({
    lengthBytes: part.lengthBytes,
    open: (range) => part.body(range),
  }));
  if (format === "wav") {
    const header = wavHeader(soundBytes / BYTES_PER_SAMPLE, rateHz);
    pieces.unshift({
      lengthBytes: WAV_HEADER_BYTES,
      open: async ({ first, last }) => header.subarray(first, last + 1),
    });
  }
  const lengthBytes = pieces.reduce((sum, piece) => sum + piece.lengthBytes, 0);
  return {
    ...(await describe(mediaIds, parts, format, parts.map(({ etag }) => etag).join())),
    mediaType: format === "wav" ? FORMATS.wav.mediaType : mediaType,
    lengthBytes,
    lastModifiedMs: Math.max(...parts.map(({ lastModifiedMs }) => lastModifiedMs ?? 0)),
    async body(range) {
      const wanted = range ?? { first: 0, last: lengthBytes - 1 };
      const { readable, writable } = new FixedLengthStream(rangeLength(wanted));
      // The reader gets a failure from the stream; the promise is not needed.
      send(pieces, wanted, writable).catch((error) => writable.abort(error).catch(() => {}));
      return readable;
    },
  };
}

async function joinMetadata(mediaIds: readonly string[], parts: readonly Voice[]): Promise<Voice> {
  const texts = await Promise.all(parts.map(async (part) => new Response(await part.body(null)).json()));
  const known = texts as { durationSeconds: number | null; frames: number }[];
  const seconds = known.map(({ durationSeconds }) => durationSeconds ?? Number.NaN);
  const sum = seconds.reduce((total, one) => total + one, 0);
  const joined = {
    // Null where that of one part is not known.
    durationSeconds: Number.isNaN(sum) ? null : Number(sum.toFixed(2)),
    frames: known.reduce((total, { frames }) => total + frames, 0),
    parts: known,
  };
  const text = `${JSON.stringify(joined)}\n`;
  const bytes = new TextEncoder().encode(text);
  return {
    ...(await describe(mediaIds, parts, "json", text)),
    mediaType: FORMATS.json.mediaType,
    lengthBytes: bytes.length,
    lastModifiedMs: null,
    body: async (range) => (range ? bytes.subarray(range.first, range.last + 1) : bytes),
  };
}

/** `version`: whatever changes when the bytes do. */
async function describe(
  [first = "", ...others]: readonly string[],
  parts: readonly Voice[],
  format: JoinedFormat,
  version: string,
) {
  const text = new TextEncoder().encode(`${FORMATS[format].version} ${version}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  return {
    mediaId: nameJoined([first, ...others]),
    format,
    suffix: format,
    etag: `"joined.${digest.toHex().slice(0, 32)}.${format}"`,
    cacheStatus: parts.find(({ cacheStatus }) => cacheStatus !== "hit")?.cacheStatus ?? "hit",
    discard: async () => {},
  } as const;
}

/** Twenty ids would be too long for a file's name. */
export function nameJoined([first, ...others]: readonly string[]): string {
  return `${first}-and-${others.length}-more`;
}

interface Piece {
  readonly lengthBytes: number;
  open(range: ByteRange): Promise<ReadableStream<Uint8Array> | Uint8Array>;
}

/** One piece after the other, as far as they lie in the range. */
async function send(
  pieces: readonly Piece[],
  { first, last }: ByteRange,
  to: WritableStream<Uint8Array>,
): Promise<void> {
  let start = 0;
  for (const { lengthBytes, open } of pieces) {
    const range = { first: Math.max(first - start, 0), last: Math.min(last - start, lengthBytes - 1) };
    start += lengthBytes;
    if (range.first > range.last) continue;
    const body = await open(range);
    // A stream is passed on by the runtime, without JavaScript for each chunk.
    if (body instanceof ReadableStream) await body.pipeTo(to, { preventClose: true, preventAbort: true });
    else await write(body, to);
  }
  await to.close();
}

async function write(bytes: Uint8Array, to: WritableStream<Uint8Array>): Promise<void> {
  const writer = to.getWriter();
  await writer.write(bytes);
  writer.releaseLock();
}
