/** A voice's source, whether it lies in the store or is still on its way: the two look the same from outside. */

import { bareFrameCount, RATE_HZ } from "../audio/frames.ts";
import type { Framing } from "../audio/framing.ts";
import { bareOggLengthBytes } from "../audio/ogg.ts";
import { ServiceError } from "../errors.ts";
import { withLength } from "../http/fixed-length.ts";
import { type ByteRange, rangeLength, sliceStream } from "../http/range.ts";
import type { Download } from "./download.ts";
import type { SourceFacts, StoredSource } from "./facts.ts";
import type { VoiceStore } from "./store.ts";
import type { StoredForm } from "./stored-form.ts";

/** What must be known before the first byte of any form can be sent. */
export type Outlook = Pick<
  SourceFacts,
  "lengthBytes" | "framing" | "looksLike" | "frameCount" | "rateHz" | "oggLengthBytes"
>;

/** RFC 9211: how the store dealt with the request. `collapsed`: another request had asked WeChat already. */
export type CacheStatus = "hit" | `fwd=uri-miss${"" | "; stored"}${"" | "; collapsed"}`;

/** The same, where what was made of the answer is stored. */
export function asStored(status: Exclude<CacheStatus, "hit">): CacheStatus {
  return status.includes("collapsed") ? "fwd=uri-miss; stored; collapsed" : "fwd=uri-miss; stored";
}

export interface Source {
  readonly cacheStatus: CacheStatus;
  readonly fetchedAtMs: number;
  /** As soon as it can be told; waits for the whole source only where it must. */
  outlook(): Promise<Outlook>;
  /** Waits until the source is whole, and stored if it ever will be. */
  facts(): Promise<SourceFacts>;
  /** The bytes as WeChat sent them, in a body of known length. */
  read(range: ByteRange | null): Promise<ReadableStream<Uint8Array>>;
  /** Lets go of what was opened, when it is not read after all. */
  discard(): Promise<void>;
}

export function arrivingSource(
  download: Download,
  { isStored, isCollapsed }: { isStored: boolean; isCollapsed: boolean },
): Source {
  const { promisedBytes, inspector, spool } = download;
  const cacheStatus = isCollapsed ? "fwd=uri-miss; collapsed" : "fwd=uri-miss";

  return {
    cacheStatus: isStored ? asStored(cacheStatus) : cacheStatus,
    fetchedAtMs: download.fetchedAtMs,
    outlook,
    async facts() {
      const facts = await download.facts;
      await download.settled;
      return facts;
    },
    async read(range) {
      const { lengthBytes } = await outlook();
      const body = spool.read();
      return range ? withLength(sliceStream(body, range), rangeLength(range)) : withLength(body, lengthBytes);
    },
    async discard() {},
  };

  async function outlook(): Promise<Outlook> {
    if (promisedBytes === null || inspector.framing !== "bare") return download.facts;
    return foresee(promisedBytes, inspector.framing);
  }
}

/** Bare frames are all of one size: their number follows from the length. */
function foresee(lengthBytes: number, framing: Framing): Outlook {
  const frameCount = bareFrameCount(lengthBytes);
  return {
    lengthBytes,
    framing,
    looksLike: null,
    frameCount,
    rateHz: RATE_HZ,
    oggLengthBytes: bareOggLengthBytes(frameCount),
  };
}

export function storedSource(stored: StoredSource, store: VoiceStore, mediaId: string): Source {
  return {
    cacheStatus: "hit",
    fetchedAtMs: stored.facts.fetchedAtMs,
    facts: async () => stored.facts,
    outlook: async () => stored.facts,
    async read(range) {
      if (!range && stored.object) return stored.object.body;
      await stored.object?.body.cancel();
      const whole = { first: 0, last: stored.facts.lengthBytes - 1 };
      return readStored(store, mediaId, "source", range ?? whole);
    },
    discard: async () => stored.object?.body.cancel(),
  };
}

/** Part of a stored form, which must be there. */
export async function readStored(
  store: VoiceStore,
  mediaId: string,
  form: StoredForm,
  range: ByteRange,
): Promise<ReadableStream<Uint8Array>> {
  const body = await store.readRange(mediaId, form, range);
  if (body) return body;
  throw new ServiceError("voice-not-found", "The voice was deleted while it was being read.");
}
