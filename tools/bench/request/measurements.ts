/** Everything that `bench -- request` measures. */
import type { Line } from "./cost.ts";
import type { FreshReport } from "./fresh.ts";
import type { Sweeps } from "./sweeps.ts";
import type { DecoderCost } from "./warm.ts";

export interface Measurements {
  /** Why there is no meter, so that the thread's clock had to do. Null where there is one. */
  readonly noMeterBecause: string | null;
  /** What a page of memory costs here, and what measuring adds to a turn: both are taken off. */
  readonly faultMicroseconds: number | null;
  readonly turnMicroseconds: number | null;
  readonly decoder: DecoderCost;
  readonly warm: readonly Line[];
  readonly fresh: FreshReport;
  /** Where plots were wished for. */
  readonly sweeps: Sweeps | null;
}
