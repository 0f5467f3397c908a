/**
 * Small JSON documents in R2, which is strongly consistent: what was written is what everybody reads next. A record is
 * also put into its object's metadata, so that one list call reads a thousand of them.
 */

export interface Stored<T> {
  readonly value: T;
  /** Names this version, for `replace`. */
  readonly etag: string;
}

/** R2 allows 8,192 bytes of metadata an object. */
const MAX_METADATA_BYTES = 6_000;

export class Records {
  readonly #bucket: R2Bucket;

  constructor(bucket: R2Bucket) {
    this.#bucket = bucket;
  }

  async read<T>(key: string): Promise<Stored<T> | null> {
    const object = await this.#bucket.get(key);
    return object && { value: await object.json<T>(), etag: object.etag };
  }

  async has(key: string): Promise<boolean> {
    return (await this.#bucket.head(key)) !== null;
  }

  /** Tells whether it was this call that created it: of any number at once, one does. */
  async create(key: string, value: unknown): Promise<"created" | "exists"> {
    if (await this.has(key)) return "exists";
    try {
      return (await this.#put(key, value, { etagDoesNotMatch: "*" })) ? "created" : "exists";
    } catch (error) {
      // R2 takes one write a second of a key: of many at once, some are refused before their condition is looked at.
      if (await this.has(key)) return "exists";
      throw error;
    }
  }

  /** Writes over the version that was read, or over nothing; refuses when somebody else wrote meanwhile. */
  async replace<T>(
    key: string,
    value: T,
    before: Stored<T> | null,
  ): Promise<"replaced" | "changed-meanwhile"> {
    const condition = before ? { etagMatches: before.etag } : { etagDoesNotMatch: "*" };
    return (await this.#put(key, value, condition)) ? "replaced" : "changed-meanwhile";
  }

  async write(key: string, value: unknown): Promise<void> {
    await this.#put(key, value);
  }

  /** Everything under a prefix, by the rest of its key. Null: too large to be listed with its content. */
  async list(prefix: string): Promise<Map<string, unknown>> {
    const found = new Map<string, unknown>();
    let cursor: string | undefined;
    do {
      const page = await this.#bucket.list({
        prefix,
        include: ["customMetadata"],
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const object of page.objects) found.set(object.key.slice(prefix.length), listed(object));
      cursor = page.truncated ? page.cursor : undefined;
    } while (cursor !== undefined);
    return found;
  }

  /** The first `limit` names under a prefix after the given one. */
  async listNames(prefix: string, limit: number, after: string | null): Promise<Map<string, unknown>> {
    const page = await this.#bucket.list({
      prefix,
      limit,
      include: ["customMetadata"],
      ...(after === null ? {} : { startAfter: prefix + after }),
    });
    return new Map(page.objects.map((object) => [object.key.slice(prefix.length), listed(object)]));
  }

  #put(key: string, value: unknown, onlyIf?: R2Conditional): Promise<R2Object | null> {
    const json = JSON.stringify(value);
    const record = escapeNonAscii(json);
    return this.#bucket.put(key, json, {
      httpMetadata: { contentType: "application/json" },
      ...(record.length <= MAX_METADATA_BYTES ? { customMetadata: { record } } : {}),
      ...(onlyIf === undefined ? {} : { onlyIf }),
    });
  }
}

function listed(object: R2Object): unknown {
  const { record } = object.customMetadata ?? {};
  return record === undefined ? null : JSON.parse(record);
}

/** Metadata travels as HTTP headers, which hold ASCII. */
function escapeNonAscii(json: string): string {
  return json.replace(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
