/** What is known of a voice: of its source, and of its stored forms. */
import type { SpeexMode } from "../audio/frames.ts";
import type { Framing } from "../audio/framing.ts";

/** What is known of a voice's source once all of it has been seen. */
export interface SourceFacts {
  readonly lengthBytes: number;
  /** As WeChat named it. */
  readonly contentType: string;
  /** Null: not Speex that can be decoded; it is kept and served as it is. */
  readonly framing: Framing | null;
  /** Where framing is null: what the bytes look like instead, e.g. `amr`. */
  readonly looksLike: string | null;
  /** Decides how many samples a frame has. Null where framing is. */
  readonly mode: SpeexMode | null;
  readonly frameCount: number;
  /** Of the decoded sound: 16,000, or what the stream's header says. 0 without frames. */
  readonly rateHz: number;
  /** How long sound lasts that isn't Speex, where its file tells; null otherwise. Speex has its frames. */
  readonly soundSeconds: number | null;
  /** Of a last frame that is not whole. */
  readonly trailingBytes: number;
  /** Size of the Ogg form, which depends on the frames' sizes. 0 without frames. */
  readonly oggLengthBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly fetchedAtMs: number;
}

/** What must be known before the first byte of any form can be sent. */
export type Outlook = Pick<
  SourceFacts,
  | "lengthBytes"
  | "framing"
  | "looksLike"
  | "mode"
  | "frameCount"
  | "rateHz"
  | "soundSeconds"
  | "oggLengthBytes"
>;

export interface WavFacts {
  readonly lengthBytes: number;
  readonly rateHz: number;
  readonly fetchedAtMs: number;
}

export interface StoredSource {
  readonly facts: SourceFacts;
  /** Null where only the facts were asked for. */
  readonly object: R2ObjectBody | null;
}

export interface StoredWav {
  readonly facts: WavFacts;
  /** Null where only the facts were asked for. */
  readonly object: R2ObjectBody | null;
}
