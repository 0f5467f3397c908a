import type { Representation } from "../http/representation.ts";
import type { Format } from "./format.ts";
import type { CacheStatus } from "./source.ts";

/** One form of one voice, ready to be sent. Nothing is made or decoded before its body is asked for. */
export interface Voice extends Representation {
  readonly mediaId: string;
  readonly format: Format;
  readonly cacheStatus: CacheStatus;
}
