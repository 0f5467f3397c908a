import { kindAndPlace, logError } from "../telemetry/log.ts";

/** What goes wrong behind an answer that is already on its way: one log line, by storage key. */
export function reportTrouble(event: string, key: string, error: unknown): void {
  const reason = typeof error === "string" ? { reason: error } : kindAndPlace(error);
  logError({ event, key, ...reason });
}
