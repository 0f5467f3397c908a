import type { Representation } from "../http/representation.ts";
import type { CacheStatus } from "./cache-status.ts";
import type { Format } from "./format.ts";

/** One form of one voice, ready to be sent. */
export interface Voice extends Representation {
  readonly mediaId: string;
  readonly format: Format;
  /** Of the name under which it is saved, without the dot. */
  readonly suffix: string;
  readonly cacheStatus: CacheStatus;
}
