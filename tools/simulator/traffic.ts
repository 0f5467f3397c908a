/** The calls under way, counted for each account and path. */
import type { IncomingCall } from "./incoming-call.ts";

export interface Traffic {
  /** The call enters; how many of its account and path were under way before it. */
  enter(call: Pick<IncomingCall, "appId" | "path">): number;
  leave(call: Pick<IncomingCall, "appId" | "path">): void;
}

export function createTraffic(): Traffic {
  const counts = new Map<string, number>();
  const key = ({ appId, path }: Pick<IncomingCall, "appId" | "path">) => JSON.stringify([appId, path]);
  return {
    enter(call) {
      const ahead = counts.get(key(call)) ?? 0;
      counts.set(key(call), ahead + 1);
      return ahead;
    },
    leave(call) {
      const left = (counts.get(key(call)) ?? 0) - 1;
      if (left > 0) counts.set(key(call), left);
      else counts.delete(key(call));
    },
  };
}
