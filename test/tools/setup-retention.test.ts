import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["tools/setup-retention.ts", ...args], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

it("tells with --dry-run what it would have wrangler do, for the bucket of wrangler.toml", () => {
  expect(run("--dry-run", "--days", "7")).toEqual({
    status: 0,
    stdout: [
      "wrangler r2 bucket lifecycle remove hdvoice-voices --name hdvoice-voices",
      "wrangler r2 bucket lifecycle add hdvoice-voices hdvoice-voices voice/ --expire-days 7 --force",
      "",
    ].join("\n"),
    stderr: "",
  });
});

it.each(["0", "soon", "-3", "1.5"])("refuses --days=%s before anything is run", (days) => {
  const { status, stderr } = run(`--days=${days}`);
  expect(status).toBe(1);
  expect(stderr).toBe("setup:retention: --days must be a whole number from 1 to 9999.\n");
});
