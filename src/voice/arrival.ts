/** One voice that is wanted of its keeper: where its source comes from, and what becomes of it. */
import { createTimings, type Timings } from "../http/server-timing.ts";
import type { WechatClient } from "../wechat/client.ts";
import type { Deadline } from "../wechat/deadline.ts";
import type { Decoding } from "./decoding.ts";
import { type Downloaded, download } from "./download.ts";
import type { SourceFacts } from "./facts.ts";
import type { InOrder } from "./in-order.ts";
import type { VoiceRef } from "./keeper-client.ts";
import type { VoiceLimit } from "./limit.ts";
import type { MissingVoices } from "./missing.ts";
import type { Source } from "./source.ts";
import type { Shelf } from "./store.ts";
import type { StoredForm } from "./stored-form.ts";
import { reportTrouble } from "./trouble.ts";

export interface ArrivalOptions {
  /** Fails with `account-unknown`. */
  readonly wechatOf: (name: VoiceRef, timings: Timings) => Pick<WechatClient, "getVoice">;
  readonly startDeadline: () => Deadline;
  readonly bodyDeadlineMs: number;
  readonly limit: VoiceLimit;
  /** The forms that are stored. */
  readonly keep: ReadonlySet<StoredForm>;
  readonly missing: MissingVoices;
  /** What is written of one voice, and its removal. */
  readonly writes: InOrder;
  readonly nowMs: () => number;
}

export class Arrival {
  readonly name: VoiceRef;
  readonly source: Source;
  readonly shelf: Shelf;
  readonly timings: Timings;
  /** While somebody uses it. */
  decoding: Decoding | null = null;
  /** Whether it is stored, once that is known. Null: nobody has asked for that. */
  wavStored: Promise<boolean> | null = null;
  isSourceStored = false;
  readonly #options: ArrivalOptions;

  constructor(name: VoiceRef, source: Source, shelf: Shelf, options: ArrivalOptions) {
    this.name = name;
    this.source = source;
    this.shelf = shelf;
    this.timings = createTimings(options.nowMs);
    this.#options = options;
  }

  /**
   * Goes on until the source is whole, and stored, whether anybody still reads it or not. Never rejects: the source has the
   * failure.
   */
  async run(): Promise<void> {
    const { source, shelf } = this;
    try {
      await this.#fill();
    } catch (error) {
      if (source.origin !== null && !source.bytes.isComplete) {
        reportTrouble("voice-broke-off", shelf.key("source"), error);
      }
      source.fail(error);
    }
  }

  async #fill(): Promise<void> {
    const { source, shelf, timings } = this;
    const [stored, absence] = await Promise.all([
      timings.measure("store", () => shelf.readSource({ wants: "body" })),
      this.#options.missing.recall(shelf.key("source")),
    ]);
    if (stored?.object) {
      this.isSourceStored = true;
      source.fill(new Uint8Array(await stored.object.arrayBuffer()), stored.facts);
      return;
    }
    if (absence) throw absence;
    const facts = await this.#factsOf(await this.#download());
    await this.#store(facts);
    source.settle(facts);
  }

  async #download(): Promise<Downloaded> {
    const { name, source, shelf, timings } = this;
    const { wechatOf, startDeadline, bodyDeadlineMs, limit, missing, nowMs } = this.#options;
    const wechat = wechatOf(name, timings);
    const deadline = startDeadline();
    try {
      return await download(source, {
        fetchMedia: () =>
          timings.measure("wechat", () => wechat.getVoice(name.mediaId, name.recordedIn, deadline)),
        deadline,
        bodyDeadlineMs,
        limit,
        nowMs,
      });
    } catch (error) {
      if (!source.isDropped) await missing.remember(shelf.key("source"), error);
      throw error;
    } finally {
      deadline.stop();
    }
  }

  async #factsOf({ contentType, outlook, trailingBytes }: Downloaded): Promise<SourceFacts> {
    const { bytes, fetchedAtMs } = this.source;
    const digest = await crypto.subtle.digest("SHA-256", bytes.arrived);
    return { ...outlook, trailingBytes, contentType, sha256: new Uint8Array(digest).toHex(), fetchedAtMs };
  }

  /** A failure to store doesn't affect readers: the next request fetches the voice again. */
  async #store(facts: SourceFacts): Promise<void> {
    const { name, source, shelf } = this;
    const { keep, writes } = this.#options;
    if (!keep.has("source")) return;
    try {
      await writes.do(name.mediaId, async () => {
        if (source.isDropped) return;
        await shelf.writeSource(source.bytes.arrived, facts);
        this.isSourceStored = true;
      });
    } catch (error) {
      reportTrouble("voice-not-stored", shelf.key("source"), error);
    }
  }
}
