/** One account that voices are fetched from, as far as the source of its tokens doesn't matter. */
import type { PushSettings } from "../schema.ts";

export interface BaseAccount {
  readonly appId: string;
  readonly source: string;
  /** Tried in order on network errors and 5xx. At least one. */
  readonly apiOrigins: readonly string[];
  readonly tokenOrigin: string;
  /** Sent to every origin above that is not WeChat's own (relay.ts). */
  readonly relaySecret?: string | undefined;
  readonly push?: PushSettings | undefined;
  /** Whether what followers say is turned into text. */
  readonly transcribe?: boolean | undefined;
}

/** Which account is meant: a configured one, or one that has authorised the platform `componentAppId`. */
export interface AccountRef {
  readonly appId: string;
  readonly componentAppId: string | null;
}
