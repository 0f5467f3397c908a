/** Bundles a Worker as `wrangler deploy` does, for a bare workerd. */
import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { QUIET_WRANGLER } from "../local/quiet-wrangler.ts";
import { readWranglerSettings } from "./runtime/settings.ts";

/** The gateway, or the Worker of an entry file that is bound to nothing. The names of its modules, the Worker first. */
export function bundleWorker(folder: string, entry?: string): string[] {
  const wrangler = "node_modules/wrangler/bin/wrangler.js";
  const config = entry === undefined ? "wrangler.toml" : configurationOf(entry, folder);
  const { status, stderr } = spawnSync(
    process.execPath,
    [wrangler, "deploy", "--dry-run", "--config", config, "--outdir", folder],
    {
      encoding: "utf8",
      env: { ...process.env, ...QUIET_WRANGLER },
    },
  );
  if (status !== 0) throw new Error(`wrangler could not bundle the Worker: ${stderr}`);
  const worker = entry === undefined ? "index.js" : `${basename(entry, ".ts")}.js`;
  return [worker, ...readdirSync(folder).filter((name) => name.endsWith(".wasm"))];
}

function configurationOf(entry: string, folder: string): string {
  const name = basename(entry, ".ts");
  const { compatibilityDate: compatibility_date } = readWranglerSettings();
  const file = join(folder, `${name}.wrangler.json`);
  writeFileSync(file, JSON.stringify({ name, main: resolve(entry), compatibility_date, minify: true }));
  return file;
}
