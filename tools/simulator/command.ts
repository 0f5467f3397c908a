/** What a command of the remote control is: what it is for, and what it does. */
import type { Simulator } from "./simulator.ts";

export interface Command {
  /** For `/_simulator/help`. */
  readonly about: string;
  /** What it returns is answered as JSON, nothing as 204. Throws ZodError, or an Error whose message says what is wrong. */
  readonly run: (simulator: Simulator, request: Request, query: unknown) => Promise<unknown> | unknown;
}
