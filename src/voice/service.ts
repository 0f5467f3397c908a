/** A voice by its media id, in any form: from the store if it is there, else from WeChat and into the store. */

import type { Measure } from "../http/server-timing.ts";
import { PLACES, type RecordedIn, type WechatClient } from "../wechat/client.ts";
import {
  type Decoded,
  decodeAndKeep,
  decodeEachTime,
  decodingsSettled,
  dropDecoding,
  storedWav,
} from "./decoded.ts";
import { Download } from "./download.ts";
import { decodableOutlook, decodedForm, encodedForm, type Form } from "./form.ts";
import { FORMATS, type Format } from "./format.ts";
import { metadataBytes } from "./metadata.ts";
import type { MissingVoices } from "./missing.ts";
import { arrivingSource, type Source, storedSource } from "./source.ts";
import type { VoiceStore } from "./store.ts";
import type { StoredForm } from "./stored-form.ts";
import { reportTrouble } from "./trouble.ts";
import { UnderWay } from "./under-way.ts";
import type { Voice } from "./voice.ts";

export interface VoiceServiceOptions {
  readonly store: VoiceStore;
  readonly missing: MissingVoices;
  readonly wechat: Pick<WechatClient, "getVoice">;
  /** Which of WeChat's downloads is asked for what isn't stored. */
  readonly recordedIn: RecordedIn;
  readonly maxVoiceSeconds: number;
  /** The forms that are stored. */
  readonly keep: ReadonlySet<StoredForm>;
  readonly waitUntil: (promise: Promise<unknown>) => void;
  readonly nowMs: () => number;
  readonly measure: Measure;
}

/** Downloads in this isolate that requests share, by question. */
const downloads = new UnderWay<Download>();

/** Resolves when what goes on in the background now has been stored, or has failed. For tests. */
export async function voicesSettled(): Promise<void> {
  await downloads.allSettled();
  await decodingsSettled();
}

export class VoiceService {
  readonly #options: VoiceServiceOptions;

  constructor(options: VoiceServiceOptions) {
    this.#options = options;
  }

  /** Fails with a ServiceError when there is no such voice, or not in this form. */
  async open(mediaId: string, format: Format, wants: "body" | "facts"): Promise<Voice> {
    const form = await this.#form(mediaId, format, wants);
    return { mediaId, format, mediaType: FORMATS[format].mediaType, ...form };
  }

  /**
   * Removes every stored form, and what is remembered of the voice. Fine when there is nothing. What is under way goes
   * to those who wait for it, and not into the store.
   */
  async remove(mediaId: string): Promise<void> {
    const { store, missing } = this.#options;
    const questions = PLACES.map((recordedIn) => questionOf(store, mediaId, recordedIn));
    for (const question of questions) downloads.drop(question);
    dropDecoding(store, mediaId);
    await Promise.all([store.delete(mediaId), ...questions.map((question) => missing.forget(question))]);
  }

  async #form(mediaId: string, format: Format, wants: "body" | "facts"): Promise<Form> {
    switch (format) {
      case "json":
        return this.#metadata(mediaId);
      case "speex":
      case "ogg":
        return encodedForm(mediaId, format, await this.#source(mediaId, wants));
      case "wav":
      case "pcm":
        return decodedForm(mediaId, format, await this.#decoded(mediaId, wants));
    }
  }

  async #source(mediaId: string, wants: "body" | "facts"): Promise<Source> {
    const { store, recordedIn, keep, measure, nowMs } = this.#options;
    const stored = await measure("store", () => store.readSource(mediaId, wants));
    if (stored) return storedSource(stored, store, mediaId);
    const isCollapsed = downloads.isRunning(questionOf(store, mediaId, recordedIn), nowMs());
    const download = await measure("wechat", () => this.#download(mediaId));
    return arrivingSource(download, { isStored: keep.has("source"), isCollapsed });
  }

  async #decoded(mediaId: string, wants: "body" | "facts"): Promise<Decoded> {
    const { store, keep, measure, nowMs, waitUntil } = this.#options;
    const onStoreFailure = (error: unknown) =>
      reportTrouble("voice-not-stored", store.key(mediaId, "wav"), error);
    const context = { store, mediaId, nowMs, waitUntil, onStoreFailure };
    const stored = await measure("store", () => store.readWav(mediaId, wants));
    if (stored) return storedWav(stored, context);
    const source = await this.#source(mediaId, wants);
    const outlook = await decodableOutlook(source);
    return keep.has("wav") ? decodeAndKeep(source, outlook, context) : decodeEachTime(source, outlook);
  }

  #download(mediaId: string): Promise<Download> {
    const { store, recordedIn, nowMs, waitUntil } = this.#options;
    const key = store.key(mediaId, "source");
    const question = questionOf(store, mediaId, recordedIn);
    const begin = (isDropped: () => boolean) => this.#beginDownload(mediaId, question, isDropped);
    return downloads.join(question, { nowMs: nowMs(), waitUntil }, begin, async (download) => {
      await download.facts.catch((error) => reportTrouble("voice-broke-off", key, error));
      await download.settled;
    });
  }

  async #beginDownload(mediaId: string, question: string, isDropped: () => boolean): Promise<Download> {
    const { store, missing, wechat, recordedIn, maxVoiceSeconds, keep, nowMs } = this.#options;
    const absence = await missing.recall(question);
    if (absence) throw absence;
    try {
      return await Download.begin({
        fetchMedia: () => wechat.getVoice(mediaId, recordedIn),
        maxVoiceSeconds,
        nowMs,
        async store(bytes, facts) {
          if (!keep.has("source") || isDropped()) return;
          try {
            await store.writeSource(mediaId, bytes, facts);
            // Deleted while it was being written.
            if (isDropped()) await store.delete(mediaId);
          } catch (error) {
            // The client has its voice all the same; the next request fetches it again.
            reportTrouble("voice-not-stored", store.key(mediaId, "source"), error);
          }
        },
      });
    } catch (error) {
      await missing.remember(question, error);
      throw error;
    }
  }

  async #metadata(mediaId: string): Promise<Form> {
    const source = await this.#source(mediaId, "facts");
    const facts = await source.facts();
    const bytes = metadataBytes(mediaId, facts, await this.#options.store.listForms(mediaId));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return {
      lengthBytes: bytes.length,
      // It tells what is stored, which changes: only its content names the version.
      etag: `"${digest.toHex().slice(0, 32)}"`,
      lastModifiedMs: null,
      cacheStatus: source.cacheStatus,
      body: async (range) => (range ? bytes.subarray(range.first, range.last + 1) : bytes),
      discard: () => source.discard(),
    };
  }
}

/** What one of WeChat's downloads doesn't have, the other may: they share the store, but no answer. */
function questionOf(store: VoiceStore, mediaId: string, recordedIn: RecordedIn): string {
  return `${store.key(mediaId, "source")}?in=${recordedIn}`;
}
