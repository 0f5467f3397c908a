import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, it } from "vitest";

const PROGRAM = resolve("tools/check/lockfile.ts");
const folder = mkdtempSync(join(tmpdir(), "hdvoice-lock-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Checks a lockfile with these packages. */
function check(packages: Record<string, { optionalDependencies?: Record<string, string> }>) {
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ packages }));
  const { status, stderr } = spawnSync(process.execPath, [PROGRAM], { cwd: folder, encoding: "utf8" });
  return { status, stderr };
}

const ASKS = { optionalDependencies: { "tool-darwin": "1.0.0", "tool-linux": "1.0.0" } };

it("finds optional dependencies beside the package, below it, and in any folder above", () => {
  expect(
    check({
      "node_modules/a": ASKS,
      "node_modules/a/node_modules/tool-darwin": {},
      "node_modules/tool-linux": {},
      "node_modules/b/node_modules/@scope/c": ASKS,
      "node_modules/b/node_modules/tool-darwin": {},
    }),
  ).toEqual({ status: 0, stderr: "" });
});

it("names what is missing for another system than this one", () => {
  const { status, stderr } = check({ "node_modules/a": ASKS, "node_modules/tool-linux": {} });
  expect(status).toBe(1);
  expect(stderr).toContain("  node_modules/a → tool-darwin\n");
  expect(stderr).not.toContain("tool-linux");
});

it("doesn't take another package's own copy for it", () => {
  const { status } = check({
    "node_modules/a": ASKS,
    "node_modules/tool-linux": {},
    "node_modules/b/node_modules/tool-darwin": {},
  });
  expect(status).toBe(1);
});
