/**
 * What one keeper does: every voice of its share that is wanted, once, for everybody who wants it meanwhile. An object's
 * requests share one I/O context: here, and nowhere else, one request may wait for what another has begun.
 */
import { WAV_HEADER_BYTES } from "../audio/wav.ts";
import { ServiceError } from "../errors.ts";
import { type ByteRange, resolveRange } from "../http/range.ts";
import type { AccountRef } from "../wechat/account.ts";
import { PLACES } from "../wechat/client.ts";
import { Arrival, type ArrivalOptions } from "./arrival.ts";
import { missStatus } from "./cache-status.ts";
import { Decoding } from "./decoding.ts";
import { sendDecoded, sendOgg } from "./each-time.ts";
import type { Outlook } from "./facts.ts";
import { describeForm, isSourceOgg, requireDecodable, wavBytesOf } from "./form.ts";
import { createBody } from "./growing-bytes.ts";
import type { Kept, Opening, OpenQuestion, VoiceRef } from "./keeper-client.ts";
import type { Room } from "./room.ts";
import { Source } from "./source.ts";
import type { VoiceStore } from "./store.ts";
import { reportTrouble } from "./trouble.ts";
import type { Users } from "./users.ts";

export interface UnderWayOptions extends ArrivalOptions {
  readonly storeOf: (account: AccountRef) => VoiceStore;
  readonly room: Room;
  readonly waitUntil: (promise: Promise<unknown>) => void;
  /** Lets other requests run. */
  readonly pause: () => Promise<void>;
}

export interface Opened {
  readonly opening: Opening;
  readonly body: ReadableStream<Uint8Array> | null;
}

export class VoicesUnderWay {
  readonly #options: UnderWayOptions;
  /** By their source's key. */
  readonly #arrivals = new Map<string, Arrival>();

  constructor(options: UnderWayOptions) {
    this.#options = options;
  }

  /** One form of a voice, as soon as its length is known. Fails with a ServiceError. */
  async open(question: OpenQuestion, purpose: "to serve" | "to hear" = "to serve"): Promise<Opened> {
    const { arrival, isCollapsed } = this.#find(question);
    const { source, timings } = arrival;
    const leave = source.users.join();
    try {
      const outlook = await source.outlook;
      const form = describeForm(question.format, outlook);
      const whole = { first: 0, last: form.lengthBytes - 1 };
      const range = question.range ? resolveRange(question.range, form.lengthBytes) : whole;
      const hasBody = question.wants === "body" && range !== "unsatisfiable";
      const opening: Opening = {
        ...form,
        fetchedAtMs: source.fetchedAtMs,
        cacheStatus: this.#cacheStatus(arrival, question, isCollapsed),
        range: hasBody ? range : null,
        spentMs: isCollapsed ? {} : timings.spentMs(),
      };
      return { opening, body: hasBody ? this.#send(question, arrival, outlook, range, purpose) : null };
    } finally {
      leave();
    }
  }

  /** Resolves once what is to be kept of the voice is stored. Fails with a ServiceError. */
  async keep(name: VoiceRef, wants: { readonly wav: boolean }): Promise<Kept> {
    const { arrival } = this.#find(name);
    const { source } = arrival;
    const leave = source.users.join();
    try {
      const facts = await source.facts;
      const wavStored = wants.wav && (await this.#keepWav(arrival, facts));
      if (source.isDropped) {
        throw new ServiceError("voice-not-found", "The voice was deleted while it was being fetched.");
      }
      const stored = [
        ...(arrival.isSourceStored ? (["source"] as const) : []),
        ...(wavStored ? (["wav"] as const) : []),
      ];
      return { facts, stored };
    } finally {
      leave();
    }
  }

  /** Nothing that has begun before stores anything afterwards, and nobody joins it any more. */
  async remove(account: AccountRef, mediaId: string): Promise<void> {
    const { storeOf, missing, writes } = this.#options;
    const store = storeOf(account);
    const keys = PLACES.map((place) => store.of(mediaId, place).key("source"));
    for (const key of keys) {
      const arrival = this.#arrivals.get(key);
      if (arrival) arrival.source.isDropped = true;
      this.#arrivals.delete(key);
    }
    await Promise.all([
      writes.do(mediaId, () => store.delete(mediaId)),
      ...keys.map((key) => missing.forget(key)),
    ]);
  }

  #find(name: VoiceRef): { arrival: Arrival; isCollapsed: boolean } {
    const shelf = this.#options.storeOf(name.account).of(name.mediaId, name.recordedIn);
    const key = shelf.key("source");
    const running = this.#arrivals.get(key);
    if (running) return { arrival: running, isCollapsed: true };

    const source = new Source(this.#options.room, () => {
      if (this.#arrivals.get(key) === arrival) this.#arrivals.delete(key);
    });
    const arrival = new Arrival(name, source, shelf, this.#options);
    this.#arrivals.set(key, arrival);
    const leave = source.users.join();
    this.#options.waitUntil(arrival.run().finally(leave));
    return { arrival, isCollapsed: false };
  }

  #send(
    { format, mediaId }: OpenQuestion,
    arrival: Arrival,
    outlook: Outlook,
    range: ByteRange,
    purpose: "to serve" | "to hear",
  ): ReadableStream<Uint8Array> {
    const { source } = arrival;
    if (format === "speex" || (format === "ogg" && isSourceOgg(outlook))) {
      return this.#body(source.users, range, (to) => source.bytes.send(range, to));
    }
    if (format === "ogg") return this.#body(source.users, range, (to) => sendOgg(source, mediaId, range, to));

    const skippedBytes = format === "pcm" ? WAV_HEADER_BYTES : 0;
    const ofWav = { first: range.first + skippedBytes, last: range.last + skippedBytes };
    const decoding = this.#decode(arrival, outlook);
    if (!decoding) return this.#body(source.users, ofWav, (to) => sendDecoded(source, outlook, ofWav, to));
    // A recogniser gets it once: nobody has asked for a WAV.
    if (purpose === "to serve" && this.#storesWav(arrival)) void this.#storeWav(arrival, decoding, outlook);
    decoding.want(ofWav.last + 1);
    return this.#body(decoding.users, ofWav, (to) => decoding.wav.send(ofWav, to));
  }

  /** The reader counts as a user until the end, or until it leaves. */
  #body(
    users: Users,
    range: ByteRange,
    send: (to: WritableStream<Uint8Array>) => Promise<void>,
  ): ReadableStream<Uint8Array> {
    const { readable, writable } = createBody(range);
    this.#options.waitUntil(send(writable).finally(users.join()));
    return readable;
  }

  /** Null: there is no room for it. */
  #decode(arrival: Arrival, outlook: Outlook): Decoding | null {
    if (arrival.decoding) return arrival.decoding;
    const { room, pause, waitUntil } = this.#options;
    const lease = room.take(wavBytesOf(outlook), "wav");
    if (!lease) return null;
    const leaveSource = arrival.source.users.join();
    const decoding = new Decoding(arrival.source, outlook, () => {
      lease.giveBack();
      leaveSource();
      if (arrival.decoding === decoding) arrival.decoding = null;
    });
    arrival.decoding = decoding;
    waitUntil(decoding.run(pause));
    return decoding;
  }

