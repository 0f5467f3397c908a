/**
 * What one keeper has transcribed: each voice once, for everybody who wants to know meanwhile. It costs money, so what is there
 * is looked for first, and one request a voice is in flight. Only inside a keeper's object may requests share so.
 */

import { WAV_HEADER_BYTES } from "../audio/wav.ts";
import { ServiceError } from "../errors.ts";
import { unavailable } from "../transcript/failure.ts";
import { MAX_PIECE_SECONDS, type Pcm } from "../transcript/pieces.ts";
import type { Transcriber } from "../transcript/transcriber.ts";
import type { Transcript } from "../transcript/transcript.ts";
import { transcribeForeign, transcribePcm } from "../transcript/transcription.ts";
import type { AccountRef } from "../wechat/account.ts";
import { PLACES } from "../wechat/client.ts";
import { missStatus } from "./cache-status.ts";
import type { InOrder } from "./in-order.ts";
import type { Transcribed, VoiceRef } from "./keeper-client.ts";
import type { Room } from "./room.ts";
import type { Shelf, VoiceStore } from "./store.ts";
import { isCurrent, type Spoken } from "./stored-transcript.ts";
import { reportTrouble } from "./trouble.ts";
import type { Opened, VoicesUnderWay } from "./under-way.ts";

export interface TranscriptsUnderWayOptions {
  readonly voices: Pick<VoicesUnderWay, "open" | "keep">;
  readonly storeOf: (account: AccountRef) => VoiceStore;
  /** Null: none is configured. */
  readonly transcriber: Transcriber | null;
  readonly room: Room;
  readonly writes: InOrder;
  readonly waitUntil: (promise: Promise<unknown>) => void;
  readonly nowMs: () => number;
}

interface Running {
  readonly language: string | null;
  readonly result: Promise<Transcribed>;
  /** The voice was deleted: what comes of it is not kept. */
  isDropped: boolean;
}

/** What is decoded has to be sent too: the recording, the request's body, and at Workers AI its base64. */
const COPIES = 2;
const BYTES_PER_SAMPLE = 2;

export class TranscriptsUnderWay {
  readonly #options: TranscriptsUnderWayOptions;
  /** By the transcript's key. */
  readonly #running = new Map<string, Running>();

  constructor(options: TranscriptsUnderWayOptions) {
    this.#options = options;
  }

