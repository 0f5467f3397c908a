/**
 * What one request of each kind uses, for a voice of a minute. Operations and CPU are what `npm run bench -- request --json`
 * counts, of a job's voice those of its callback besides; an object's duration is WeChat's answer and the way there.
 */
import type { MeterName } from "./prices.ts";

export type Usage = Readonly<Partial<Record<MeterName, number>>>;

export interface Flow {
  readonly name: string;
  readonly usage: Usage;
}

/** Memory that an object is charged for, whatever it uses: 128 MB. */
const OBJECT_GB = 0.128;
/** How long a keeper is busy with one voice: WeChat's answer, about a second; a stored source is there at once. */
const FETCH_SECONDS = 1;
const DECODE_SECONDS = 0.1;
/** A message is written, read and deleted. */
const OPERATIONS_PER_MESSAGE = 3;

export const FLOWS = {
  hit: {
    name: "a stored form",
    usage: { request: 1, cpuMs: 1, r2Read: 1 },
  },
  missSource: {
    name: "a new voice, as `.speex` or `.ogg`",
    usage: {
      request: 1,
      cpuMs: 4,
      objectRequest: 1,
      objectGbSecond: FETCH_SECONDS * OBJECT_GB,
      r2Read: 2,
      r2Write: 1,
    },
  },
  missWav: {
    name: "a new voice, as `.wav`: the source is stored",
    usage: {
      request: 1,
      cpuMs: 12,
      objectRequest: 1,
      objectGbSecond: FETCH_SECONDS * OBJECT_GB,
      r2Read: 2,
      r2Write: 1,
    },
  },
  secondWav: {
    name: "its `.wav` asked for again: decoded and stored",
    usage: {
      request: 1,
      cpuMs: 9,
      objectRequest: 1,
      objectGbSecond: DECODE_SECONDS * OBJECT_GB,
      r2Read: 2,
      r2Write: 1,
    },
  },
  decodeAgain: {
    name: "a `.wav` made from the stored source, not kept",
    usage: {
      request: 1,
      cpuMs: 8,
      objectRequest: 1,
      objectGbSecond: DECODE_SECONDS * OBJECT_GB,
      r2Read: 2,
    },
  },
  job: {
    name: "a job's voice, as WAV, with its callback",
    usage: {
      request: 2,
      cpuMs: 12,
      objectRequest: 1,
      objectGbSecond: FETCH_SECONDS * OBJECT_GB,
      r2Read: 7,
      r2Write: 4,
      queueOperation: 2 * OPERATIONS_PER_MESSAGE,
    },
  },
} as const satisfies Readonly<Record<string, Flow>>;

/** A minute of Speex, and of WAV. */
export const SOURCE_GB = 180_000 / 1e9;
export const WAV_GB = 1_920_044 / 1e9;

export function add(...parts: readonly { usage: Usage; times: number }[]): Usage {
  const sum: Partial<Record<MeterName, number>> = {};
  for (const { usage, times } of parts) {
    for (const [meter, count] of Object.entries(usage) as [MeterName, number][]) {
      sum[meter] = (sum[meter] ?? 0) + count * times;
    }
  }
  return sum;
}
