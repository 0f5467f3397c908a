/** A good call of every operation, and a way to make it worse. */
import { env } from "cloudflare:workers";
import type { Operation } from "../../src/api/operation.ts";
import { OPERATIONS, type OperationName } from "../../src/api/operations.ts";
import type { Env } from "../../src/env.ts";
import * as known from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { said, wechat } from "../support/gateway.ts";
import { fetchApp } from "../support/worker.ts";

export interface Call {
  readonly operation: Operation;
  /** Of the path, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly appId: string | null;
  readonly key: string | null;
  /** Behind the path, with its question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly env: Env;
}

const JOB = { mediaIds: ["voice-1"], formats: ["speex"] };

const GOOD: Readonly<
  Record<OperationName, { key: string; parameters?: Record<string, string>; query?: string; body?: unknown }>
> = {
  getTranscript: { key: known.LISTENER_KEY, parameters: { name: "voice-1.txt" } },
  getVoice: { key: known.READER_KEY, parameters: { name: "voice-1.wav" } },
  deleteVoice: { key: known.DELETER_KEY, parameters: { name: "voice-1" } },
  createLink: { key: known.BACKEND_KEY, parameters: { mediaId: "voice-1" }, body: { format: "wav" } },
  createFetch: { key: known.BACKEND_KEY, body: JOB },
  listFetches: { key: known.BACKEND_KEY },
  getFetch: { key: known.BACKEND_KEY, parameters: { jobId: "to be made" } },
  cancelFetch: { key: known.BACKEND_KEY, parameters: { jobId: "to be made" } },
  getToken: { key: known.TOKEN_KEY },
  pushToken: { key: known.TOKEN_KEY, body: { accessToken: "pushed-token", expiresInSeconds: 7200 } },
  rotateToken: { key: known.TOKEN_KEY, body: { rejectedToken: "a-token-that-was-refused" } },
  signPage: {
    key: known.SIGNER_KEY,
    query: `?url=${encodeURIComponent("https://page.example/record?from=menu#top")}`,
  },
  listAccounts: { key: known.OPERATOR_KEY },
};

/** The call that succeeds. What it needs, a voice or a job, is there afterwards. */
export async function goodCall(name: OperationName): Promise<Call> {
  const { key, parameters = {}, query = "", body } = GOOD[name];
  wechat.addRecording(known.APP_ID, "voice-1", voice("short-half-second"));
  const call: Call = {
    operation: OPERATIONS[name],
    parameters,
    // Only this account takes pushed tokens.
    appId: name === "pushToken" ? known.PUSHED_APP_ID : null,
    key,
    query,
    headers: {},
    body: body === undefined ? null : JSON.stringify(body),
    env,
  };
  if (!("jobId" in parameters)) return call;
  const job = await send(await goodCall("createFetch"));
  return { ...call, parameters: { jobId: ((await job.json()) as { jobId: string }).jobId } };
}

export function pathOf({ operation, parameters, appId, query }: Call): string {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? "");
  return `/v1${appId === null ? "" : `/apps/${appId}`}${path}${query}`;
}

/** Sends it to the app itself, under the call's own settings. */
export async function send(call: Call): Promise<Response> {
  const { operation, key, headers, body, env: settings } = call;
  const request = new Request(`https://hdvoice.test${pathOf(call)}`, {
    method: operation.method,
    headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...headers },
    body,
  });
  const waiting: Promise<unknown>[] = [];
  const context = {
    waitUntil: (promise: Promise<unknown>) => waiting.push(promise),
    passThroughOnException() {},
  };
  const response = await fetchApp(request, settings, context as unknown as ExecutionContext);
  said.push(`${response.status} ${[...response.headers].map((pair) => pair.join(": ")).join("\n")}`);
  return response;
}
