import { vi } from "vitest";

/** Shorter than a test may take, so that what never came is named. A busy machine may take as long. */
const PATIENCE_MS = 55_000;

/** Waits for a state. */
export function until<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: PATIENCE_MS, interval: 20 });
}
