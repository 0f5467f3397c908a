/**
 * `npm run setup:retention`: sets the rule by which R2 deletes voices that were stored `--days` ago (default 30). The bucket is
 * the one that wrangler.toml binds as VOICES. Setting it again replaces it; the bucket's other rules stay.
 * `--dry-run` prints the commands and runs none.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { QUIET_WRANGLER } from "./local/quiet-wrangler.ts";

const RULE = "hdvoice-voices";
/** All that src/voice/store.ts writes stands below it. */
const PREFIX = "voice/";
const DEFAULT_DAYS = "30";

try {
  main();
} catch (error) {
  console.error(`setup:retention: ${(error as Error).message}`);
  process.exitCode = 1;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      days: { type: "string", default: DEFAULT_DAYS },
      bucket: { type: "string" },
      "dry-run": { type: "boolean", default: false },
    },
  });
  const { days } = values;
  if (!/^[1-9][0-9]{0,3}$/.test(days)) throw new Error("--days must be a whole number from 1 to 9999.");
  const bucket = values.bucket ?? boundBucket(readFileSync("wrangler.toml", "utf8"));

  const lifecycle = ["r2", "bucket", "lifecycle"];
  // Rules have no update. That there was none before is fine, so the first command may fail.
  const remove = [...lifecycle, "remove", bucket, "--name", RULE];
  const add = [...lifecycle, "add", bucket, RULE, PREFIX, "--expire-days", days, "--force"];
  if (values["dry-run"]) {
    for (const command of [remove, add]) console.log(`wrangler ${command.join(" ")}`);
    return;
  }
  wrangler(remove, "ignore");
  if (wrangler(add, "inherit") !== 0) throw new Error("wrangler could not set the rule.");
  console.log(`Voices in ${bucket} are deleted ${days} days after they were stored.`);
}

/** The bucket_name of the [[r2_buckets]] table whose binding is VOICES. */
function boundBucket(toml: string): string {
  const table = toml
    .split(/^(?=\[)/m)
    .find((part) => /^\[\[r2_buckets\]\]/.test(part) && /^binding = "VOICES"/m.test(part));
  const name = table?.match(/^bucket_name = "([^"]+)"/m)?.[1];
  if (name === undefined) throw new Error("wrangler.toml binds no bucket as VOICES. Name one with --bucket.");
  return name;
}

function wrangler(args: readonly string[], output: "inherit" | "ignore"): number | null {
  const file = "node_modules/wrangler/bin/wrangler.js";
  const env = { ...process.env, ...QUIET_WRANGLER };
  return spawnSync(process.execPath, [file, ...args], { stdio: ["inherit", output, output], env }).status;
}
