/**
 * How long a token that was just handed out is believed to last. WeChat's last two hours; a number that is far off would make
 * the account unusable for years, or have the token asked for at every request.
 */
import { numberOf } from "../json.ts";
import type { AccessToken } from "./source.ts";

/** KV keeps nothing for a shorter time. */
const SHORTEST_SECONDS = 60;
const LONGEST_SECONDS = 7_200;

/**
 * `expiresIn` as it stands in the answer: seconds, and if it is missing or no number, the token is used for the shortest time.
 * Counted from before the question, so that a slow answer never stretches a token's life.
 */
export function tokenOf(value: string, expiresIn: unknown, askedAtMs: number): AccessToken {
  const told = numberOf(expiresIn) ?? SHORTEST_SECONDS;
  const seconds = Math.min(Math.max(told, SHORTEST_SECONDS), LONGEST_SECONDS);
  return { value, expiresAtMs: askedAtMs + seconds * 1000 };
}

/** The same token, with an end that can be right. */
export function withSaneEnd(token: AccessToken, nowMs: number): AccessToken {
  const latestMs = nowMs + LONGEST_SECONDS * 1000;
  return token.expiresAtMs <= latestMs ? token : { ...token, expiresAtMs: latestMs };
}
