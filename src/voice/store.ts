/**
 * Where voices are kept: R2, `voice/v1/{appId}/{mediaId}/{form}`. The one module that knows keys and metadata.
 * Objects are written once, whole, with their SHA-256 for R2 to check; a half-written one doesn't exist.
 */
import type { Framing } from "../audio/framing.ts";
import type { StoredForm } from "../config-schema.ts";
import type { ByteRange } from "../http/range.ts";
import { rangeLength } from "../http/range.ts";

/** What is known of a voice's source once all of it has been seen. */
export interface SourceFacts {
  readonly lengthBytes: number;
  /** As WeChat named it. */
  readonly contentType: string;
  /** Null: not Speex as we know it; it is kept and served as it is. */
  readonly framing: Framing | null;
  /** Where framing is null: what the bytes look like instead, e.g. `amr`. */
  readonly looksLike: string | null;
  readonly frameCount: number;
  /** Of a last frame that is not whole. */
  readonly trailingBytes: number;
  /** Size of the Ogg form, which depends on the frames' sizes. 0 without frames. */
  readonly oggLengthBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly fetchedAtMs: number;
}

export interface StoredSource {
  readonly facts: SourceFacts;
  /** Null where only the facts were asked for. */
  readonly object: R2ObjectBody | null;
}

export class VoiceStore {
  readonly #bucket: R2Bucket;
  readonly #appId: string;

  constructor(bucket: R2Bucket, appId: string) {
    this.#bucket = bucket;
    this.#appId = appId;
  }

  key(mediaId: string, form: StoredForm): string {
    return `voice/v1/${this.#appId}/${mediaId}/${form}`;
  }

  /** Null when it isn't stored, or not in a way that we could have written. */
  async readSource(mediaId: string, wants: "body" | "facts"): Promise<StoredSource | null> {
    const key = this.key(mediaId, "source");
    if (wants === "facts") {
      const head = await this.#bucket.head(key);
      const facts = head && parseFacts(head);
      return facts && { facts, object: null };
    }
    const object = await this.#bucket.get(key);
    if (!object) return null;
    const facts = parseFacts(object);
    if (facts) return { facts, object };
    await object.body.cancel();
    return null;
  }

  /** Part of a stored source; null when it has gone meanwhile. */
  async readSourceRange(mediaId: string, range: ByteRange): Promise<ReadableStream<Uint8Array> | null> {
    const object = await this.#bucket.get(this.key(mediaId, "source"), {
      range: { offset: range.first, length: rangeLength(range) },
    });
    return object?.body ?? null;
  }

  async writeSource(mediaId: string, bytes: Uint8Array<ArrayBuffer>, facts: SourceFacts): Promise<void> {
    await this.#bucket.put(this.key(mediaId, "source"), bytes, {
      sha256: facts.sha256,
      httpMetadata: { contentType: facts.contentType },
      customMetadata: {
        framing: facts.framing ?? "",
        looksLike: facts.looksLike ?? "",
        frames: String(facts.frameCount),
        trailingBytes: String(facts.trailingBytes),
        oggLengthBytes: String(facts.oggLengthBytes),
        fetchedAt: new Date(facts.fetchedAtMs).toISOString(),
      },
    });
  }

  /** The forms that are stored, by looking. */
  async listForms(mediaId: string): Promise<StoredForm[]> {
    const prefix = this.key(mediaId, "source").slice(0, -"source".length);
    const { objects } = await this.#bucket.list({ prefix });
    return objects.map((object) => object.key.slice(prefix.length) as StoredForm);
  }
}

/** "" stands for none. */
const FRAMINGS: readonly (Framing | "")[] = ["bare", "header-byte", "ogg", ""];

/** Null when a field is missing or makes no sense: the object is then as good as absent, and fetched again. */
function parseFacts(object: R2Object): SourceFacts | null {
  const { framing, looksLike, frames, trailingBytes, oggLengthBytes, fetchedAt } =
    object.customMetadata ?? {};
  const knownFraming = FRAMINGS.find((known) => known === framing);
  const facts = {
    lengthBytes: object.size,
    contentType: object.httpMetadata?.contentType ?? "application/octet-stream",
    framing: knownFraming || null,
    looksLike: looksLike || null,
    frameCount: countIn(frames),
    trailingBytes: countIn(trailingBytes),
    oggLengthBytes: countIn(oggLengthBytes),
    sha256: object.checksums.sha256 ? new Uint8Array(object.checksums.sha256).toHex() : "",
    fetchedAtMs: Date.parse(fetchedAt ?? ""),
  };
  const numbers = [facts.frameCount, facts.trailingBytes, facts.oggLengthBytes, facts.fetchedAtMs];
  const counted = facts.lengthBytes > 0 && numbers.every((value) => value >= 0);
  return counted && knownFraming !== undefined && facts.sha256 !== "" ? facts : null;
}

/** NaN for whatever is not a count as we write it: Number alone would take "" for 0. */
function countIn(value: string | undefined): number {
  return value !== undefined && /^[0-9]{1,15}$/.test(value) ? Number(value) : Number.NaN;
}
