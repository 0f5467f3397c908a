/**
 * Where voices are kept: R2, `voice/v1/{appId}/{mediaId}/{form}` for what a page has recorded, `…/{mediaId}/chat/{form}` for a
 * follower's message: the same id may name both, in different codecs. The one module that knows keys and conditions; the
 * metadata are in stored-metadata.ts. An object is written once, whole. What is there is replaced only where it was found not to
 * verify, or made by an older decoder.
 */
import { type ByteRange, rangeLength } from "../http/range.ts";
import type { RecordedIn } from "../wechat/client.ts";
import type { SourceFacts, StoredSource, StoredWav, WavFacts } from "./facts.ts";
import { STORED_FORMS, type StoredForm } from "./stored-form.ts";
import { decoderAge, sourceMetadata, verifySource, verifyWav, wavMetadata } from "./stored-metadata.ts";
import { type Spoken, transcriptMetadata, verifyTranscript } from "./stored-transcript.ts";
import { reportTrouble } from "./trouble.ts";

/** Beside the forms that carry sound: what was said. Kept whatever STORE_FORMATS says: it has cost money. */
const TRANSCRIPT = "transcript";

/** `silently`: somebody else will look at the same object, and report it. */
export interface ReadOptions {
  readonly wants: "body" | "facts";
  readonly silently?: true;
}

export class VoiceStore {
  readonly #bucket: R2Bucket;
  readonly #appId: string;

  constructor(bucket: R2Bucket, appId: string) {
    this.#bucket = bucket;
    this.#appId = appId;
  }

  of(mediaId: string, recordedIn: RecordedIn): Shelf {
    return new Shelf(this.#bucket, this.#folder(mediaId, recordedIn));
  }

  /** Removes every form of both kinds, also those that wouldn't be stored today. Fine when there is none. */
  async delete(mediaId: string): Promise<void> {
    const folders = [this.#folder(mediaId, "page"), this.#folder(mediaId, "chat")];
    await this.#bucket.delete(
      folders.flatMap((folder) => [...STORED_FORMS, TRANSCRIPT].map((form) => folder + form)),
    );
  }

  #folder(mediaId: string, recordedIn: RecordedIn): string {
    const folder = `voice/v1/${this.#appId}/${mediaId}/`;
    return recordedIn === "page" ? folder : `${folder}chat/`;
  }
}

/** One voice's place. Lives as long as one piece of work. */
export class Shelf {
  readonly #bucket: R2Bucket;
  readonly #folder: string;
  /** R2's ETags of objects that this work has found and that ours may replace. */
  readonly #replaceable = new Map<StoredForm, string>();

  constructor(bucket: R2Bucket, folder: string) {
    this.#bucket = bucket;
    this.#folder = folder;
  }

  key(form: StoredForm | typeof TRANSCRIPT): string {
    return this.#folder + form;
  }

  /** Null when it isn't stored, or doesn't verify. */
  async readSource(options: ReadOptions): Promise<StoredSource | null> {
    const found = await this.#read("source", options);
    const facts = found && verifySource(found.head);
    if (facts) return { facts, object: found.object };
    if (found) await this.#refuse("source", found, "does not verify", options);
    return null;
  }

  /** Null when it isn't stored, doesn't verify, or was made by another version of the decoder. */
  async readWav(options: ReadOptions): Promise<StoredWav | null> {
    const found = await this.#read("wav", options);
    if (!found) return null;
    const age = decoderAge(found.head);
    const facts = age === "current" ? verifyWav(found.head) : null;
    if (facts) return { facts, object: found.object };
    await this.#refuse("wav", found, age === "current" ? "does not verify" : age, options);
    return null;
  }

  /** R2 refuses bytes that don't have the facts' SHA-256. */
  async writeSource(bytes: Uint8Array<ArrayBuffer>, facts: SourceFacts): Promise<void> {
    await this.#put("source", bytes, {
      sha256: facts.sha256,
      httpMetadata: { contentType: facts.contentType },
      customMetadata: sourceMetadata(facts),
    });
  }

  /** Keeps a WAV of exactly the length that the facts, or the stream, name; or nothing. */
  async writeWav(wav: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>, facts: WavFacts): Promise<void> {
    const put = () =>
      this.#put("wav", wav, {
        httpMetadata: { contentType: "audio/wav" },
        customMetadata: wavMetadata(facts),
      });
    if ((await put()) || wav instanceof ReadableStream) return;
    // There is one. It may be what ours is to replace.
    await this.readWav({ wants: "facts" });
    if (this.#replaceable.has("wav")) await put();
  }

  /** Whoever made it, and with whatever. Null when it isn't stored, or doesn't verify. */
  async readTranscript(): Promise<Spoken | null> {
    const object = await this.#bucket.get(this.key(TRANSCRIPT));
    if (!object) return null;
    const spoken = verifyTranscript(object.customMetadata ?? {}, await object.text());
    if (!spoken) reportTrouble("stored-voice-refused", object.key, "does not verify");
    return spoken;
  }

  /** In the place of the one that is there. */
  async writeTranscript(spoken: Spoken): Promise<void> {
    await this.#bucket.put(this.key(TRANSCRIPT), JSON.stringify(spoken.transcript), {
      httpMetadata: { contentType: "application/json" },
      customMetadata: transcriptMetadata(spoken),
    });
  }

  /** Part of a stored form; null when it has gone meanwhile. */
  async readRange(form: StoredForm, range: ByteRange): Promise<ReadableStream<Uint8Array> | null> {
    const object = await this.#bucket.get(this.key(form), {
      range: { offset: range.first, length: rangeLength(range) },
    });
    return object?.body ?? null;
  }

  async #read(form: StoredForm, { wants }: ReadOptions): Promise<Found | null> {
    if (wants === "facts") {
      const head = await this.#bucket.head(this.key(form));
      return head && { head, object: null };
    }
    const object = await this.#bucket.get(this.key(form));
    return object && { head: object, object };
  }

  async #refuse(
    form: StoredForm,
    { head, object }: Found,
    why: "does not verify" | "older" | "newer",
    { silently }: ReadOptions,
  ): Promise<void> {
    await object?.body.cancel();
    if (why !== "newer") this.#replaceable.set(form, head.etag);
    if (why === "does not verify" && !silently) reportTrouble("stored-voice-refused", head.key, why);
  }

  /** Creates the object, or replaces the very one that was found wanting. False: somebody else was faster. */
  async #put(
    form: StoredForm,
    value: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
    options: R2PutOptions,
  ): Promise<boolean> {
    const replaced = this.#replaceable.get(form);
    const onlyIf = replaced === undefined ? { etagDoesNotMatch: "*" } : { etagMatches: replaced };
    const written = await this.#bucket.put(this.key(form), value, { ...options, onlyIf });
    // Refused, R2 may leave the rest unread.
    if (!written && value instanceof ReadableStream) await value.cancel().catch(() => {});
    return written !== null;
  }
}

interface Found {
  readonly head: R2Object;
  readonly object: R2ObjectBody | null;
}
