/**
 * What a person sees on stderr: messages and, beneath them, one bar for work that takes long. The bar is drawn only on
 * a terminal, and never ends up in a log.
 */

export interface Progress {
  /** What is being worked on. */
  readonly label: string;
  /** 0 to 1; null if nobody knows how much there is. */
  readonly fraction: number | null;
  /** Sound so far. */
  readonly seconds: number;
}

export interface Screen {
  say(line: string): void;
  /** To be called often: `progress` is asked only when it is time to draw. */
  show(progress: () => Progress): void;
  /** Takes the bar away. The next one waits again before it appears. */
  clear(): void;
}

export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Work that is done sooner needs no bar. */
const PATIENCE_MS = 500;
const REDRAW_MS = 100;
const BAR_COLUMNS = 24;
const CLEAR_LINE = "\r\x1b[K";

export function createScreen(terminal: Terminal, nowMs: () => number): Screen {
  let nextDrawMs = Number.POSITIVE_INFINITY;
  let isIdle = true;
  let isDrawn = false;

  function clear(): void {
    if (isDrawn) terminal.write(CLEAR_LINE);
    isDrawn = false;
    isIdle = true;
  }

  return {
    clear,

    say(line) {
      clear();
      terminal.write(`${line}\n`);
    },

    show(progress) {
      if (!terminal.isTTY) return;
      if (isIdle) nextDrawMs = nowMs() + PATIENCE_MS;
      isIdle = false;
      if (nowMs() < nextDrawMs) return;
      nextDrawMs = nowMs() + REDRAW_MS;
      isDrawn = true;
      // A line as wide as the terminal would wrap, and could not be taken away again.
      terminal.write(CLEAR_LINE + barLine(progress()).slice(0, (terminal.columns ?? 80) - 1));
    },
  };
}

function barLine({ label, fraction, seconds }: Progress): string {
  const sound = `${clock(seconds)} of sound`;
  if (fraction === null) return `${sound}  ${label}`;
  const filled = Math.round(Math.min(fraction, 1) * BAR_COLUMNS);
  const bar = "#".repeat(filled) + "-".repeat(BAR_COLUMNS - filled);
  return `[${bar}] ${String(Math.floor(fraction * 100)).padStart(3)} %  ${sound}  ${label}`;
}

/** Hours only where there are some: 0:07, 12:00, 1:00:00. */
export function clock(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  return parts
    .join(":")
    .replace(/^0:/, "")
    .replace(/:(\d)(?!\d)/g, ":0$1");
}

/** The one of this process: there is only one stderr. */
export const screen = createScreen(process.stderr, () => performance.now());

export function say(line: string): void {
  screen.say(line);
}