  /** Fails with a ServiceError. `language`: a hint; who gives none takes what comes of another's. */
  async transcribe(name: VoiceRef, language: string | null): Promise<Transcribed> {
    const shelf = this.#options.storeOf(name.account).of(name.mediaId, name.recordedIn);
    const key = shelf.key("transcript");
    for (let running = this.#running.get(key); running; running = this.#running.get(key)) {
      if (language === null || running.language === language) return asCollapsed(await running.result);
      await running.result.catch(() => {});
    }
    const result = Promise.resolve()
      .then(() => this.#make(name, shelf, language, running))
      .finally(() => {
        if (this.#running.get(key) === running) this.#running.delete(key);
      });
    const running: Running = { language, result, isDropped: false };
    this.#running.set(key, running);
    this.#options.waitUntil(result.catch(() => {}));
    return result;
  }

  /** What has begun goes to those who wait for it, and not into the store. Before the voice is removed. */
  drop(account: AccountRef, mediaId: string): void {
    const store = this.#options.storeOf(account);
    for (const place of PLACES) {
      const key = store.of(mediaId, place).key("transcript");
      const running = this.#running.get(key);
      if (running) running.isDropped = true;
      this.#running.delete(key);
    }
  }

  async #make(name: VoiceRef, shelf: Shelf, language: string | null, running: Running): Promise<Transcribed> {
    const { transcriber, nowMs } = this.#options;
    const stored = await shelf.readTranscript();
    if (stored && isCurrent(stored, transcriber, language)) return { ...stored, cacheStatus: "hit" };
    if (!transcriber) {
      throw new ServiceError(
        "not-configured",
        "No transcriber is configured: set TRANSCRIBER_URL, or bind AI (docs/transcripts.md).",
      );
    }
    const transcript = await this.#hear(name, shelf, transcriber, language);
    const spoken: Spoken = { transcript, language, madeAtMs: nowMs() };
    const isStored = await this.#store(name, shelf, spoken, running);
    return { ...spoken, cacheStatus: missStatus({ isStored, isCollapsed: false }) };
  }

  async #hear(
    name: VoiceRef,
    shelf: Shelf,
    transcriber: Transcriber,
    language: string | null,
  ): Promise<Transcript> {
    const hints = { language };
    const pcm = (await storedPcm(shelf)) ?? (await this.#fetchPcm(name));
    if (pcm) return this.#holding(pcm, () => transcribePcm(pcm, transcriber, hints, this.#options));
    const { opening, body } = await this.#options.voices.open(question(name, "speex"));
    const bytes = new Uint8Array(await new Response(body).arrayBuffer());
    const { mediaType } = opening;
    const filename = mediaType === "audio/amr-wb" ? "voice.awb" : "voice.amr";
    return transcribeForeign({ bytes, mediaType, filename, durationSeconds: null }, transcriber, hints);
  }

  /** Null: it is AMR. Waits until the source is whole: what breaks off half-way is not sent. */
  async #fetchPcm(name: VoiceRef): Promise<Pcm | null> {
    const { voices } = this.#options;
    // Both want the same voice at once, so that it is fetched once, also where sources aren't stored.
    const [kept, opened] = await Promise.allSettled([
      voices.keep(name, { wav: false }),
      voices.open(question(name, "pcm"), "to hear"),
    ]);
    if (kept.status === "rejected") {
      if (opened.status === "fulfilled") await opened.value.body?.cancel();
      throw kept.reason;
    }
    const { rateHz, looksLike } = kept.value.facts;
    if (opened.status === "fulfilled") return pcmOf(opened.value, rateHz);
    if (looksLike === "amr" || looksLike === "amr-wb") return null;
    throw opened.reason;
  }

  async #holding<T>(pcm: Pcm, work: () => Promise<T>): Promise<T> {
    const held = Math.min(pcm.lengthBytes, MAX_PIECE_SECONDS * pcm.rateHz * BYTES_PER_SAMPLE);
    const lease = this.#options.room.take(COPIES * held, "wav");
    try {
      if (lease) return await work();
      await pcm.body.cancel();
      throw unavailable("Too many voices are on their way to the transcriber: there is no room for another.");
    } finally {
      lease?.giveBack();
    }
  }

  /** A store that fails harms nobody who waits: the next request asks again. */
  async #store(name: VoiceRef, shelf: Shelf, spoken: Spoken, running: Running): Promise<boolean> {
    try {
      return await this.#options.writes.do(name.mediaId, async () => {
        if (running.isDropped) return false;
        await shelf.writeTranscript(spoken);
        return true;
      });
    } catch (error) {
      reportTrouble("transcript-not-stored", shelf.key("transcript"), error);
      return false;
    }
  }
}

async function storedPcm(shelf: Shelf): Promise<Pcm | null> {
  const stored = await shelf.readWav({ wants: "facts", silently: true });
  if (!stored) return null;
  const { lengthBytes, rateHz } = stored.facts;
  const body = await shelf.readRange("wav", { first: WAV_HEADER_BYTES, last: lengthBytes - 1 });
  return body && { body, lengthBytes: lengthBytes - WAV_HEADER_BYTES, rateHz };
}

function pcmOf({ opening, body }: Opened, rateHz: number): Pcm {
  if (!body) throw new Error("a voice was opened without a body");
  return { body, lengthBytes: opening.lengthBytes, rateHz };
}

function question(name: VoiceRef, format: "pcm" | "speex") {
  return { ...name, format, wants: "body", range: null } as const;
}

function asCollapsed(transcribed: Transcribed): Transcribed {
  const { cacheStatus } = transcribed;
  if (cacheStatus === "hit") return transcribed;
  const isStored = cacheStatus.includes("stored");
  return { ...transcribed, cacheStatus: missStatus({ isStored, isCollapsed: true }) };
}
