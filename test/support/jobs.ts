/** Posting jobs, waiting for them, and a backend that is called back. */

import { Webhook } from "standardwebhooks";
import { expect } from "vitest";
import type { JobView } from "../../src/jobs/job-view.ts";
import { BACKEND_KEY, CALLBACK_SECRETS, WEBHOOK_SECRETS } from "./accounts.ts";
import { ask, jsonOf, otherHosts } from "./gateway.ts";
import { until } from "./until.ts";

export const CALLBACK_HOST = "hooks.example.com";
export const CALLBACK_URL = `https://${CALLBACK_HOST}/voices`;
const BACKEND = { authorization: `Bearer ${BACKEND_KEY}` };

export function post(body: unknown, headers: Record<string, string> = BACKEND, path = "/v1/fetches") {
  return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
}

export async function postJob(body: unknown, headers: Record<string, string> = {}): Promise<string> {
  const response = await post(body, { ...BACKEND, ...headers });
  expect(response.status).toBe(202);
  return (await jsonOf<{ jobId: string }>(response)).jobId;
}

export function asBackend(path: string, init: RequestInit = {}): Promise<Response> {
  return ask(path, { ...init, headers: BACKEND });
}

export async function readJob(jobId: string, appId?: string): Promise<JobView> {
  const prefix = appId === undefined ? "/v1" : `/v1/apps/${appId}`;
  return jsonOf<JobView>(await asBackend(`${prefix}/fetches/${jobId}`));
}

/** The job once nothing of it is left to do, callbacks included. */
export function untilDone(jobId: string, appId?: string): Promise<JobView> {
  return until(async () => {
    const job = await readJob(jobId, appId);
    const open = job.items.filter(({ callback }) => callback && !/delivered|failed/.test(callback.state));
    expect({ state: job.state, open }).toEqual({ state: "done", open: [] });
    return job;
  });
}

/** The headers of a Standard Webhooks request, signed as its senders sign. */
export function signedHeaders(id: string, body: unknown, options: { secret?: string; atMs?: number } = {}) {
  const { secret = WEBHOOK_SECRETS[0], atMs = Date.now() } = options;
  return {
    authorization: "none",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(atMs / 1000)),
    "webhook-signature": new Webhook(secret).sign(id, new Date(atMs), JSON.stringify(body)),
  };
}

export interface Delivery {
  readonly id: string;
  readonly atMs: number;
  readonly event: {
    type: string;
    timestamp: string;
    data: {
      jobId: string;
      mediaId: string;
      voice?: Record<string, unknown>;
      links?: Record<string, { url: string }>;
      code?: string;
    };
  };
}

/** A backend at CALLBACK_HOST. It verifies with the library that receivers use, and throws on what doesn't fit. */
export function listen(
  answer: (delivery: Delivery, count: number) => Response | Promise<Response>,
): Delivery[] {
  const deliveries: Delivery[] = [];
  otherHosts.set(CALLBACK_HOST, async (request) => {
    const body = await request.text();
    const headers = Object.fromEntries(request.headers);
    const event = new Webhook(CALLBACK_SECRETS[0]).verify(body, headers) as Delivery["event"];
    const delivery = { id: headers["webhook-id"] ?? "", atMs: Date.now(), event };
    deliveries.push(delivery);
    return answer(delivery, deliveries.length);
  });
  return deliveries;
}

export const ok = () => new Response(null, { status: 204 });
