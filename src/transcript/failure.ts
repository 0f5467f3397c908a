/**
 * How a transcriber fails, in words that callers may read. What it says itself is quoted, without anything that its key
 * could be known by: OpenAI's "Incorrect API key provided: sk-ab***yz" shows both ends of one.
 */
import { ServiceError } from "../errors.ts";

const MAX_QUOTED_CHARACTERS = 300;
const DEFAULT_RETRY_SECONDS = 10;
const MAX_RETRY_SECONDS = 3_600;
/** As many characters in common are no chance any more. */
const TELLING_CHARACTERS = 6;

export function unavailable(
  detail: string,
  { retryAfterSeconds = DEFAULT_RETRY_SECONDS, cause }: { retryAfterSeconds?: number; cause?: unknown } = {},
): ServiceError {
  return new ServiceError("transcriber-unavailable", detail, {
    retryAfterSeconds: Math.min(Math.max(1, retryAfterSeconds), MAX_RETRY_SECONDS),
    cause,
  });
}

export function refused(detail: string, cause?: unknown): ServiceError {
  return new ServiceError("transcriber-refused", detail, { cause });
}

/** One line of what a stranger's machine has said, to follow a colon. Empty where it said nothing of use. */
export function quote(words: unknown, key: string | null): string {
  if (typeof words !== "string") return "";
  const line = words
    .slice(0, 4 * MAX_QUOTED_CHARACTERS)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim();
  const safe = line
    .split(" ")
    .map((word) => (tellsOfKey(word, key) ? "[…]" : word))
    .join(" ");
  return safe.length > MAX_QUOTED_CHARACTERS ? `${safe.slice(0, MAX_QUOTED_CHARACTERS)} …` : safe;
}

function tellsOfKey(word: string, key: string | null): boolean {
  // URLs may carry keys; what is masked was one.
  if (word.includes("://") || word.includes("**")) return true;
  if (key === null) return false;
  if (word.includes(key)) return true;
  for (let at = 0; at + TELLING_CHARACTERS <= word.length; at++) {
    if (key.includes(word.slice(at, at + TELLING_CHARACTERS))) return true;
  }
  return false;
}

/** `Retry-After` as seconds from now (RFC 9110 §10.2.3); undefined: absent or not understood. */
export function retryAfterOf(headers: Headers, nowMs: number): number | undefined {
  const value = headers.get("retry-after")?.trim() ?? "";
  if (/^[0-9]{1,6}$/.test(value)) return Number(value);
  const atMs = Date.parse(value);
  return Number.isFinite(atMs) ? Math.ceil((atMs - nowMs) / 1000) : undefined;
}
