/** All that a command uses of its process and terminal, so that tests can replace it. */
import type { Readable, Writable } from "node:stream";
import type { Progress } from "./bar.ts";

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  /** For sound. Lines go by print(). */
  readonly stdout: Writable & { readonly isTTY?: boolean };
  /** Lines of the result. What would not stay on its line, or be seen, is made visible; so with say(). */
  print(...lines: string[]): void;
  /** Lines for the person at the terminal: faults, hints. */
  say(...lines: string[]): void;
  /** Draws a bar beneath, where somebody watches. To be called often: `progress` is asked when it is time to draw. */
  show(progress: () => Progress): void;
  /** Takes the bar away. The next one waits again before it appears. */
  clear(): void;
  /** Asks for something that must not be seen; null if nobody is there to answer. */
  askSecret(question: string): Promise<string | null>;
  /** Ends early when `signal` says so. */
  sleep(milliseconds: number): Promise<void>;
  /** Aborted by Ctrl+C and its like, with the Interrupted that says how to end. */
  readonly signal: AbortSignal;
  /** Something failed; the rest goes on. */
  fail(): void;
  readonly hasFailed: boolean;
}
