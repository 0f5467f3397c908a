/** What goes wrong behind an answer that is already on its way: one log line, by storage key. */
export function reportTrouble(event: string, key: string, error: unknown): void {
  console.error(JSON.stringify({ event, key, error: String(error) }));
}
