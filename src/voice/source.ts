/** A voice's source, whether it lies in the store or is still on its way: the two look the same from outside. */

import { bareFrameCount } from "../audio/frames.ts";
import type { Framing } from "../audio/framing.ts";
import { bareOggLengthBytes } from "../audio/ogg.ts";
import { withLength } from "../http/fixed-length.ts";
import { type ByteRange, rangeLength, sliceStream } from "../http/range.ts";
import type { Download } from "./download.ts";
import type { SourceFacts, StoredSource, VoiceStore } from "./store.ts";

/** What must be known before the first byte of any form can be sent. */
export type Outlook = Pick<
  SourceFacts,
  "lengthBytes" | "framing" | "looksLike" | "frameCount" | "oggLengthBytes"
>;

export interface Source {
  /** RFC 9211: how the cache dealt with the request. */
  readonly cacheStatus: "hit" | "fwd=uri-miss; stored" | "fwd=uri-miss";
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

/** Longest time without news from a download that another request had begun. */
const SILENCE_MS = 15_000;

export function arrivingSource(download: Download, afterwards: "keep" | "discard"): Source {
  const { promisedBytes, inspector, spool } = download;

  return {
    cacheStatus: afterwards === "keep" ? "fwd=uri-miss; stored" : "fwd=uri-miss",
    fetchedAtMs: download.fetchedAtMs,
    outlook,
    async facts() {
      const facts = await download.facts;
      await download.settled;
      return facts;
    },
    async read(range) {
      const { lengthBytes } = await outlook();
      const body = spool.read(SILENCE_MS);
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
      const body = await store.readSourceRange(mediaId, range ?? whole);
      // Deleted between two reads of the same request: a retry finds it gone, or fetches it anew.
      if (!body) throw new Error(`${store.key(mediaId, "source")} vanished while it was read`);
      return body;
    },
    discard: async () => stored.object?.body.cancel(),
  };
}
