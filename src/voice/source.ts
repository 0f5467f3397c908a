/**
 * A voice's bytes as WeChat sent them, held once inside its keeper while somebody needs them: on their way from WeChat, or read
 * out of the store to be decoded. The two look the same to readers.
 */
import { bareFrameCount, FRAME_BYTES, RATE_HZ } from "../audio/frames.ts";
import { bareOggLengthBytes } from "../audio/ogg.ts";
import { ServiceError } from "../errors.ts";
import type { Outlook, SourceFacts } from "./facts.ts";
import { GrowingBytes } from "./growing-bytes.ts";
import { Inspector } from "./inspector.ts";
import type { Lease, Room } from "./room.ts";
import { Users } from "./users.ts";

/** When trying again makes sense, in seconds. */
const BUSY_SECONDS = 5;
/** Taken for a body of unknown length at first. Twenty seconds of voice. */
const FIRST_CAPACITY_BYTES = 65_536;

export class Source {
  readonly users: Users;
  readonly inspector = new Inspector();
  bytes = new GrowingBytes(0);
  /** Null: nobody knows yet. */
  origin: "store" | "wechat" | null = null;
  fetchedAtMs = 0;
  /** Deleted by a DELETE that came after this work had begun: it goes to those who wait, and not into the store. */
  isDropped = false;
  /** Resolves as soon as every form's length is known, or rejects. */
  readonly outlook: Promise<Outlook>;
  /** Resolves once it is whole, and stored if it ever will be, or rejects. */
  readonly facts: Promise<SourceFacts>;
  readonly #outlook = Promise.withResolvers<Outlook>();
  readonly #facts = Promise.withResolvers<SourceFacts>();
  readonly #room: Room;
  #lease: Lease | null = null;

  constructor(room: Room, onUnused: () => void) {
    this.#room = room;
    this.users = new Users(() => {
      this.#lease?.giveBack();
      this.#lease = null;
      onUnused();
    });
    this.outlook = this.#outlook.promise;
    this.facts = this.#facts.promise;
    // Whoever awaits them gets the failure; nobody has to.
    this.outlook.catch(() => {});
    this.facts.catch(() => {});
  }

  /**
   * WeChat's first bytes are about to be appended. `lengthBytes`: null where it has promised none. Fails when there is no room.
   */
  begin(fetchedAtMs: number, lengthBytes: number | null): void {
    const capacityBytes = lengthBytes ?? FIRST_CAPACITY_BYTES;
    this.origin = "wechat";
    this.fetchedAtMs = fetchedAtMs;
    this.#lease = this.#room.take(capacityBytes, "source") ?? busy();
    this.bytes.reserve(capacityBytes);
  }

  append(bytes: Uint8Array): void {
    const length = this.bytes.length + bytes.length;
    if (length > this.bytes.capacityBytes) {
      const capacityBytes = Math.max(length, 2 * this.bytes.capacityBytes);
      if (!this.#lease?.grow(capacityBytes - this.bytes.capacityBytes)) busy();
      this.bytes.reserve(capacityBytes);
    }
    this.bytes.writeInPlace((buffer, at) => {
      buffer.set(bytes, at);
      // Before any reader is woken, so that there are packets for it.
      this.inspector.look(buffer.subarray(0, length));
      return at + bytes.length;
    });
  }

  /** All of it at once, out of the store. Takes the bytes over. Fails when there is no room. */
  fill(bytes: Uint8Array<ArrayBuffer>, facts: SourceFacts): void {
    this.origin = "store";
    this.fetchedAtMs = facts.fetchedAtMs;
    this.#lease = this.#room.take(bytes.length, "source") ?? busy();
    this.bytes = GrowingBytes.of(bytes);
    this.inspector.look(bytes);
    this.inspector.end(bytes);
    this.complete(facts);
    this.settle(facts);
  }

  /** What WeChat's promise of a length says of every form. Null where it doesn't: then only the whole body tells. */
  foresee(promisedBytes: number | null): Outlook | null {
    const { inspector, bytes } = this;
    if (promisedBytes === null || inspector.framing !== "bare") return null;
    // A tag in front of the frames, or one that ends inside a frame: then the length doesn't tell their number.
    const isPlain = inspector.frameCount === bareFrameCount(bytes.length);
    if (!isPlain || promisedBytes % FRAME_BYTES !== 0) return null;
    const frameCount = bareFrameCount(promisedBytes);
    return {
      lengthBytes: promisedBytes,
      framing: "bare",
      looksLike: null,
      mode: "wideband",
      frameCount,
      rateHz: RATE_HZ,
      soundSeconds: null,
      oggLengthBytes: bareOggLengthBytes(frameCount),
    };
  }

  announce(outlook: Outlook): void {
    this.#outlook.resolve(outlook);
  }

  /** It is whole. Its facts are to follow. */
  complete(outlook: Outlook): void {
    this.announce(outlook);
    this.bytes.complete();
  }

  settle(facts: SourceFacts): void {
    this.#facts.resolve(facts);
  }

  fail(failure: unknown): void {
    this.bytes.fail(failure);
    this.#outlook.reject(failure);
    this.#facts.reject(failure);
  }
}

function busy(): never {
  throw new ServiceError("rate-limited", "Too many voices are on their way here at once.", {
    retryAfterSeconds: BUSY_SECONDS,
  });
}
