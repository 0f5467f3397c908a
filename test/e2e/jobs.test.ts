/** Jobs as `wrangler dev` runs them: queue, R2, the WeChat stand-in and a backend, all behind real sockets. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  DEMO_CALLBACK_SECRET,
  DEMO_KEY,
  DEMO_SIGNING,
  DEMO_WEBHOOK_SECRET,
} from "../../tools/local/settings.ts";
import { until } from "../support/until.ts";
import { type Local, startLocal } from "./local.ts";
import { type Received, type Receiver, startReceiver } from "./receiver.ts";

const SPEEX = readFileSync("test/fixtures/voices/short-half-second.speex");
const WAV_BYTES = 44 + 0.5 * 32_000;

let local: Local;
let receiver: Receiver;
/** Where the receiver redirects to: on this machine, and on no list. */
let inside: { origin: string; requests: string[]; close(): void };
let count = 0;

beforeAll(async () => {
  inside = await startInside();
  receiver = await startReceiver(DEMO_CALLBACK_SECRET, ({ path }, attempt, response) => {
    if (path === "/silent" && attempt === 1) return;
    if (path === "/failing" && attempt <= 4) return void response.writeHead(500).end();
    if (path === "/redirecting" && attempt === 1) {
      return void response.writeHead(307, { location: `${inside.origin}/admin` }).end();
    }
    response.writeHead(204).end();
  });
  local = await startLocal({ ...DEMO_SIGNING, CALLBACK_HOSTS: receiver.origin, JOB_BACKOFF_SECONDS: "0" });
});

afterAll(async () => {
  await local?.stop();
  await receiver?.close();
  inside?.close();
});

/** The id of a voice that no other test asks for: they run at once, because most of their time is waiting. */
function newVoice(): string {
  const mediaId = `voice-${count++}`;
  local.record(mediaId, SPEEX);
  return mediaId;
}

async function startInside() {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? "");
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, requests, close: () => server.close() };
}

async function postJob(body: unknown, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(`${local.origin}/v1/fetches`, {
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
  const response = await fetch(`${local.origin}/v1/fetches/${jobId}`, { headers });
  return ((await response.json()) as { items: Item[] }).items[0];
}

const receivedFor = (jobId: string): Received[] =>
  receiver.received.filter(({ event }) => event.data.jobId === jobId);

async function untilDelivered(jobId: string): Promise<Item> {
  return until(async () => {
    const item = await itemOf(jobId);
    expect(item?.callback?.state).toBe("delivered");
    return item as Item;
  });
}

describe.concurrent("a job", () => {
  it("posted by a signed webhook ends in a signed callback whose link plays", async () => {
    const body = JSON.stringify({ mediaIds: [newVoice()], callbackUrl: `${receiver.origin}/voices` });
    const now = new Date();
    const response = await fetch(`${local.origin}/v1/fetches`, {
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
    const mediaId = newVoice();
    const jobId = await postJob({ mediaIds: [mediaId], callbackUrl: `${receiver.origin}/failing` });
    const { callback } = await untilDelivered(jobId);
    expect(callback).toMatchObject({ attempts: 5, status: 204 });
    expect(receivedFor(jobId).map(({ id }) => id)).toEqual(Array(5).fill(`${jobId}-${mediaId}`));
  });

  it("follows no redirect to this machine", async () => {
    const jobId = await postJob({ mediaIds: [newVoice()], callbackUrl: `${receiver.origin}/redirecting` });
    const { callback } = await untilDelivered(jobId);
    expect(callback).toMatchObject({ attempts: 2 });
    expect(inside.requests).toEqual([]);
  });

  it("gives up on a receiver that says nothing, and calls it again", async () => {
    const jobId = await postJob({ mediaIds: [newVoice()], callbackUrl: `${receiver.origin}/silent` });
    await until(() => expect(receivedFor(jobId)).toHaveLength(2));
    // It was the gateway that left.
    expect(receivedFor(jobId)[0]).toMatchObject({ isAbandoned: true });
    const { callback } = await untilDelivered(jobId);
    expect(callback).toMatchObject({ attempts: 2, status: 204 });
  });

  it("is refused when it would call another port of this machine", async () => {
    const response = await fetch(`${local.origin}/v1/fetches`, {
      method: "POST",
      headers: { authorization: `Bearer ${DEMO_KEY}` },
      body: JSON.stringify({ mediaIds: [newVoice()], callbackUrl: `${inside.origin}/admin` }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "request-invalid" });
  });
});
