/**
 * A voice's sound, decoded: a WAV file, of which bare PCM is the part behind the header. It comes from the store, or is
 * decoded once for everybody who wants it now and for the store, or, where WAVs are not kept, for each reader anew.
 */
import { FRAME_MS } from "../audio/frames.ts";
import { createPcmStream } from "../audio/pcm-stream.ts";
import speexModule from "../audio/speex/speex.wasm";
import { WAV_HEADER_BYTES, wavHeader, wavLengthBytes } from "../audio/wav.ts";
import { withLength } from "../http/fixed-length.ts";
import { type ByteRange, rangeLength, sliceStream } from "../http/range.ts";
import type { StoredWav } from "./facts.ts";
import { asStored, type CacheStatus, type Outlook, readStored, type Source } from "./source.ts";
import { Spool } from "./spool.ts";
import type { VoiceStore } from "./store.ts";
import { UnderWay } from "./under-way.ts";

export interface Decoded {
  readonly cacheStatus: CacheStatus;
  readonly fetchedAtMs: number;
  readonly rateHz: number;
  /** Of the WAV file. */
  readonly lengthBytes: number;
  /** Part of the WAV file, in a body of known length. Nothing is decoded before it is called. */
  read(range: ByteRange): Promise<ReadableStream<Uint8Array>>;
  discard(): Promise<void>;
}

export interface DecodeContext {
  readonly store: VoiceStore;
  readonly mediaId: string;
  readonly nowMs: () => number;
  readonly waitUntil: (promise: Promise<unknown>) => void;
  readonly onStoreFailure: (error: unknown) => void;
}

const BYTES_PER_SAMPLE = 2;
/**
 * PCM that shared decodings hold in this isolate, together: from their beginning until they are stored and nobody reads
 * them any more. An isolate has 128 MB, and a minute of voice is 1.9 MB of PCM. What finds no room is decoded as its
 * reader reads, a second at a time, and stored by a later request. Safe to share: it is a sum.
 */
const MAX_HELD_BYTES = 32 * 1024 * 1024;
let heldBytes = 0;

/** Decodings in this isolate that readers share, by storage key. */
const decodings = new UnderWay<{ spool: Spool; settled: Promise<void> }>();

/** Resolves when the decodings that are under way now have been stored, or have failed. For tests. */
export const decodingsSettled = () => decodings.allSettled();

/** What is being decoded of this voice now goes to those who read it, and not into the store. */
export function dropDecoding(store: VoiceStore, mediaId: string): void {
  decodings.drop(store.key(mediaId, "wav"));
}

export function storedWav(wav: StoredWav, { store, mediaId }: DecodeContext): Decoded {
  return {
    ...wav,
    cacheStatus: "hit",
    async read(range) {
      if (wav.object && rangeLength(range) === wav.lengthBytes) return wav.object.body;
      await wav.object?.body.cancel();
      return readStored(store, mediaId, "wav", range);
    },
    discard: async () => wav.object?.body.cancel(),
  };
}

/** Decodes all of it whatever the range, because all of it is stored. */
export function decodeAndKeep(source: Source, outlook: Outlook, context: DecodeContext): Decoded {
  const { store, mediaId, waitUntil, onStoreFailure } = context;
  const { rateHz } = outlook;
  const lengthBytes = wavLengthBytes(sampleCountOf(outlook));
  const isRunning = decodings.isRunning(store.key(mediaId, "wav"), context.nowMs());
  if (!isRunning && heldBytes + lengthBytes > MAX_HELD_BYTES) return decodeEachTime(source, outlook);
  return {
    ...common(source, outlook),
    cacheStatus: source.cacheStatus === "hit" ? "hit" : asStored(source.cacheStatus),
    async read(range) {
      const key = store.key(mediaId, "wav");
      const options = { nowMs: context.nowMs(), waitUntil };
      const { spool } = await decodings.join(key, options, begin, ({ settled }) => settled);
      const whole = spool.read();
      const isWhole = rangeLength(range) === lengthBytes;
      return withLength(isWhole ? whole : sliceStream(whole, range), rangeLength(range));
    },
  };

  async function begin(isDropped: () => boolean) {
    const spool = new Spool();
    heldBytes += lengthBytes;
    const filled = spool.fill(decode(await source.read(null), outlook));
    const { fetchedAtMs } = source;
    const kept = store
      .writeWav(mediaId, withLength(spool.read(), lengthBytes), {
        lengthBytes,
        rateHz,
        fetchedAtMs,
      })
      // Deleted while it was being written.
      .then(() => (isDropped() ? store.delete(mediaId) : undefined))
      .catch(onStoreFailure);
    const settled = Promise.all([filled, kept]).then(() => {});
    // Not part of what settles: a slow reader has no claim on the request that decodes.
    void settled
      .then(() => spool.unread())
      .then(() => {
        heldBytes -= lengthBytes;
      });
    return { spool, settled };
  }
}

/** Decodes as its reader reads, and only as far as the range goes. */
export function decodeEachTime(source: Source, outlook: Outlook): Decoded {
  return {
    ...common(source, outlook),
    async read({ first, last }) {
      const frameBytes = (outlook.rateHz * FRAME_MS * BYTES_PER_SAMPLE) / 1000;
      const skipFrames = Math.max(Math.floor((first - WAV_HEADER_BYTES) / frameBytes), 0);
      const skippedBytes = skipFrames === 0 ? 0 : WAV_HEADER_BYTES + skipFrames * frameBytes;
      const wav = decode(await source.read(null), outlook, skipFrames);
      const part = { first: first - skippedBytes, last: last - skippedBytes };
      return withLength(sliceStream(wav, part), rangeLength(part));
    },
  };
}

function common(source: Source, outlook: Outlook) {
  return {
    cacheStatus: source.cacheStatus,
    fetchedAtMs: source.fetchedAtMs,
    rateHz: outlook.rateHz,
    lengthBytes: wavLengthBytes(sampleCountOf(outlook)),
    discard: () => source.discard(),
  };
}

function sampleCountOf({ frameCount, rateHz }: Outlook): number {
  return (frameCount * rateHz * FRAME_MS) / 1000;
}

/** The WAV file from its beginning; with `skipFrames`, the samples behind so many frames, without a header. */
function decode(
  speex: ReadableStream<Uint8Array>,
  outlook: Outlook,
  skipFrames = 0,
): ReadableStream<Uint8Array> {
  const pcm = speex.pipeThrough(createPcmStream(speexModule, { skipFrames }));
  if (skipFrames > 0) return pcm;
  return pcm.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      start: (controller) => controller.enqueue(wavHeader(sampleCountOf(outlook), outlook.rateHz)),
    }),
  );
}
