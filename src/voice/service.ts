/**
 * A voice by its media id, in any form, for one request: from the store if it is there, else from the voice's keeper. What a page
 * has recorded comes first; where WeChat knows none, a follower's message that is stored under the same id will do.
 */
import { ServiceError } from "../errors.ts";
import type { RangeWish } from "../http/range.ts";
import type { Timings } from "../http/server-timing.ts";
import type { AccountRef } from "../wechat/account.ts";
import type { RecordedIn } from "../wechat/client.ts";
import type { SourceFacts } from "./facts.ts";
import { describeForm, requireDecodable, type SoundFormat } from "./form.ts";
import type { Format } from "./format.ts";
import type { OpenQuestion, VoiceKeeper, VoiceRef } from "./keeper-client.ts";
import { keptVoice } from "./kept-voice.ts";
import { metadataBytes } from "./metadata.ts";
import type { Shelf, VoiceStore } from "./store.ts";
import type { StoredForm } from "./stored-form.ts";
import { storedSource, storedWav } from "./stored-voice.ts";
import type { Voice } from "./voice.ts";

export interface VoiceServiceOptions {
  readonly account: AccountRef;
  readonly store: VoiceStore;
  readonly keeper: Omit<VoiceKeeper, "transcribe">;
  /** The forms that are stored. */
  readonly keep: ReadonlySet<StoredForm>;
  readonly timings: Pick<Timings, "measure" | "add">;
}

/** What a request will want of a body, as far as its headers tell. Being wrong costs a second look, nothing else. */
export type Wants = "facts" | "all" | RangeWish;

/** What a job wants to have stored. */
export interface FetchWants {
  /** The WAV, or what is made of it. */
  readonly wav: boolean;
  /** Any form but the bytes as they came. */
  readonly decodable: boolean;
}

export class VoiceService {
  readonly #options: VoiceServiceOptions;

  constructor(options: VoiceServiceOptions) {
    this.#options = options;
  }

  /** Fails with a ServiceError when there is no such voice, or not in this form. */
  async open(mediaId: string, format: Format, wants: Wants): Promise<Voice> {
    try {
      return await this.#open(mediaId, "page", format, wants);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== "voice-not-found") throw error;
      const isInChat = await this.#shelf(mediaId, "chat").readSource({ wants: "facts", silently: true });
      if (!isInChat) throw error;
      return this.#open(mediaId, "chat", format, wants);
    }
  }

  /** Has the voice fetched, if it must be, and stored. Fails with a ServiceError in every other case. */
  async fetch(mediaId: string, recordedIn: RecordedIn, wants: FetchWants): Promise<SourceFacts> {
    const { keeper, keep } = this.#options;
    const { facts, stored } = await keeper.keep(this.#name(mediaId, recordedIn), wants);
    if (wants.decodable) requireDecodable(facts);
    const wanted = [...keep].filter((form) => form === "source" || wants.wav);
    if (wanted.every((form) => stored.includes(form))) return facts;
    throw new ServiceError("internal", "The voice was fetched, but could not be stored.");
  }

  /** Removes every stored form, and what is remembered of the voice. Fine when there is nothing. */
  remove(mediaId: string): Promise<void> {
    return this.#options.keeper.remove(this.#options.account, mediaId);
  }

  #open(mediaId: string, recordedIn: RecordedIn, format: Format, wants: Wants): Promise<Voice> {
    switch (format) {
      case "json":
        return this.#metadata(mediaId, recordedIn);
      case "speex":
      case "ogg":
        return this.#encoded(mediaId, recordedIn, format, wants);
      case "wav":
      case "pcm":
        return this.#decoded(mediaId, recordedIn, format, wants);
    }
  }

  async #encoded(
    mediaId: string,
    recordedIn: RecordedIn,
    format: "speex" | "ogg",
    wants: Wants,
  ): Promise<Voice> {
    const shelf = this.#shelf(mediaId, recordedIn);
    const stored = await this.#read(() =>
      shelf.readSource({ wants: wants === "all" ? "body" : "facts", silently: true }),
    );
    if (stored) return storedSource(mediaId, format, stored, shelf);
    return this.#fromKeeper(mediaId, recordedIn, format, wants);
  }

  async #decoded(
    mediaId: string,
    recordedIn: RecordedIn,
    format: "wav" | "pcm",
    wants: Wants,
  ): Promise<Voice> {
    const shelf = this.#shelf(mediaId, recordedIn);
    const stored = await this.#read(() =>
      shelf.readWav({ wants: wants === "all" ? "body" : "facts", silently: true }),
    );
    if (stored) return storedWav(mediaId, format, stored, shelf);
    // What a stored source would become can be told without waking its keeper.
    const source = wants === "facts" && (await this.#read(() => shelf.readSource({ wants, silently: true })));
    if (!source) return this.#fromKeeper(mediaId, recordedIn, format, wants);
    const { fetchedAtMs } = source.facts;
    const opening = { ...describeForm(format, source.facts), fetchedAtMs, cacheStatus: "hit" as const };
    const question = this.#question(mediaId, recordedIn, format, wants);
    return keptVoice(
      question,
      { opening: { ...opening, range: null, spentMs: {} }, body: null },
      this.#options.keeper,
    );
  }

  async #fromKeeper(
    mediaId: string,
    recordedIn: RecordedIn,
    format: SoundFormat,
    wants: Wants,
  ): Promise<Voice> {
    const { keeper, timings } = this.#options;
    const question = this.#question(mediaId, recordedIn, format, wants);
    const opened = await keeper.open(question);
    timings.add(opened.opening.spentMs);
    return keptVoice(question, opened, keeper);
  }

  async #metadata(mediaId: string, recordedIn: RecordedIn): Promise<Voice> {
    const shelf = this.#shelf(mediaId, recordedIn);
    const look = { wants: "facts", silently: true } as const;
    const [source, wav] = await this.#read(() => Promise.all([shelf.readSource(look), shelf.readWav(look)]));
    const kept = source ?? (await this.#options.keeper.keep(this.#name(mediaId, recordedIn), { wav: false }));
    const forms: readonly StoredForm[] = "stored" in kept ? kept.stored : ["source"];
    const bytes = metadataBytes(mediaId, kept.facts, [...forms, ...(wav ? (["wav"] as const) : [])]);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return {
      mediaId,
      format: "json",
      mediaType: "application/json",
      suffix: "json",
      lengthBytes: bytes.length,
      // It tells what is stored, which changes: only its content names the version.
      etag: `"${digest.toHex().slice(0, 32)}"`,
      lastModifiedMs: null,
      cacheStatus: source ? "hit" : forms.length > 0 ? "fwd=uri-miss; stored" : "fwd=uri-miss",
      body: async (range) => (range ? bytes.subarray(range.first, range.last + 1) : bytes),
      discard: async () => {},
    };
  }

  #question(mediaId: string, recordedIn: RecordedIn, format: SoundFormat, wants: Wants): OpenQuestion {
    const range = typeof wants === "object" ? wants : null;
    return {
      ...this.#name(mediaId, recordedIn),
      format,
      wants: wants === "facts" ? "facts" : "body",
      range,
    };
  }

  #name(mediaId: string, recordedIn: RecordedIn): VoiceRef {
    return { account: this.#options.account, mediaId, recordedIn };
  }

  #shelf(mediaId: string, recordedIn: RecordedIn): Shelf {
    return this.#options.store.of(mediaId, recordedIn);
  }

  #read<T>(work: () => Promise<T>): Promise<T> {
    return this.#options.timings.measure("store", work);
  }
}
