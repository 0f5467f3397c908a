/**
 * `npm run demo`: the main job on this machine. Starts the WeChat simulator and the Worker on local KV and R2, fetches
 * a voice through the gateway twice (first from WeChat, then from the store), writes it to files, and
 * says what happened. `-- --keep` goes on serving.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDemoSimulator } from "../simulator/demo-simulator.ts";
import { type SimulatorServer, startSimulatorServer } from "../simulator/server.ts";
import { type LocalGateway, startLocalGateway } from "./gateway.ts";
import { portFrom } from "./port.ts";
import { DEMO_KEY, DEMO_KEYS, DEMO_SIGNING, demoAccount, demoTranscriber } from "./settings.ts";
import { untilStopped } from "./until-stopped.ts";

const MEDIA_ID = "chinese-6s";
const keepServing = process.argv.includes("--keep");
const unknown = process.argv.slice(2).find((word) => word !== "--keep");
if (unknown !== undefined) {
  console.error(`The demo doesn't know '${unknown}'. Usage: npm run demo [-- --keep]`);
  process.exit(2);
}

interface Metadata {
  durationSeconds: number;
  frames: number;
  framing: string;
}

const stateFolder = mkdtempSync(join(tmpdir(), "hdvoice-demo-"));
process.once("exit", () => rmSync(stateFolder, { recursive: true, force: true }));

// Everything that was started ends with us.
untilStopped().then(
  () => process.exit(keepServing ? 0 : 130),
  () => process.exit(1),
);
try {
  await demo();
} catch (error) {
  console.error(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

async function demo(): Promise<void> {
  console.log("Starting a WeChat simulator and the gateway …");
  const { simulator, voices } = await createDemoSimulator();
  const wechat = await startSimulatorServer({ port: 0, simulator });
  const gateway = await startLocalGateway({
    port: portFrom("PORT", 0),
    vars: {
      ...demoAccount(wechat.origin),
      ...demoTranscriber(wechat.origin),
      API_KEYS: DEMO_KEYS,
      ...DEMO_SIGNING,
    },
    stateFolder,
    output: "trouble",
  });
  console.log(`  WeChat simulator  ${wechat.origin}`);
  console.log(`  hdvoice           ${gateway.origin}\n`);

  await fetchTo(gateway, "speex", "demo.speex", "First request: asks WeChat, stores while it streams");
  await fetchTo(gateway, "speex", "demo.speex", "Second request: served from R2");
  await fetchTo(gateway, "wav", "demo.wav", "As WAV, decoded and stored: plays everywhere");
  await fetchTo(
    gateway,
    "ogg",
    "demo.ogg",
    "The same frames in an Ogg container, for ffmpeg, VLC and speexdec",
  );
  await tellWhatWasSaid(gateway);
  reportWechatCalls(wechat);
  if (keepServing) {
    console.log(`\nVoices: ${voices.map(({ mediaId }) => mediaId).join(" ")}`);
    console.log("\nStill serving; Ctrl+C stops it.");
    await gateway.ended;
  }
  await gateway.stop();
  await wechat.close();
  process.exit(0);
}

async function fetchTo(gateway: LocalGateway, format: string, file: string, what: string): Promise<void> {
  const url = `${gateway.origin}/v1/voices/${MEDIA_ID}.${format}`;
  const startedAtMs = performance.now();
  const response = await fetch(url, { headers: { authorization: `Bearer ${DEMO_KEY}` } });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const tookMs = performance.now() - startedAtMs;
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${new TextDecoder().decode(bytes)}`);
  writeFileSync(file, bytes);

  const { durationSeconds, frames, framing } = await metadata(gateway);
  console.log(`${what}`);
  console.log(`  curl -H 'Authorization: Bearer ${DEMO_KEY}' -o ${file} ${url}`);
  console.log(
    `  ${response.status} ${response.headers.get("content-type")}, ${bytes.length} bytes in ${tookMs.toFixed(0)} ms`,
  );
  console.log(`  ${durationSeconds} s of audio: ${frames} Speex frames, framing: ${framing}`);
  console.log(`  Cache-Status: ${response.headers.get("cache-status")}`);
  console.log(`  Server-Timing: ${response.headers.get("server-timing")}`);
  console.log(`  written to ${file}\n`);
}

/** By the simulator's transcriber, which knows the test voices by their sound. */
async function tellWhatWasSaid(gateway: LocalGateway): Promise<void> {
  const url = `${gateway.origin}/v1/voices/${MEDIA_ID}.txt`;
  const response = await fetch(url, { headers: { authorization: `Bearer ${DEMO_KEY}` } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  console.log("What was said, by a stand-in for a speech recogniser");
  console.log(`  curl -H 'Authorization: Bearer ${DEMO_KEY}' ${url}`);
  console.log(`  ${text}`);
}

async function metadata(gateway: LocalGateway): Promise<Metadata> {
  const response = await fetch(`${gateway.origin}/v1/voices/${MEDIA_ID}.json`, {
    headers: { authorization: `Bearer ${DEMO_KEY}` },
  });
  return (await response.json()) as Metadata;
}

function reportWechatCalls({ simulator }: SimulatorServer): void {
  console.log("All calls to WeChat:");
  for (const call of simulator.calls()) console.log(`  ${call.method} ${call.path}  ${call.outcome}`);
}
