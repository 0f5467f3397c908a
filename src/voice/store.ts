/**
 * Where voices are kept: R2, `voice/v1/{appId}/{mediaId}/{form}`. The one module that knows keys and conditions; the
 * metadata are in stored-metadata.ts. An object is written once, whole: a half-written one doesn't exist. What is there
 * is replaced only where it was found not to verify, or made by an older decoder. Lives for one request.
 */

import { type ByteRange, rangeLength } from "../http/range.ts";
import type { SourceFacts, StoredSource, StoredWav } from "./facts.ts";
import { STORED_FORMS, type StoredForm } from "./stored-form.ts";
import { decoderAge, sourceMetadata, verifySource, verifyWav, wavMetadata } from "./stored-metadata.ts";
import { reportTrouble } from "./trouble.ts";

export class VoiceStore {
  readonly #bucket: R2Bucket;
  readonly #appId: string;
  /** R2's ETags of objects that this request has found and that ours may replace, by key. */
  readonly #replaceable = new Map<string, string>();

  constructor(bucket: R2Bucket, appId: string) {
    this.#bucket = bucket;
    this.#appId = appId;
  }

  key(mediaId: string, form: StoredForm): string {
    return `voice/v1/${this.#appId}/${mediaId}/${form}`;
  }

  /** Null when it isn't stored, or doesn't verify. */
  async readSource(mediaId: string, wants: "body" | "facts"): Promise<StoredSource | null> {
    const found = await this.#read(this.key(mediaId, "source"), wants);
    if (!found) return null;
    const facts = verifySource(found.head);
    if (facts) return { facts, object: found.object };
    return this.#reject(found, "does not verify");
  }

  /** Null when it isn't stored, doesn't verify, or was made by another version of the decoder. */
  async readWav(mediaId: string, wants: "body" | "facts"): Promise<StoredWav | null> {
    const found = await this.#read(this.key(mediaId, "wav"), wants);
    if (!found) return null;
    const age = decoderAge(found.head);
    if (age !== "current") return this.#reject(found, age);
    const facts = verifyWav(found.head);
    if (facts) return { ...facts, object: found.object };
    return this.#reject(found, "does not verify");
  }

  /** R2 refuses bytes that don't have the facts' SHA-256. */
  async writeSource(mediaId: string, bytes: Uint8Array<ArrayBuffer>, facts: SourceFacts): Promise<void> {
    await this.#write(this.key(mediaId, "source"), bytes, {
      sha256: facts.sha256,
      httpMetadata: { contentType: facts.contentType },
      customMetadata: sourceMetadata(facts),
    });
  }

  /** Keeps a WAV of exactly the length that the stream was given, or nothing. */
  async writeWav(
    mediaId: string,
    wav: ReadableStream<Uint8Array>,
    facts: Omit<StoredWav, "object">,
  ): Promise<void> {
    await this.#write(this.key(mediaId, "wav"), wav, {
      httpMetadata: { contentType: "audio/wav" },
      customMetadata: wavMetadata(facts),
    });
  }

  /** Part of a stored form; null when it has gone meanwhile. */
  async readRange(
    mediaId: string,
    form: StoredForm,
    range: ByteRange,
  ): Promise<ReadableStream<Uint8Array> | null> {
    const object = await this.#bucket.get(this.key(mediaId, form), {
      range: { offset: range.first, length: rangeLength(range) },
    });
    return object?.body ?? null;
  }

  /** Removes every form, also those that wouldn't be stored today. Fine when there is none. */
  async delete(mediaId: string): Promise<void> {
    await this.#bucket.delete(STORED_FORMS.map((form) => this.key(mediaId, form)));
  }

  /** The forms that are stored, by looking. */
  async listForms(mediaId: string): Promise<StoredForm[]> {
    const prefix = this.key(mediaId, "source").slice(0, -"source".length);
    const { objects } = await this.#bucket.list({ prefix });
    return objects.map((object) => object.key.slice(prefix.length) as StoredForm);
  }

  async #read(key: string, wants: "body" | "facts"): Promise<Found | null> {
    if (wants === "facts") {
      const head = await this.#bucket.head(key);
      return head && { head, object: null };
    }
    const object = await this.#bucket.get(key);
    return object && { head: object, object };
  }

  async #reject({ head, object }: Found, why: "does not verify" | "older" | "newer"): Promise<null> {
    await object?.body.cancel();
    if (why !== "newer") this.#replaceable.set(head.key, head.etag);
    if (why === "does not verify") reportTrouble("stored-voice-refused", head.key, why);
    return null;
  }

  /** Creates the object, or replaces the very one that was found wanting. Another request may have been faster: fine. */
  async #write(
    key: string,
    value: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
    options: R2PutOptions,
  ): Promise<void> {
    const replaced = this.#replaceable.get(key);
    const onlyIf = replaced === undefined ? { etagDoesNotMatch: "*" } : { etagMatches: replaced };
    const written = await this.#bucket.put(key, value, { ...options, onlyIf });
    // Refused, R2 may leave the rest unread.
    if (!written && value instanceof ReadableStream) await value.cancel().catch(() => {});
  }
}

interface Found {
  readonly head: R2Object;
  readonly object: R2ObjectBody | null;
}
