/**
 * An alarm may ring while a setting is faulty. That says nothing about what the keeper holds: it stays, and the alarm comes
 * again.
 */
import { ServiceError } from "../errors.ts";
import { kindAndPlace, logError } from "../telemetry/log.ts";

const AGAIN_AFTER_MS = 60_000;

export interface AlarmOptions<K> {
  readonly storage: Pick<DurableObjectStorage, "setAlarm">;
  readonly nowMs: number;
  readonly open: () => K | Promise<K>;
  readonly ring: (opened: K) => Promise<void>;
  /** The keeper's account or platform is no longer configured. */
  readonly onUnknown: () => Promise<void>;
  /** Whose keeper it is, for the log. */
  readonly concerns: Readonly<Record<string, string>>;
}

export async function answerAlarm<K>(options: AlarmOptions<K>): Promise<void> {
  let opened: K;
  try {
    opened = await options.open();
  } catch (error) {
    if (error instanceof ServiceError && error.code === "account-unknown") return options.onUnknown();
    logError({ event: "alarm-put-off", ...options.concerns, ...kindAndPlace(error) });
    return options.storage.setAlarm(options.nowMs + AGAIN_AFTER_MS);
  }
  await options.ring(opened);
}
