/** One voice from its samples to its transcript: piece by piece, within one deadline. What holds no speech is not sent. */
import type { World } from "../world.ts";
import { refused, unavailable } from "./failure.ts";
import { cutIntoPieces, type Pcm } from "./pieces.ts";
import { hasSpeech } from "./speech-energy.ts";
import type { Recording, Transcriber, TranscriberHints } from "./transcriber.ts";
import { type HeardPart, joinHeard, round, type Transcript } from "./transcript.ts";

const BYTES_PER_SAMPLE = 2;
/** OpenAI refuses what is shorter, and nothing is said in it. */
const SHORTEST_SECONDS = 0.1;
/** To begin with, and as long again as the voice: a recogniser on a small machine of one's own is no faster. */
const BASE_TIMEOUT_MS = 30_000;
const TIMEOUT_MS_PER_SECOND = 1_000;

type Clock = Pick<World, "nowMs">;

/** Fails with `transcriber-unavailable` or `transcriber-refused`. */
export async function transcribePcm(
  pcm: Pcm,
  transcriber: Transcriber,
  hints: TranscriberHints,
  { nowMs }: Clock,
): Promise<Transcript> {
  const durationSeconds = round(pcm.lengthBytes / BYTES_PER_SAMPLE / pcm.rateHz);
  const deadlineMs = nowMs() + BASE_TIMEOUT_MS + durationSeconds * TIMEOUT_MS_PER_SECOND;
  const parts: HeardPart[] = [];
  for await (const piece of cutIntoPieces(pcm)) {
    if (piece.durationSeconds < SHORTEST_SECONDS || !hasSpeech(piece.pcm, pcm.rateHz)) continue;
    const leftMs = deadlineMs - nowMs();
    if (leftMs <= 0) throw unavailable("The transcriber did not answer in time.");
    const recording: Recording = {
      bytes: piece.wav,
      mediaType: "audio/wav",
      filename: "voice.wav",
      durationSeconds: piece.durationSeconds,
    };
    const { heard } = await transcriber.transcribe(recording, hints, leftMs);
    parts.push({ startSeconds: piece.startSeconds, heard });
  }
  const { name, model } = transcriber;
  return { ...joinHeard(parts), durationSeconds, transcriber: name, model };
}

/** A sound that isn't decoded here, AMR for instance: it goes as it came, to transcribers that take it. */
export async function transcribeForeign(
  recording: Recording,
  transcriber: Transcriber,
  hints: TranscriberHints,
): Promise<Transcript> {
  const { name, model } = transcriber;
  try {
    const { heard, durationSeconds } = await transcriber.transcribe(recording, hints, 2 * BASE_TIMEOUT_MS);
    return { ...heard, durationSeconds, transcriber: name, model };
  } catch (error) {
    if (!(error instanceof Error && "code" in error) || error.code !== "transcriber-refused") throw error;
    throw refused(
      `The voice is ${recording.mediaType}, which is not decoded here; it was sent as it came. ${error.message}`,
      error,
    );
  }
}
