/**
 * One voice on its way from WeChat: into a spool that clients read from while it fills, and, once it is whole,
 * into the store. It runs to its end whether or not anybody still listens. What breaks off is fetched again, and
 * goes on where it had stopped: a media id's content never changes.
 */
import { bareFrameCount } from "../audio/frames.ts";
import { ServiceError } from "../errors.ts";
import type { Media } from "../wechat/media.ts";
import { unavailable } from "../wechat/transport.ts";
import type { SourceFacts } from "./facts.ts";
import { Inspector } from "./inspector.ts";
import { Spool } from "./spool.ts";

export interface DownloadOptions {
  readonly fetchMedia: () => Promise<Media>;
  /** Keeps a whole, checked source. Its failure doesn't harm those who read. */
  readonly store: (bytes: Uint8Array<ArrayBuffer>, facts: SourceFacts) => Promise<void>;
  readonly maxVoiceSeconds: number;
  readonly nowMs: () => number;
}

/** A body that breaks off is asked for again this often. */
const RESUMPTIONS = 2;
const FRAMES_PER_SECOND = 50;
/** Per second of voice: WeChat's 50 frames of 60 bytes, a header byte each, and room for an Ogg page. */
const MAX_BYTES_PER_SECOND = 3_200;
/** An Ogg stream's two header pages. */
const MAX_OVERHEAD_BYTES = 4_096;

export class Download {
  readonly spool = new Spool();
  readonly inspector = new Inspector();
  /** As WeChat's Content-Length promises it; null where it doesn't. */
  readonly promisedBytes: number | null;
  readonly contentType: string;
  readonly fetchedAtMs: number;
  /** Resolves when the source is whole. Rejects when it can't be had. */
  readonly facts: Promise<SourceFacts>;
  /** Resolves when nothing is left to do; never rejects. */
  readonly settled: Promise<void>;
  readonly #options: DownloadOptions;

  /** Resolves with the first bytes in the spool, and the framing known. Rejects when WeChat has no voice to give. */
  static async begin(options: DownloadOptions): Promise<Download> {
    const media = await options.fetchMedia();
    const chunks = media.chunks[Symbol.asyncIterator]();
    const download = new Download(media, options);
    try {
      // Before anything is refused: only a body whose reading has begun is let go by return().
      const first = await chunks.next();
      const promisedBytes = media.lengthBytes ?? 0;
      download.#refuseLongerThanAllowed(promisedBytes);
      if (!first.done) download.#append(first.value);
      // Of bare frames the promised length tells the number, before anybody has been sent a byte.
      if (download.inspector.framing === "bare") {
        download.#refuseMoreFramesThanAllowed(bareFrameCount(media.lengthBytes ?? 0));
      }
    } catch (error) {
      await chunks.return?.();
      throw error;
    }
    download.#run(chunks);
    return download;
  }

  private constructor(media: Media, options: DownloadOptions) {
    this.promisedBytes = media.lengthBytes;
    this.contentType = media.contentType;
    this.fetchedAtMs = options.nowMs();
    this.#options = options;
    this.facts = this.#facts.promise;
    this.settled = this.#settled.promise;
    // Whoever awaits the facts hears of the failure; nobody has to.
    this.facts.catch(() => {});
  }

  readonly #facts = Promise.withResolvers<SourceFacts>();
  readonly #settled = Promise.withResolvers<void>();

  #run(chunks: AsyncIterator<Uint8Array<ArrayBuffer>>): void {
    this.#fill(chunks)
      .then(() => this.#finish())
      .catch((error) => {
        this.spool.fail(error);
        this.#facts.reject(error);
      })
      .finally(() => this.#settled.resolve());
  }

  async #fill(first: AsyncIterator<Uint8Array<ArrayBuffer>>): Promise<void> {
    let failure: unknown;
    try {
      for await (const chunk of { [Symbol.asyncIterator]: () => first }) this.#append(chunk);
      return;
    } catch (error) {
      failure = error;
    }
    for (let attempt = 0; attempt < RESUMPTIONS; attempt++) {
      if (!(failure instanceof ServiceError) || failure.code !== "wechat-unavailable") throw failure;
      try {
        await this.#resume();
        return;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  /** Fetches the body anew and appends what the spool lacks. What it has must come again, byte for byte. */
  async #resume(): Promise<void> {
    const media = await this.#options.fetchMedia();
    const have = this.spool.toBytes();
    let position = 0;
    for await (const chunk of media.chunks) {
      const known = chunk.subarray(0, Math.max(have.length - position, 0));
      if (known.some((byte, index) => byte !== have[position + index])) {
        throw new ServiceError("internal", "WeChat sent other bytes under the same media id.");
      }
      position += chunk.length;
      const rest = chunk.subarray(known.length);
      if (rest.length > 0) this.#append(rest);
    }
    const expected = this.promisedBytes ?? position;
    if (this.spool.lengthBytes !== expected || position < have.length) {
      throw unavailable(`WeChat sent ${position} bytes of a voice of ${expected}.`);
    }
  }

  #append(chunk: Uint8Array<ArrayBuffer>): void {
    this.#refuseLongerThanAllowed(this.spool.lengthBytes + chunk.length);
    this.inspector.write(chunk);
    this.#refuseMoreFramesThanAllowed(this.inspector.frameCount);
    this.spool.append(chunk);
  }

  async #finish(): Promise<void> {
    const bytes = this.spool.toBytes();
    const inspection = this.inspector.end();
    this.#refuseMoreFramesThanAllowed(inspection.frameCount);
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    const facts: SourceFacts = {
      ...inspection,
      lengthBytes: bytes.length,
      contentType: this.contentType,
      sha256: new Uint8Array(digest).toHex(),
      fetchedAtMs: this.fetchedAtMs,
    };
    this.spool.complete();
    this.#facts.resolve(facts);
    await this.#options.store(bytes, facts);
  }

  #refuseLongerThanAllowed(lengthBytes: number): void {
    const maxBytes = this.#options.maxVoiceSeconds * MAX_BYTES_PER_SECOND + MAX_OVERHEAD_BYTES;
    if (lengthBytes > maxBytes) throw this.#tooLong();
  }

  #refuseMoreFramesThanAllowed(frameCount: number): void {
    if (frameCount > this.#options.maxVoiceSeconds * FRAMES_PER_SECOND) throw this.#tooLong();
  }

  #tooLong(): ServiceError {
    return new ServiceError(
      "voice-too-long",
      `The voice is longer than the ${this.#options.maxVoiceSeconds} seconds that this gateway accepts.`,
    );
  }
}
