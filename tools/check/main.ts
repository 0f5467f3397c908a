/** `npm run check`: what has to hold before a change lands, one invariant after the other. Stops at the first that doesn't. */
import { spawnSync } from "node:child_process";
import { QUIET_WRANGLER } from "../local/quiet-wrangler.ts";

/** In the order of what they cost. */
const INVARIANTS: Readonly<Record<string, readonly string[]>> = {
  "the lockfile installs on every system": ["node tools/check/lockfile.ts"],
  "every file is formatted": ["biome format ."],
  "the linter finds nothing": ["biome lint --error-on-warnings ."],
  "imports keep to imports.json, and there is no circle": ["node tools/imports/main.ts"],
  "what requests of an isolate share is plain values": ["node tools/check/sharing.ts"],
  "the decoder imports a memory alone and has at most 32 kB": ["node tools/build-wasm.ts --stages"],
  "types fit: Worker, tools, decoder": [
    "tsc -p tsconfig.json",
    "tsc -p tools/tsconfig.json",
    "tsc -p src/audio/speex/wasm/tsconfig.json",
  ],
  "codebooks match their hashes": [
    "vitest run --project node --reporter=dot test/audio/speex/codebooks.test.ts",
  ],
  "generated docs are fresh": ["node tools/http-table/main.ts --check", "node tools/costs/main.ts --check"],
  "README's examples run, and what it names exists": ["node tools/check/readme.ts"],
  "the bundle has at most 100 KiB in gzip": ["node tools/check/bundle.ts"],
  "all tests pass": ["node tools/test.ts"],
};

for (const [invariant, commands] of Object.entries(INVARIANTS)) {
  console.log(`\n== ${invariant}`);
  for (const command of commands) {
    const { status } = spawnSync(command, {
      shell: true,
      stdio: "inherit",
      env: { ...process.env, ...QUIET_WRANGLER },
    });
    if (status === 0) continue;
    console.error(`\nDoes not hold: ${invariant} (${command})`);
    process.exit(status ?? 1);
  }
}
