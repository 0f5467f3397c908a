/**
 * How many bytes a download waits for before it goes on: what comes in a tenth of a second, at the pace of the bytes before. A
 * body
 * that comes quickly is read in few blocks, which is cheap; of a slow one what is there is read soon, and it is not mistaken
 * for a silent one.
 */
const BLOCK_MS = 100;
const LEAST_BYTES = 256;
/** A fast body that becomes slow is mistaken for a silent one below four kilobytes a second. */
const MOST_BYTES = 32_768;

export interface BlockSizes {
  /** What to wait for now. */
  next(): number;
  /** So much has come. */
  note(lengthBytes: number): void;
}

/** Of one body. */
export function createBlockSizes(nowMs: () => number): BlockSizes {
  let bytes = LEAST_BYTES;
  let askedAtMs: number | null = null;
  return {
    next() {
      askedAtMs = nowMs();
      return bytes;
    },
    note(lengthBytes) {
      // How long the first bytes took is not known.
      if (askedAtMs === null) return;
      const tookMs = Math.max(1, nowMs() - askedAtMs);
      bytes = Math.min(Math.max(Math.round((lengthBytes / tookMs) * BLOCK_MS), LEAST_BYTES), MOST_BYTES);
    },
  };
}
