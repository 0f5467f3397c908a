/** Jobs as `wrangler dev` runs them: queue, R2, the WeChat stand-in and a backend, all behind real sockets. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runProgram } from "../../tools/cli/program.ts";
import { type LocalGateway, startLocalGateway } from "../../tools/local/gateway.ts";
import {
  DEMO_CALLBACK_SECRET,
  DEMO_KEY,
  DEMO_KEYS,
  DEMO_SIGNING,
  DEMO_WEBHOOK_SECRET,
  demoAccount,
} from "../../tools/local/settings.ts";
import { DEMO_ACCOUNT } from "../../tools/simulator/demo-simulator.ts";
import { type SimulatorServer, startSimulatorServer } from "../../tools/simulator/server.ts";
import { createSimulator } from "../../tools/simulator/simulator.ts";
import { fakeTerminal } from "../tools/cli/gateway-support.ts";
import { type Received, type Receiver, startReceiver } from "./receiver.ts";

const SPEEX = readFileSync("test/fixtures/voices/short-half-second.speex");
const WAV_BYTES = 44 + 0.5 * 32_000;
const folder = mkdtempSync(join(tmpdir(), "hdvoice-jobs-"));

let wechat: SimulatorServer;
let gateway: LocalGateway;
let receiver: Receiver;
/** Where the receiver redirects to: on this machine, and on no list. */
let inside: { origin: string; requests: string[]; close(): void };
let count = 0;
let mediaId: string;

beforeAll(async () => {
  const simulator = createSimulator({ accounts: [DEMO_ACCOUNT] });
  wechat = await startSimulatorServer({ port: 0, simulator });
  inside = await startInside();
  receiver = await startReceiver(DEMO_CALLBACK_SECRET, ({ path }, attempt, response) => {
    if (path === "/silent" && attempt === 1) return;
    if (path === "/failing" && attempt <= 4) return void response.writeHead(500).end();
    if (path === "/redirecting" && attempt === 1) {
      return void response.writeHead(307, { location: `${inside.origin}/admin` }).end();
    }
    response.writeHead(204).end();
  });
  gateway = await startLocalGateway({
    port: 0,
    vars: {
      ...demoAccount(wechat.origin),
      ...DEMO_SIGNING,
      API_KEYS: DEMO_KEYS,
      CALLBACK_HOSTS: receiver.origin,
      JOB_BACKOFF_SECONDS: "0",
    },
    stateFolder: join(folder, "state"),
    output: "trouble",
  });
});

afterAll(async () => {
  await gateway?.stop();
  await receiver?.close();
  inside?.close();
  await wechat?.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  mediaId = `voice-${count++}`;
  wechat.simulator.addRecording(DEMO_ACCOUNT.appId, mediaId, SPEEX);
});

async function startInside() {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? "");
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, requests, close: () => server.close() };
}

