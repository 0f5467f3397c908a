/** Holds every answer against the table of operations: a problem that its operation does not declare is a fault. */
import { problemsOf } from "../../src/api/descriptions.ts";
import { OPERATIONS, type OperationName } from "../../src/api/operations.ts";
import type { ErrorCode } from "../../src/errors.ts";
import { PROBLEMS } from "../../src/problems.ts";

/** Where a failure of this path belongs to no operation. */
const OF_PATHS: readonly ErrorCode[] = ["route-not-found", "method-not-allowed"];

const PATTERNS = Object.entries(OPERATIONS).map(([name, operation]) => {
  const path = operation.path.replace(/\{\w+\}/g, "[^/]+");
  const account = operation.isPerAccount ? "(?:/apps/[^/]+)?" : "";
  const endings = operation.endings.map((ending) => ending.replaceAll(".", "\\.")).join("|");
  return {
    name,
    operation,
    pattern: new RegExp(`^/v1${account}${path}$`),
    ending: new RegExp(`(?:${endings})$`),
  };
});

/** In this test, as `operation: code`. */
export const undeclared: string[] = [];

/** Takes note of a problem that the request's operation does not declare. */
export async function noteUndeclared(url: string, method: string, response: Response): Promise<void> {
  if (response.headers.get("content-type") !== "application/problem+json" || method === "HEAD") return;
  const { code } = (await response.clone().json()) as { code: ErrorCode };
  const found = PATTERNS.find(({ pattern, ending, operation }) => {
    const { pathname } = new URL(url);
    return operation.method === method && pattern.test(pathname) && ending.test(pathname);
  });
  if (!found || OF_PATHS.includes(code) || !(code in PROBLEMS)) return;
  if (!problemsOf(found.name as OperationName).has(code)) undeclared.push(`${found.name}: ${code}`);
}
