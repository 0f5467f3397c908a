/**
 * The one place that writes a log line: one JSON object a line, so that Workers Logs can search its fields.
 *
 *   event       what happened, in lower case with hyphens: `request`, `token-renewed`, `job-item` …
 *   requestId   where a request was the cause; the same that its answer carries in X-Request-Id
 *   appId, mediaId, jobId, caller   what it concerns, where there is one
 *   code, detail, wechat            of a failure: what errors.ts calls it, its words, WeChat's errcode and rid
 *
 * and what else the event needs. Never a query, a header, a body, a token, a key or a secret. Of a bug only its kind and
 * its place are said: a message could quote a URL, and with it a token.
 */
import { REAL_WORLD, type World } from "../world.ts";

export interface LogLine {
  readonly event: string;
  readonly [field: string]: unknown;
}

type Out = Pick<World, "write">;

export function logInfo(line: LogLine, out: Out = REAL_WORLD): void {
  out.write("info", JSON.stringify(line));
}

/** For what somebody should look at. */
export function logError(line: LogLine, out: Out = REAL_WORLD): void {
  out.write("error", JSON.stringify(line));
}

/** `concerns`: the request, voice or job at which the bug showed. */
export function logBug(
  error: unknown,
  concerns: Readonly<Record<string, unknown>> = {},
  out: Out = REAL_WORLD,
): void {
  logError({ event: "bug", ...concerns, ...kindAndPlace(error) }, out);
}

export function kindAndPlace(error: unknown): { readonly error: string; readonly where: string } {
  if (!(error instanceof Error)) return { error: typeof error, where: "" };
  return { error: error.name, where: error.stack?.split("\n")[1]?.trim() ?? "" };
}