async function postJob(body: unknown, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(`${gateway.origin}/v1/fetches`, {
    method: "POST",
    headers: { authorization: `Bearer ${DEMO_KEY}`, ...headers },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(202);
  return ((await response.json()) as { jobId: string }).jobId;
}

interface Item {
  state: string;
  callback?: { state: string; attempts: number; status?: number; reason?: string };
}

async function itemOf(jobId: string): Promise<Item | undefined> {
  const headers = { authorization: `Bearer ${DEMO_KEY}` };
  const response = await fetch(`${gateway.origin}/v1/fetches/${jobId}`, { headers });
  return ((await response.json()) as { items: Item[] }).items[0];
}

const receivedFor = (jobId: string): Received[] =>
  receiver.received.filter(({ event }) => event.data.jobId === jobId);

const until = <T>(check: () => Promise<T> | T) => vi.waitFor(check, { timeout: 20_000, interval: 200 });

async function untilDelivered(jobId: string): Promise<Item> {
  return until(async () => {
    const item = await itemOf(jobId);
    expect(item?.callback?.state).toBe("delivered");
    return item as Item;
  });
}

describe("a job", () => {
  it("posted by a signed webhook ends in a signed callback whose link plays", async () => {
    const body = JSON.stringify({ mediaIds: [mediaId], callbackUrl: `${receiver.origin}/voices` });
    const now = new Date();
    const response = await fetch(`${gateway.origin}/v1/fetches`, {
      method: "POST",
      headers: {
        "webhook-id": "msg_e2e",
        "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
        "webhook-signature": new Webhook(DEMO_WEBHOOK_SECRET).sign("msg_e2e", now, body),
      },
      body,
    });
    expect(response.status).toBe(202);
    const { jobId } = (await response.json()) as { jobId: string };
    await untilDelivered(jobId);
    const [delivery] = receivedFor(jobId);
    expect(delivery?.event.type).toBe("voice.ready");
    const voice = await fetch(delivery?.event.data.links?.wav?.url ?? "");
    expect(voice.headers.get("content-type")).toBe("audio/wav");
    expect((await voice.arrayBuffer()).byteLength).toBe(WAV_BYTES);
  });

  it("calls a receiver that answers 500 four times a fifth time, under the same id", async () => {
    const jobId = await postJob({ mediaIds: [mediaId], callbackUrl: `${receiver.origin}/failing` });
    const { callback } = await untilDelivered(jobId);
    expect(callback).toMatchObject({ attempts: 5, status: 204 });
    expect(receivedFor(jobId).map(({ id }) => id)).toEqual(Array(5).fill(`${jobId}-${mediaId}`));
  });

  it("follows no redirect to this machine", async () => {
    const jobId = await postJob({ mediaIds: [mediaId], callbackUrl: `${receiver.origin}/redirecting` });
    const { callback } = await untilDelivered(jobId);
    expect(callback).toMatchObject({ attempts: 2 });
    expect(inside.requests).toEqual([]);
  });

  it("gives a receiver ten seconds, and calls it again", async () => {
    const jobId = await postJob({ mediaIds: [mediaId], callbackUrl: `${receiver.origin}/silent` });
    await until(() => expect(receivedFor(jobId).length).toBe(1));
    const startedAtMs = receivedFor(jobId)[0]?.atMs ?? 0;
    await until(async () => {
      expect((await itemOf(jobId))?.callback).toMatchObject({ attempts: 2, state: "delivered" });
    });
    const waitedMs = (receivedFor(jobId)[1]?.atMs ?? 0) - startedAtMs;
    expect(waitedMs).toBeGreaterThan(9_900);
    expect(waitedMs).toBeLessThan(15_000);
  }, 40_000);

  it("is refused when it would call another port of this machine", async () => {
    const response = await fetch(`${gateway.origin}/v1/fetches`, {
      method: "POST",
      headers: { authorization: `Bearer ${DEMO_KEY}` },
      body: JSON.stringify({ mediaIds: [mediaId], callbackUrl: `${inside.origin}/admin` }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "request-invalid" });
  });
});

describe("the command line", () => {
  it("watches a job to its end, and pulls its voices", async () => {
    const terminal = fakeTerminal({ env: { HDVOICE_KEY: DEMO_KEY, HDVOICE_GATEWAY: gateway.origin } });
    const jobId = await postJob({ mediaIds: [mediaId, "gone-1"] });
    expect(await runProgram(["watch", jobId], terminal)).toBe(1);
    expect(terminal.printed[0]).toBe("done: 1 ready, 1 failed, 0 cancelled");

    const ids = join(folder, "ids.txt");
    writeFileSync(ids, `${mediaId}\ngone-1\n`);
    expect(await runProgram(["pull", "--ids", ids, "--out", join(folder, "voices")], terminal)).toBe(1);
    expect(terminal.printed.slice(-4, -1)).toEqual(["done       1", "gone       1", "failed     0"]);
    expect(readdirSync(join(folder, "voices"))).toEqual([`${mediaId}.wav`]);
    expect(readFileSync(join(folder, "voices", `${mediaId}.wav`)).length).toBe(WAV_BYTES);
  });
});
