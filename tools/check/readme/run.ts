/** Runs a line of a shell to its end. Not spawnSync: the gateway's WeChat lives in this process and must go on answering. */
import { spawn, spawnSync } from "node:child_process";
import { text } from "node:stream/consumers";
import { QUIET_WRANGLER } from "../../local/quiet-wrangler.ts";

export interface Ended {
  /** Null where a signal has ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Far more than any example takes. */
const TIMEOUT_MS = 60_000;

export async function run(line: string, { cwd, env = {} }: RunOptions = {}): Promise<Ended> {
  const child = spawn(line, {
    shell: true,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: TIMEOUT_MS,
    env: { ...process.env, ...QUIET_WRANGLER, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  const status = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await status, stdout, stderr };
}

export function isInstalled(tool: string): boolean {
  return spawnSync(tool, ["--version"]).error === undefined;
}
