/**
 * What Cloudflare charges beyond what a plan includes, in dollars. Read in November 2026 from
 * developers.cloudflare.com: workers/platform/pricing, durable-objects/platform/pricing, r2/pricing, kv/platform/pricing,
 * queues/platform/pricing. Prices change: change them here, and `npm run docs:costs` writes the tables anew.
 */
const MILLION = 1_000_000;

export interface Meter {
  /** As the bill names it. */
  readonly name: string;
  readonly dollarsEach: number;
  /** What the paid plan includes each month. */
  readonly includedPaid: number;
  /** What the free plan allows; null: not limited by itself. */
  readonly free: { readonly count: number; readonly per: "day" | "month" } | null;
}

export const METERS = {
  request: {
    name: "Worker requests",
    dollarsEach: 0.3 / MILLION,
    includedPaid: 10 * MILLION,
    free: { count: 100_000, per: "day" },
  },
  cpuMs: {
    name: "Worker CPU, ms",
    dollarsEach: 0.02 / MILLION,
    includedPaid: 30 * MILLION,
    // The free plan limits it by request: 10 ms.
    free: null,
  },
  objectRequest: {
    name: "object requests",
    dollarsEach: 0.15 / MILLION,
    includedPaid: MILLION,
    free: { count: 100_000, per: "day" },
  },
  objectGbSecond: {
    name: "object duration, GB-s",
    dollarsEach: 12.5 / MILLION,
    includedPaid: 400_000,
    free: { count: 13_000, per: "day" },
  },
  r2Write: {
    name: "R2 class A (put, list)",
    dollarsEach: 4.5 / MILLION,
    includedPaid: MILLION,
    free: { count: MILLION, per: "month" },
  },
  r2Read: {
    name: "R2 class B (get, head)",
    dollarsEach: 0.36 / MILLION,
    includedPaid: 10 * MILLION,
    free: { count: 10 * MILLION, per: "month" },
  },
  kvRead: {
    name: "KV reads",
    dollarsEach: 0.5 / MILLION,
    includedPaid: 10 * MILLION,
    free: { count: 100_000, per: "day" },
  },
  queueOperation: {
    name: "queue operations",
    dollarsEach: 0.4 / MILLION,
    includedPaid: MILLION,
    free: { count: 10_000, per: "day" },
  },
} as const satisfies Readonly<Record<string, Meter>>;

export type MeterName = keyof typeof METERS;

/** R2's storage, a gigabyte for a month; the first ten are free. */
export const STORED_GB_MONTH_DOLLARS = 0.015;
/** The paid plan itself, a month. */
export const PAID_PLAN_DOLLARS = 5;
