/**
 * `npm test`: runs vitest with whatever arguments were given and closes with `N passed, N failed`,
 * which vitest's own summary doesn't print. If all tests pass, only the tests' report is printed.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { QUIET_WRANGLER } from "./local/quiet-wrangler.ts";

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  success: boolean;
}

/**
 * What workerd says when a body that it sends breaks off, as some tests want it to, or when the tests end its objects. Said
 * at the end if a test has failed.
 */
const RUNTIME_LINE =
  /^(?:uncaught exception; |exception = |stack: \/|\S*workerd\/\S+:\d+: (?:error|warning|info): )|deleteAllDurableObjects/;

const folder = mkdtempSync(join(tmpdir(), "hdvoice-test-"));
const reportFile = join(folder, "report.json");
const heldBack: string[] = [];

const vitest = spawn(
  process.execPath,
  [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile=${reportFile}`,
    ...process.argv.slice(2),
  ],
  {
    stdio: ["inherit", "pipe", "pipe"],
    env: { ...process.env, ...QUIET_WRANGLER, ...(process.stdout.isTTY ? { FORCE_COLOR: "1" } : {}) },
  },
);
for (const [from, to] of [
  [vitest.stdout, process.stdout],
  [vitest.stderr, process.stderr],
] as const) {
  createInterface({ input: from }).on("line", (line) => {
    if (RUNTIME_LINE.test(line)) heldBack.push(line);
    else to.write(`${line}\n`);
  });
}

const [status] = (await once(vitest, "close")) as [number | null];
let exitCode = status ?? 1;
try {
  const report = JSON.parse(readFileSync(reportFile, "utf8")) as VitestReport;
  // A suite that fails to load has no failed test in it, yet the run has failed.
  if (!report.success) exitCode ||= 1;
  if (exitCode !== 0 && heldBack.length > 0) {
    console.error(["What the runtime said meanwhile:", ...new Set(heldBack)].join("\n"));
  }
  const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : "";
  console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed${skipped}`);
} catch {
  console.error("vitest wrote no report: it ended before any test ran.");
  exitCode ||= 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(exitCode);
