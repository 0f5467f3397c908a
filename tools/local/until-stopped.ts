/** How often it is looked whether the process that started us still runs. */
const LOOK_MS = 1_000;

/**
 * Resolves when a person or a program wants us to end: Ctrl+C, SIGTERM, a closed terminal, or npm ended
 * (it doesn't pass SIGTERM on to what it runs).
 */
export function untilStopped(): Promise<void> {
  const parent = process.ppid;
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
    setInterval(() => process.ppid !== parent && resolve(), LOOK_MS).unref();
  });
}
