/**
 * Tells a backend that a voice is ready, or can't be had: a Standard Webhooks delivery, `voice.ready` or `voice.failed`.
 * Its id is the same at every attempt, which is what a receiver knows a repetition by. Answers other than 2xx, and redirects
 * among them, are failures and tried again; 410 asks us to stop.
 */

import { judgeCallbackUrl } from "../http/callback-url.ts";
import { signWebhook } from "../http/webhook-signature.ts";
import { logInfo } from "../telemetry/log.ts";
import { DONE, type JobContext, later, type Outcome } from "./context.ts";
import type { CallRecord, ItemRecord } from "./job-store.ts";
import type { JobMessage } from "./message.ts";
import { backoffSeconds, CALLBACK_LINK_SECONDS, CONFLICT_DELAY_SECONDS, MAX_ATTEMPTS } from "./patience.ts";

type Answer = { readonly status: number | null; readonly reason: string | null };

const DELIVERED_STATUS = /^2\d\d$/;
const GONE = 410;

export async function deliverCallback(message: JobMessage, context: JobContext): Promise<Outcome> {
  const { jobId, mediaId, callbackUrl } = message;
  const { store, nowMs } = context;
  const before = await store.readCall(jobId, mediaId);
  if (before && before.value.state !== "retrying") return DONE;
  const item = await store.readItem(jobId, mediaId);
  if (!item || item.value.state === "waiting" || callbackUrl === null) return DONE;

  const attempts = (before?.value.attempts ?? 0) + 1;
  const allowed = judgeCallbackUrl(callbackUrl, context.callbackOrigins) === "allowed";
  const answer = allowed
    ? await post(callbackUrl, message, item.value, context)
    : { status: null, reason: "the host is not in CALLBACK_HOSTS any more" };
  const state = stateAfter(answer, attempts, allowed);
  const call: CallRecord = { state, attempts, changedAtMs: nowMs(), ...answer };
  logInfo({ event: "job-callback", jobId, mediaId, state, attempts, ...answer });
  const result = await store.replaceCall(jobId, mediaId, call, before);
  if (result === "changed-meanwhile") return later(CONFLICT_DELAY_SECONDS);
  return state === "retrying"
    ? later(backoffSeconds(attempts, context.backoffSeconds, context.random()))
    : DONE;
}

/** Ends a callback whose message was delivered too often. */
export async function abandonCallback(message: JobMessage, context: JobContext): Promise<Outcome> {
  const { jobId, mediaId } = message;
  const before = await context.store.readCall(jobId, mediaId);
  if (before && before.value.state !== "retrying") return DONE;
  const call: CallRecord = {
    state: "failed",
    attempts: before?.value.attempts ?? 0,
    changedAtMs: context.nowMs(),
    status: before?.value.status ?? null,
    reason: "the queue delivered it too often without success",
  };
  const result = await context.store.replaceCall(jobId, mediaId, call, before);
  return result === "replaced" ? DONE : later(CONFLICT_DELAY_SECONDS);
}

function stateAfter({ status }: Answer, attempts: number, allowed: boolean): CallRecord["state"] {
  if (status !== null && DELIVERED_STATUS.test(String(status))) return "delivered";
  return !allowed || status === GONE || attempts >= MAX_ATTEMPTS ? "failed" : "retrying";
}

async function post(
  url: string,
  message: JobMessage,
  item: ItemRecord,
  context: JobContext,
): Promise<Answer> {
  const secrets = context.callbackSecrets;
  if (secrets.length === 0) return { status: null, reason: "CALLBACK_SECRETS is empty" };
  const body = JSON.stringify(await payloadOf(message, item, context));
  const headers = {
    ...(await signWebhook(`${message.jobId}-${message.mediaId}`, body, secrets, context.nowMs())),
    "content-type": "application/json",
    "user-agent": "hdvoice",
  };
  const controller = new AbortController();
  const stopTimer = context.startTimer(context.callbackTimeoutMs, () => controller.abort());
  try {
    const { signal } = controller;
    const response = await context.fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
    await response.body?.cancel();
    return { status: response.status, reason: reasonOf(response.status) };
  } catch {
    // The runtime's text can quote the URL, which can hold a secret of the receiver's.
    const waitedSeconds = context.callbackTimeoutMs / 1000;
    const reason = controller.signal.aborted ? `no answer within ${waitedSeconds} s` : "could not be reached";
    return { status: null, reason };
  } finally {
    stopTimer();
  }
}

function reasonOf(status: number): string | null {
  if (DELIVERED_STATUS.test(String(status))) return null;
  return status >= 300 && status < 400 ? "redirects are not followed" : `status ${status}`;
}

async function payloadOf(message: JobMessage, item: ItemRecord, { signLink }: JobContext) {
  const { jobId, appId, mediaId, origin } = message;
  const timestamp = new Date(item.changedAtMs).toISOString();
  const data = { jobId, appId, mediaId };
  if (item.state !== "ready") {
    const { code = "internal", detail = "", wechat = null } = item.failure ?? {};
    return { type: "voice.failed", timestamp, data: { ...data, code, detail, ...(wechat && { wechat }) } };
  }
  const { voice, text = null, missing = null } = item;
  const ready = { ...data, voice, ...(text === null ? {} : { text }), ...(missing && { missing }) };
  if (!message.withLinks) return { type: "voice.ready", timestamp, data: ready };
  const links: Record<string, { url: string; expiresAt: string }> = {};
  for (const format of message.formats.filter((wanted) => !missing?.formats.includes(wanted))) {
    links[format] = await signLink(origin, { appId, mediaId, format }, CALLBACK_LINK_SECONDS);
  }
  return { type: "voice.ready", timestamp, data: { ...ready, links } };
}