  /** A miss stores the source; the WAV is stored when it is made from there, or when there is no other way to keep the voice. */
  #storesWav({ source }: Arrival): boolean {
    const { keep } = this.#options;
    return keep.has("wav") && (source.origin === "store" || !keep.has("source")) && !source.isDropped;
  }

  /** Makes all of it, and resolves to whether it is stored. Never rejects. */
  #storeWav(arrival: Arrival, decoding: Decoding, outlook: Outlook): Promise<boolean> {
    if (arrival.wavStored !== null) return arrival.wavStored;
    const { shelf, source } = arrival;
    const leave = decoding.users.join();
    decoding.want(decoding.lengthBytes);
    const { lengthBytes, wav } = decoding;
    const facts = { lengthBytes, rateHz: outlook.rateHz, fetchedAtMs: source.fetchedAtMs };
    arrival.wavStored = this.#write(arrival, async () => {
      while (!wav.isComplete) await wav.news();
      return () => shelf.writeWav(wav.arrived, facts);
    }).finally(leave);
    this.#options.waitUntil(arrival.wavStored);
    return arrival.wavStored;
  }

  async #keepWav(arrival: Arrival, outlook: Outlook): Promise<boolean> {
    requireDecodable(outlook);
    const { shelf, source } = arrival;
    if (!this.#options.keep.has("wav")) return false;
    if (source.origin === "store" && (await shelf.readWav({ wants: "facts" }))) return true;
    const decoding = this.#decode(arrival, outlook);
    if (decoding) return this.#storeWav(arrival, decoding, outlook);

    const lengthBytes = wavBytesOf(outlook);
    const facts = { lengthBytes, rateHz: outlook.rateHz, fetchedAtMs: source.fetchedAtMs };
    const range = { first: 0, last: lengthBytes - 1 };
    return this.#write(arrival, async () => async () => {
      const body = this.#body(source.users, range, (to) => sendDecoded(source, outlook, range, to));
      await shelf.writeWav(body, facts);
    });
  }

  /** `prepare` resolves to the writing itself, when all is ready. */
  async #write(
    { name, source, shelf }: Arrival,
    prepare: () => Promise<() => Promise<void>>,
  ): Promise<boolean> {
    try {
      const write = await prepare();
      return await this.#options.writes.do(name.mediaId, async () => {
        if (source.isDropped) return false;
        await write();
        return true;
      });
    } catch (error) {
      reportTrouble("voice-not-stored", shelf.key("wav"), error);
      return false;
    }
  }

  #cacheStatus(arrival: Arrival, { format }: OpenQuestion, isCollapsed: boolean): Opening["cacheStatus"] {
    const { keep } = this.#options;
    if (arrival.source.origin === "store") return "hit";
    const isDecoded = format === "wav" || format === "pcm";
    return missStatus({ isStored: keep.has("source") || (isDecoded && keep.has("wav")), isCollapsed });
  }
}
