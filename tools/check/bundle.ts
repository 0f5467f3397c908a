/** What `wrangler deploy` would upload: its size in gzip, WebAssembly included. Pages are static assets and don't count. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";

const MAX_KIB = 100;

const folder = mkdtempSync(join(tmpdir(), "hdvoice-bundle-"));
try {
  const { status, stdout, stderr } = spawnSync("wrangler", ["deploy", "--dry-run", "--outdir", folder], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`wrangler did not bundle the Worker:\n${stdout}${stderr}`);
  const kib = Object.fromEntries(
    readdirSync(folder)
      .filter((file) => [".js", ".wasm"].includes(extname(file)))
      .map((file) => [extname(file), gzipSync(readFileSync(join(folder, file))).length / 1024]),
  );
  const total = Object.values(kib).reduce((sum, part) => sum + part, 0);
  const parts = Object.entries(kib).map(([type, part]) => `${type} ${part.toFixed(1)}`);
  console.log(`${total.toFixed(1)} KiB in gzip (${parts.join(", ")})`);
  if (total > MAX_KIB) throw new Error(`The bundle has more than ${MAX_KIB} KiB.`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
