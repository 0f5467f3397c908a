/** What turns a recording into text: somebody else's machine, whichever it is. */
import type { Heard } from "./transcript.ts";

export interface Recording {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mediaType: string;
  /** With a suffix: some transcribers go by it. It tells nothing of whose voice it is. */
  readonly filename: string;
  /** Null: not known here. */
  readonly durationSeconds: number | null;
}

export interface TranscriberHints {
  /** ISO 639, two or three letters. Null: the transcriber finds out. */
  readonly language: string | null;
}

export interface Transcriber {
  /** `endpoint` or `workers-ai`: stands in the transcript, and decides with the model whether a stored one is still good. */
  readonly name: string;
  readonly model: string;
  /**
   * Fails with `transcriber-unavailable` where the cause may pass, else with `transcriber-refused`. `timeoutMs`: what is
   * left of the voice's one deadline.
   */
  transcribe(recording: Recording, hints: TranscriberHints, timeoutMs: number): Promise<HeardRecording>;
}

export interface HeardRecording {
  readonly heard: Heard;
  /** As the transcriber measured it; null: it did not say. */
  readonly durationSeconds: number | null;
}
