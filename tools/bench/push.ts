/**
 * What a push costs: CPU time of workerd, all its threads, by what comes and how long it is. A stranger's, which has to be
 * cheap and is refused, and one that WeChat has signed, which is read. Nothing but the Worker is asked: no KV, no object.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEMO_KEYS, demoAccount } from "../local/settings.ts";
import { sign } from "../simulator/push-cipher.ts";
import { send } from "./client.ts";
import { bundleWorker } from "./gateway-workerd.ts";
import { modulesOf } from "./runtime/configuration.ts";
import { startWorkerd, type Workerd } from "./runtime/process.ts";
import { readWranglerSettings } from "./runtime/settings.ts";
import { median } from "./statistics.ts";

export interface PushBenchOptions {
  readonly rounds?: number;
  readonly requestsPerRound?: number;
}

export interface PushBenchLine {
  readonly sender: "stranger" | "WeChat";
  readonly name: string;
  /** Medians, by the body's length. */
  readonly costs: readonly { readonly lengthBytes: number; readonly microseconds: number }[];
}

export interface PushBenchResult {
  /** DESIGN: the smallest answer to a stranger costs no more, in microseconds. */
  readonly goalMicroseconds: number;
  readonly lines: readonly PushBenchLine[];
}

const GOAL_MICROSECONDS = 1_000;
const APP_ID = "wxbench0000000001";
const TOKEN = "BenchToken";
const LENGTHS = [1_024, 4_096, 16_384, 65_536];
const WRONG = "0".repeat(40);

type Query = () => Promise<Record<string, string>>;

const unsigned: Query = async () => ({});
const old: Query = async () => ({ timestamp: "1714037059", nonce: "1", signature: WRONG });
const wrong: Query = async () => ({ timestamp: now(), nonce: "1", signature: WRONG, msg_signature: WRONG });
const right: Query = async () => {
  const timestamp = now();
  return { timestamp, nonce: "1", signature: await sign([TOKEN, timestamp, "1"]) };
};

const filled = (start: string, piece: string, end: string) => (lengthBytes: number) =>
  start + piece.repeat(Math.floor((lengthBytes - start.length - end.length) / piece.length)) + end;
const elements = filled("<x>", "<a/>", "");
const lineBreaks = filled("", "\r", "");
const envelope = filled("<xml><Encrypt>", "A", "</Encrypt></xml>");
const TEXT = "<xml><MsgType><![CDATA[text]]></MsgType>";
const manyFields = filled(TEXT, "<a>a</a>", "");
const manyEnds = filled(`${TEXT}<Content><![CDATA[`, "]]>", "]]></Content></xml>");
const longText = filled(`${TEXT}<Content><![CDATA[`, "a", "]]></Content></xml>");

interface Case extends Pick<PushBenchLine, "sender" | "name"> {
  readonly query: Query;
  readonly lengths: readonly number[];
  readonly bodyOf: (lengthBytes: number) => string;
}

const CASES: readonly Case[] = [
  { sender: "stranger", name: "nothing at all", query: unsigned, lengths: [0], bodyOf: () => "" },
  { sender: "stranger", name: "an old signature", query: old, lengths: LENGTHS, bodyOf: elements },
  { sender: "stranger", name: "elements", query: wrong, lengths: LENGTHS, bodyOf: elements },
  { sender: "stranger", name: "line breaks", query: wrong, lengths: LENGTHS, bodyOf: lineBreaks },
  { sender: "stranger", name: "an envelope", query: wrong, lengths: LENGTHS, bodyOf: envelope },
  { sender: "WeChat", name: "a long text", query: right, lengths: LENGTHS, bodyOf: longText },
  { sender: "WeChat", name: "a text of ']]>'", query: right, lengths: LENGTHS, bodyOf: manyEnds },
  { sender: "WeChat", name: "many fields", query: right, lengths: LENGTHS, bodyOf: manyFields },
];

export async function benchPush(options: PushBenchOptions = {}): Promise<PushBenchResult> {
  const { rounds = 9, requestsPerRound = 50 } = options;
  const folder = mkdtempSync(join(tmpdir(), "hdvoice-bench-"));
  let workerd: Workerd | null = null;
  try {
    workerd = await startGateway(folder);
    const lines: PushBenchLine[] = [];
    for (const one of CASES) {
      const costs: PushBenchLine["costs"][number][] = [];
      for (const lengthBytes of one.lengths) {
        const microseconds = await costOf(one, lengthBytes, workerd, rounds, requestsPerRound);
        costs.push({ lengthBytes, microseconds });
      }
      lines.push({ sender: one.sender, name: one.name, costs });
    }
    return { goalMicroseconds: GOAL_MICROSECONDS, lines };
  } finally {
    await workerd?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function startGateway(folder: string): Promise<Workerd> {
  const { compatibilityDate, compatibilityFlags } = readWranglerSettings();
  const variables = {
    ...demoAccount("http://127.0.0.1:9"),
    API_KEYS: DEMO_KEYS,
    WECHAT_ACCOUNTS: JSON.stringify([{ appId: APP_ID, source: "pushed", push: { token: TOKEN } }]),
  };
  const bindings = Object.entries(variables).map(([name, text]) => ({ kind: "text", name, text }) as const);
  const modules = modulesOf(bundleWorker(folder));
  const workers = [{ name: "gateway", modules, bindings, compatibilityFlags }];
  return startWorkerd({ folder, name: "push", configuration: { compatibilityDate, workers } });
}

/** In microseconds a request. One after the other, over one connection. */
async function costOf(
  { sender, query, bodyOf }: Case,
  lengthBytes: number,
  workerd: Workerd,
  rounds: number,
  requestCount: number,
): Promise<number> {
  const body = bodyOf(lengthBytes);
  const status = sender === "WeChat" ? 200 : 403;
  const spent: number[] = [];
  // The first rounds warm up the just-in-time compiler and don't count.
  for (let round = -2; round < rounds; round++) {
    const url = `${workerd.originOf("gateway")}/wechat/push/${APP_ID}?${new URLSearchParams(await query())}`;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const before = workerd.cpuNanoseconds();
    for (let count = 0; count < requestCount; count++) {
      const received = await send(url, { agent, method: "POST", body });
      if (received.status !== status) throw new Error(`${url} answered ${received.status}. ${received.text}`);
    }
    if (round >= 0) spent.push((workerd.cpuNanoseconds() - before) / requestCount / 1000);
    agent.destroy();
  }
  return median(spent);
}

function now(): string {
  return String(Math.floor(Date.now() / 1000));
}

export function printPush({ goalMicroseconds, lines }: PushBenchResult): void {
  console.log(
    `CPU time of workerd for one push (the smallest answer to a stranger: goal ${goalMicroseconds} µs)`,
  );
  for (const { sender, name, costs } of lines) {
    const columns = costs.map(
      ({ lengthBytes, microseconds }) =>
        `${String(lengthBytes / 1024).padStart(3)} kB ${microseconds.toFixed(0).padStart(5)} µs`,
    );
    console.log(`  ${sender.padEnd(9)} ${name.padEnd(20)}${columns.join("  ")}`);
  }
}
