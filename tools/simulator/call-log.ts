/** Every call in the order it came in, for tests to count. Holds no secret and no token. */
import type { IncomingCall } from "./incoming-call.ts";
import type { MisbehaviourKind } from "./misbehaviour.ts";

/** Old calls are forgotten beyond this, so that a server left running doesn't grow for ever. */
const KEPT_CALLS = 100_000;

export interface SimulatorCall {
  readonly method: string;
  readonly path: string;
  readonly appId: string | null;
  readonly mediaId: string | null;
  /**
   * The errcode WeChat refused with, else the HTTP status; the two ranges don't meet. `pending`: not answered
   * yet. `network-failure`: fetch rejected. `aborted`: the caller left before the answer.
   */
  readonly outcome: number | "pending" | "network-failure" | "aborted";
  /** Which misbehaviours fired on it. */
  readonly misbehaviours: readonly MisbehaviourKind[];
  readonly atMs: number;
}

export interface CallFilter {
  path?: string;
  mediaId?: string;
  appId?: string;
}

/** The line of a call under way. */
export interface OpenCall {
  misbehaved(kind: MisbehaviourKind): void;
  ended(outcome: SimulatorCall["outcome"]): void;
}

export interface CallLog {
  open(call: IncomingCall): OpenCall;
  /** Copies of the matching calls. */
  list(filter: CallFilter): SimulatorCall[];
  clear(): void;
}

export function createCallLog(): CallLog {
  let entries: SimulatorCall[] = [];

  return {
    open({ method, path, appId, mediaId, nowMs }) {
      const misbehaviours: MisbehaviourKind[] = [];
      const entry = { method, path, appId, mediaId, misbehaviours, atMs: nowMs };
      const line: { -readonly [K in keyof SimulatorCall]: SimulatorCall[K] } = {
        ...entry,
        outcome: "pending",
      };
      entries.push(line);
      // Dropped in big steps: shifting one by one would move the whole list on every call.
      if (entries.length > KEPT_CALLS * 1.1) entries = entries.slice(-KEPT_CALLS);
      return {
        misbehaved: (kind) => misbehaviours.push(kind),
        ended: (outcome) => {
          line.outcome = outcome;
        },
      };
    },
    list({ path, mediaId, appId }) {
      return entries
        .filter(
          (entry) =>
            (path === undefined || entry.path === path) &&
            (mediaId === undefined || entry.mediaId === mediaId) &&
            (appId === undefined || entry.appId === appId),
        )
        .map((entry) => ({ ...entry, misbehaviours: [...entry.misbehaviours] }));
    },
    clear() {
      entries = [];
    },
  };
}
