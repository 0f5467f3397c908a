/** What a command sees of the world, so that tests can be the world. */

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** One line of the result. */
  print(line: string): void;
  /** One line for the person at the terminal: faults, hints. */
  complain(line: string): void;
  /** Draws over the last drawn line; does nothing when nobody watches. An empty text takes it away. */
  draw(text: string): void;
  /** Ends early, as Ctrl+C does. */
  readonly signal: AbortSignal;
}

/** Wrong use of a command: said in one line, with the way to the right one. */
export class UsageError extends Error {}

export const EXIT = { ok: 0, incomplete: 1, usage: 2, interrupted: 130 } as const;

const CLEAR_LINE = "\r\u001b[2K";

export function processTerminal(signal: AbortSignal): Terminal {
  const watched = process.stderr.isTTY === true;
  return {
    env: process.env,
    print: (line) => process.stdout.write(`${line}\n`),
    complain: (line) => process.stderr.write(`${watched ? CLEAR_LINE : ""}${line}\n`),
    draw: (text) => watched && process.stderr.write(`${CLEAR_LINE}${text}`),
    signal,
  };
}

const BAR_WIDTH = 24;

/** `████████········· 120/500  3 gone` */
export function bar(count: number, total: number, notes: readonly string[]): string {
  const filled = total === 0 ? BAR_WIDTH : Math.floor((count / total) * BAR_WIDTH);
  const drawn = "█".repeat(filled) + "·".repeat(BAR_WIDTH - filled);
  return [`${drawn} ${count}/${total}`, ...notes].join("  ");
}
