/** One line that says how far the work has come. It is drawn on a terminal only, and never ends up in a log. */
import widthOf from "fast-string-truncated-width";
import { visible } from "./visible.ts";

export interface Progress {
  /** 0 to 1; null if nobody knows how much there is. */
  readonly fraction: number | null;
  /** Stands behind the bar. */
  readonly text: string;
}

export interface Bar {
  show(progress: () => Progress): void;
  clear(): void;
}

export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Runs something once, so much later; what it returns calls that off. */
export type Later = (milliseconds: number, run: () => void) => () => void;

/** Work that is done sooner needs no bar. */
const PATIENCE_MS = 500;
const REDRAW_MS = 100;
const BAR_COLUMNS = 24;
const CLEAR_LINE = "\r\x1b[K";

export function createBar(screen: Screen, later: Later): Bar {
  let isIdle = true;
  let isDrawn = false;
  let latest: (() => Progress) | null = null;
  let callOff: (() => void) | null = null;

  function draw(): void {
    callOff = null;
    if (latest === null) return;
    // A line as wide as the terminal would wrap, and could not be taken away again.
    screen.write(CLEAR_LINE + cut(lineOf(latest()), (screen.columns || 80) - 1));
    isDrawn = true;
  }

  return {
    show(progress) {
      if (!screen.isTTY) return;
      latest = progress;
      callOff ??= later(isIdle ? PATIENCE_MS : REDRAW_MS, draw);
      isIdle = false;
    },

    clear() {
      callOff?.();
      callOff = null;
      latest = null;
      if (isDrawn) screen.write(CLEAR_LINE);
      isDrawn = false;
      isIdle = true;
    },
  };
}

function lineOf({ fraction, text }: Progress): string {
  if (fraction === null) return visible(text);
  const filled = Math.floor(Math.min(fraction, 1) * BAR_COLUMNS);
  const bar = "#".repeat(filled) + "-".repeat(BAR_COLUMNS - filled);
  const percent = Math.floor(Math.min(fraction, 1) * 100);
  return `[${bar}] ${String(percent).padStart(3)} %  ${visible(text)}`;
}

/** To so many columns: a Chinese character takes two. */
function cut(text: string, columns: number): string {
  return text.slice(0, widthOf(text, { limit: columns, ellipsis: "" }).index);
}
