/**
 * One voice on its way from WeChat into a source that clients read from while it grows. What breaks off is fetched again, and
 * goes on where it had stopped: a media id's content never changes, so what had come is compared byte for byte. What may have
 * been cut without an error is fetched again before it is believed: a length that nobody promised, bare frames that end inside
 * a frame.
 */
import { FRAME_BYTES } from "../audio/frames.ts";
import { ServiceError } from "../errors.ts";
import type { Deadline } from "../wechat/deadline.ts";
import { type Media, PEEK_BYTES } from "../wechat/media.ts";
import { unavailable } from "../wechat/transport.ts";
import { createBlockSizes } from "./block-sizes.ts";
import type { Outlook } from "./facts.ts";
import type { VoiceLimit } from "./limit.ts";
import type { Source } from "./source.ts";

export interface DownloadOptions {
  readonly fetchMedia: () => Promise<Media>;
  /** The same that `fetchMedia` goes by. */
  readonly deadline: Deadline;
  /** How much longer it may take once clients read it. */
  readonly bodyDeadlineMs: number;
  readonly limit: VoiceLimit;
  readonly nowMs: () => number;
}

export interface Downloaded {
  readonly contentType: string;
  readonly outlook: Outlook;
  readonly trailingBytes: number;
}

/** A body that breaks off, or that is not believed, is asked for again this often. */
const MAX_RESUMPTIONS = 2;
const MAX_DOUBTS = 2;

/**
 * Resolves when the source is whole, and complete for its readers. Fails when it can't be had: what had come stays in the
 * source, and the caller has to fail it.
 */
export async function download(source: Source, options: DownloadOptions): Promise<Downloaded> {
  const { fetchMedia, deadline, limit, nowMs } = options;
  const first = await fetchMedia();
  const { contentType } = first;
  /** What clients have been told; WeChat has promised it. Null as long as they wait. */
  let toldBytes: number | null = null;
  /** How long the last answer was that came to its end. */
  let lastBytes: number | null = null;
  let resumptions = 0;
  let doubts = 0;

  let failure = await receive(first);
  while (failure) {
    const isExhausted = resumptions > MAX_RESUMPTIONS || doubts > MAX_DOUBTS;
    if (isExhausted || deadline.isOver) throw failure;
    try {
      failure = await receive(await fetchMedia());
    } catch (error) {
      failure = resumable(error);
    }
  }
  return end();

  /**
   * Appends what the source lacks. What it has must come again unchanged. Returns why WeChat is to be asked once more; null: it
   * isn't.
   */
  async function receive(media: Media): Promise<ServiceError | null> {
    const isFirst = media === first;
    const sizes = createBlockSizes(nowMs);
    // After a break, bytes are read as soon as they arrive, so that none are lost if the body breaks again.
    const leastBytes = () => (isFirst ? sizes.next() : 1);
    let position = 0;
    try {
      if (isFirst) limit.checkBytes(media.lengthBytes ?? 0);
      for (let block = await media.read(PEEK_BYTES); block; block = await media.read(leastBytes())) {
        if (isFirst && position === 0) source.begin(nowMs(), media.lengthBytes);
        take(block.subarray(compareWithKnown(block, position)));
        if (isFirst && position === 0) lookAhead(media.lengthBytes);
        position += block.length;
        sizes.note(block.length);
      }
    } catch (error) {
      await media.letGo();
      return resumable(error);
    }
    return doubtAbout(position, media.lengthBytes);
  }

  /** How much of the block has come before. */
  function compareWithKnown(block: Uint8Array, position: number): number {
    const known = source.bytes.arrived.subarray(position, position + block.length);
    for (let i = 0; i < known.length; i++) {
      if (known[i] === block[i]) continue;
      throw new ServiceError("internal", "WeChat sent other bytes under the same media id.");
    }
    return known.length;
  }

  function take(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const lengthBytes = source.bytes.length + bytes.length;
    if (lengthBytes > (toldBytes ?? lengthBytes)) throw unavailable("WeChat sent more than it had promised.");
    limit.checkBytes(lengthBytes);
    source.append(bytes);
    limit.checkFrames(source.inspector.frameCount);
  }

  /** Where the promised length tells what every form will be, clients are answered before the voice is whole. */
  function lookAhead(promisedBytes: number | null): void {
    const outlook = source.foresee(promisedBytes);
    if (!outlook) return;
    limit.checkFrames(outlook.frameCount);
    deadline.prolong(options.bodyDeadlineMs);
    toldBytes = promisedBytes;
    source.announce(outlook);
  }

  function resumable(error: unknown): ServiceError {
    if (!(error instanceof ServiceError) || error.code !== "wechat-unavailable") throw error;
    resumptions++;
    return error;
  }

  function doubtAbout(lengthBytes: number, promisedBytes: number | null): ServiceError | null {
    const { bytes, inspector } = source;
    const endsInsideFrame = inspector.framing === "bare" && lengthBytes % FRAME_BYTES !== 0;
    const isWhole = lengthBytes === bytes.length && lengthBytes === (toldBytes ?? lengthBytes);
    const isPlain = promisedBytes !== null && !endsInsideFrame;
    // Two equal answers are believed, whatever they look like.
    if (isWhole && (isPlain || lengthBytes === lastBytes)) return null;
    lastBytes = lengthBytes;
    doubts++;
    return unavailable(`WeChat sent ${lengthBytes} bytes, which may not be all of the voice.`);
  }

  function end(): Downloaded {
    const { bytes, inspector } = source;
    const { trailingBytes, ...inspection } = inspector.end(bytes.arrived);
    limit.checkFrames(inspection.frameCount);
    const outlook: Outlook = { ...inspection, lengthBytes: bytes.length };
    source.complete(outlook);
    return { contentType, outlook, trailingBytes };
  }
}
