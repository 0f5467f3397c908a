/** What was said in a voice, in any form, for one request: from the store if it is there, else from the voice's keeper. */
import { ServiceError } from "../errors.ts";
import type { Representation } from "../http/representation.ts";
import type { Measure } from "../http/server-timing.ts";
import { renderTranscript, TRANSCRIPT_TYPES, type TranscriptForm } from "../transcript/forms.ts";
import { joinTranscripts } from "../transcript/transcript.ts";
import type { AccountRef } from "../wechat/account.ts";
import type { RecordedIn } from "../wechat/client.ts";
import type { CacheStatus } from "./cache-status.ts";
import { failNaming, nameJoined } from "./joined.ts";
import type { Transcribed, VoiceKeeper } from "./keeper-client.ts";
import type { VoiceStore } from "./store.ts";
import { isCurrent, type WantedTranscriber } from "./stored-transcript.ts";

export interface VoiceTranscriptsOptions {
  readonly account: AccountRef;
  readonly store: VoiceStore;
  readonly keeper: Pick<VoiceKeeper, "transcribe">;
  readonly transcriber: WantedTranscriber;
  readonly measure: Measure;
}

/** One form of what was said, ready to be sent. */
export interface TranscriptVoice extends Representation {
  readonly mediaId: string;
  readonly form: TranscriptForm;
  readonly cacheStatus: CacheStatus;
}

export class VoiceTranscripts {
  readonly #options: VoiceTranscriptsOptions;

  constructor(options: VoiceTranscriptsOptions) {
    this.#options = options;
  }

  /** Fails with a ServiceError. */
  async open(mediaId: string, form: TranscriptForm, language: string | null): Promise<TranscriptVoice> {
    return this.#present(mediaId, form, await this.findAnywhere(mediaId, language));
  }

  /** Each voice by itself; the times of the later ones go on where the earlier end. Fails with what the first of them fails with. */
  async openJoined(
    mediaIds: readonly string[],
    form: TranscriptForm,
    language: string | null,
  ): Promise<TranscriptVoice> {
    const parts = await Promise.all(
      mediaIds.map((mediaId) =>
        this.findAnywhere(mediaId, language).catch((error) => failNaming(mediaId, error)),
      ),
    );
    return this.#present(nameJoined(mediaIds), form, {
      transcript: joinTranscripts(parts.map(({ transcript }) => transcript)),
      madeAtMs: Math.max(...parts.map(({ madeAtMs }) => madeAtMs)),
      cacheStatus: parts.find(({ cacheStatus }) => cacheStatus !== "hit")?.cacheStatus ?? "hit",
    });
  }

  async #present(
    mediaId: string,
    form: TranscriptForm,
    { transcript, madeAtMs, cacheStatus }: Pick<Transcribed, "transcript" | "madeAtMs" | "cacheStatus">,
  ): Promise<TranscriptVoice> {
    const bytes = new TextEncoder().encode(renderTranscript(transcript, form));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return {
      mediaId,
      form,
      mediaType: TRANSCRIPT_TYPES[form],
      lengthBytes: bytes.length,
      // Made anew, it may come out differently: only its content names the version.
      etag: `"${mediaId}.${form}.${digest.toHex().slice(0, 32)}"`,
      lastModifiedMs: madeAtMs,
      cacheStatus,
      body: async (range) => (range ? bytes.subarray(range.first, range.last + 1) : bytes),
      discard: async () => {},
    };
  }

  /** What a page has recorded comes first; where WeChat knows none, a follower's message that is stored will do. */
  async findAnywhere(mediaId: string, language: string | null): Promise<Transcribed> {
    try {
      return await this.find(mediaId, "page", language);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== "voice-not-found") throw error;
      const shelf = this.#options.store.of(mediaId, "chat");
      const isThere =
        (await shelf.readSource({ wants: "facts", silently: true })) ?? (await shelf.readTranscript());
      if (!isThere) throw error;
      return this.find(mediaId, "chat", language);
    }
  }

  async find(mediaId: string, recordedIn: RecordedIn, language: string | null): Promise<Transcribed> {
    const { account, store, keeper, transcriber, measure } = this.#options;
    const stored = await measure("store", () => store.of(mediaId, recordedIn).readTranscript());
    if (stored && isCurrent(stored, transcriber, language)) return { ...stored, cacheStatus: "hit" };
    return measure("transcriber", () => keeper.transcribe({ account, mediaId, recordedIn }, language));
  }
}
