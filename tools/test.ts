/**
 * `npm test`: runs vitest with whatever arguments were given and closes with `N passed, N failed`,
 * which vitest's own summary doesn't print.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { QUIET_WRANGLER } from "./local/quiet-wrangler.ts";

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  success: boolean;
}

const folder = mkdtempSync(join(tmpdir(), "hdvoice-test-"));
const reportFile = join(folder, "report.json");

const vitest = spawnSync(
  process.execPath,
  [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile=${reportFile}`,
    ...process.argv.slice(2),
  ],
  { stdio: "inherit", env: { ...process.env, ...QUIET_WRANGLER } },
);

let exitCode = vitest.status ?? 1;
try {
  const report = JSON.parse(readFileSync(reportFile, "utf8")) as VitestReport;
  const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : "";
  console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed${skipped}`);
  // A suite that fails to load has no failed test in it, yet the run has failed.
  if (!report.success && exitCode === 0) exitCode = 1;
} catch {
  console.error("vitest wrote no report: it ended before any test ran.");
  exitCode ||= 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(exitCode);
