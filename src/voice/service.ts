/** A voice by its media id, in any form: from the store if it is there, else from WeChat and into the store. */
import { withLength } from "../http/fixed-length.ts";
import { rangeLength, sliceStream } from "../http/range.ts";
import type { Representation } from "../http/representation.ts";
import type { Measure } from "../http/server-timing.ts";
import type { WechatClient } from "../wechat/client.ts";
import { Download } from "./download.ts";
import { etagOf, FORMATS, type Format } from "./format.ts";
import { metadataBytes } from "./metadata.ts";
import { lengthOf, render, type SoundFormat } from "./render.ts";
import { arrivingSource, type Source, storedSource } from "./source.ts";
import type { VoiceStore } from "./store.ts";

/** One form of one voice, ready to be sent. Nothing is made or decoded before its body is asked for. */
export interface Voice extends Representation {
  readonly mediaId: string;
  readonly format: Format;
  readonly cacheStatus: Source["cacheStatus"];
}

export interface VoiceServiceOptions {
  readonly store: VoiceStore;
  readonly wechat: WechatClient;
  readonly maxVoiceSeconds: number;
  readonly keepSource: "keep" | "discard";
  readonly waitUntil: (promise: Promise<unknown>) => void;
  readonly nowMs: () => number;
  readonly measure: Measure;
}

/**
 * Downloads under way in this isolate, by storage key: a second request for the same voice joins the first. Safe to
 * share: what crosses from request to request is bytes and promises, and `waitUntil` keeps the request that
 * fills them alive. One that was ended all the same is not joined after JOINABLE_MS.
 */
const underWay = new Map<string, { startedAtMs: number; download: Promise<Download> }>();
const JOINABLE_MS = 60_000;

/** Resolves when the downloads that are under way now have been stored, or have failed. For tests. */
export async function downloadsSettled(): Promise<void> {
  const downloads = [...underWay.values()].map(({ download }) => download.then((begun) => begun.settled));
  await Promise.allSettled(downloads);
}

export class VoiceService {
  readonly #options: VoiceServiceOptions;

  constructor(options: VoiceServiceOptions) {
    this.#options = options;
  }

  /** Fails with a ServiceError when there is no such voice, or not in this form. */
  async open(mediaId: string, format: Format, wants: "body" | "facts"): Promise<Voice> {
    const source = await this.#openSource(mediaId, format === "json" ? "facts" : wants);
    const form = await this.#form(mediaId, format, source).catch(async (error) => {
      await source.discard();
      throw error;
    });
    return {
      mediaId,
      format,
      mediaType: FORMATS[format].mediaType,
      lastModifiedMs: source.fetchedAtMs,
      cacheStatus: source.cacheStatus,
      discard: () => source.discard(),
      ...form,
    };
  }

  async #form(mediaId: string, format: Format, source: Source): Promise<Form> {
    return format === "json" ? this.#metadata(mediaId, source) : soundForm(mediaId, format, source);
  }

  async #openSource(mediaId: string, wants: "body" | "facts"): Promise<Source> {
    const { store, keepSource, measure } = this.#options;
    const stored = await measure("store", () => store.readSource(mediaId, wants));
    if (stored) return storedSource(stored, store, mediaId);
    return arrivingSource(await measure("wechat", () => this.#download(mediaId)), keepSource);
  }

  #download(mediaId: string): Promise<Download> {
    const { store, nowMs, waitUntil } = this.#options;
    const key = store.key(mediaId, "source");
    const running = underWay.get(key);
    if (running && nowMs() - running.startedAtMs < JOINABLE_MS) return running.download;

    const entry = { startedAtMs: nowMs(), download: this.#beginDownload(mediaId) };
    underWay.set(key, entry);
    const end = entry.download
      .then(async (download) => {
        await download.facts.catch((error: Error) => logTrouble("voice-broke-off", key, error));
        await download.settled;
      })
      // Whoever awaits the download hears why it did not begin.
      .catch(() => {})
      .finally(() => {
        if (underWay.get(key) === entry) underWay.delete(key);
      });
    waitUntil(end);
    return entry.download;
  }

  #beginDownload(mediaId: string): Promise<Download> {
    const { store, wechat, maxVoiceSeconds, keepSource, nowMs } = this.#options;
    return Download.begin({
      fetchMedia: () => wechat.getHdVoice(mediaId),
      maxVoiceSeconds,
      nowMs,
      async store(bytes, facts) {
        if (keepSource === "discard") return;
        try {
          await store.writeSource(mediaId, bytes, facts);
        } catch (error) {
          // The client has its voice all the same; the next request fetches it again.
          logTrouble("voice-not-stored", store.key(mediaId, "source"), error);
        }
      },
    });
  }

  async #metadata(mediaId: string, source: Source): Promise<Form> {
    const facts = await source.facts();
    const bytes = metadataBytes(mediaId, facts, await this.#options.store.listForms(mediaId));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return {
      lengthBytes: bytes.length,
      // What is stored changes, so the content names the version.
      etag: `"${digest.toHex().slice(0, 32)}"`,
      body: async (range) => (range ? bytes.subarray(range.first, range.last + 1) : bytes),
    };
  }
}

function logTrouble(event: string, key: string, error: unknown): void {
  console.error(JSON.stringify({ event, key, error: String(error) }));
}

type Form = Pick<Voice, "lengthBytes" | "etag" | "body">;

async function soundForm(mediaId: string, format: SoundFormat, source: Source): Promise<Form> {
  const lengthBytes = lengthOf(format, await source.outlook());
  return {
    lengthBytes,
    etag: etagOf(mediaId, format),
    async body(range) {
      if (format === "speex") return source.read(range);
      const rendered = render(format, await source.read(null), mediaId);
      return range
        ? withLength(sliceStream(rendered, range), rangeLength(range))
        : withLength(rendered, lengthBytes);
    },
  };
}
