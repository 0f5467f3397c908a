/** The Worker as `wrangler dev` runs it and the WeChat stand-in behind a real socket, for one test file. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEMO_KEY, DEMO_KEYS, demoAccount } from "../../tools/local/settings.ts";
import { DEMO_ACCOUNT } from "../../tools/simulator/demo-simulator.ts";
import { startSimulatorServer } from "../../tools/simulator/server.ts";
import { createSimulator } from "../../tools/simulator/simulator.ts";
import { holdBodies } from "./hold.ts";
import { startQuietGateway } from "./quiet-gateway.ts";

export const AUTHORIZATION = `Authorization: Bearer ${DEMO_KEY}`;

export type Local = Awaited<ReturnType<typeof startLocal>>;

export async function startLocal(vars: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "hdvoice-e2e-"));
  const simulator = createSimulator({ accounts: [DEMO_ACCOUNT] });
  const holds = holdBodies(simulator);
  const wechat = await startSimulatorServer({ port: 0, simulator: holds.simulator });
  const gateway = await startQuietGateway({
    port: 0,
    vars: { ...demoAccount(wechat.origin), API_KEYS: DEMO_KEYS, ...vars },
    stateFolder: join(folder, "state"),
  });
  return {
    origin: gateway.origin,
    simulator,
    /** For whatever a test writes. */
    folder,
    url: (name: string) => `${gateway.origin}/v1/voices/${name}`,
    /** Stops WeChat in the middle of this voice until what it returns is called. */
    hold: holds.hold,
    record: (mediaId: string, bytes: Uint8Array) =>
      simulator.addRecording(DEMO_ACCOUNT.appId, mediaId, bytes),
    mediaCalls: (mediaId: string) => simulator.calls({ path: "/cgi-bin/media/get/jssdk", mediaId }).length,
    async stop() {
      await gateway.stop();
      await wechat.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const DEBIAN_PACKAGE = {
  curl: "curl",
  ffmpeg: "ffmpeg",
  ffprobe: "ffmpeg",
  chromium: "chromium",
  sox: "sox",
  speexdec: "speex",
} as const;
export type Tool = keyof typeof DEBIAN_PACKAGE;

/** For tests that need these tools: their common name says why, where they are skipped. */
export function withTools(name: string, ...tools: Tool[]): { name: string; skip: boolean } {
  const missing = tools.filter(
    (tool) => spawnSync(tool, [tool.startsWith("ff") ? "-version" : "--version"]).error,
  );
  const packages = [...new Set(missing.map((tool) => DEBIAN_PACKAGE[tool]))].join(" ");
  return {
    name: missing.length > 0 ? `${name} (skipped: apt-get install ${packages})` : name,
    skip: missing.length > 0,
  };
}

export interface Run {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs a tool to its end. Not spawnSync: the WeChat stand-in lives in this process and must go on answering. */
export function run(tool: Tool, args: readonly string[]): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args, { stdio: ["ignore", "pipe", "pipe"] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.once("error", reject);
    child.once("close", (status) =>
      resolve({ status, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() }),
    );
  });
}
