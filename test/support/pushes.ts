/** Pushes as each kind of account gets them, written by the stand-in, and what becomes of them. */
import { exports } from "cloudflare:workers";
import type { JobView } from "../../src/jobs/job-view.ts";
import type { PushFields } from "../../tools/simulator/push-body.ts";
import { createPushRequest, type PushStyle } from "../../tools/simulator/push-request.ts";
import * as known from "./accounts.ts";
import { jsonOf, textOf } from "./gateway.ts";
import { asBackend } from "./jobs.ts";
import { world } from "./world.ts";

/** Whom a push is for, and how that one's console is set. */
export interface PushParty {
  /** In the URL. */
  readonly appId: string;
  readonly token: string;
  readonly encodingAesKey: string;
  /** Inside of what is encrypted. */
  readonly signerAppId: string;
}

export const WITH_KEY: PushParty = {
  appId: known.OTHER_APP_ID,
  ...known.SAFE_PUSH,
  signerAppId: known.OTHER_APP_ID,
};
/** WeChat has a key for it in compatible mode; its settings have none. */
export const TOKEN_ONLY: PushParty = {
  appId: known.PUSHED_APP_ID,
  ...known.PLAIN_PUSH,
  encodingAesKey: "0".repeat(43),
  signerAppId: known.PUSHED_APP_ID,
};
export const AUTHORIZED: PushParty = {
  appId: known.MERCHANT_APP_ID,
  ...known.PLATFORM_PUSH,
  signerAppId: known.PLATFORM_ID,
};
export const WORK: PushParty = { appId: known.CORP_ID, ...known.WORK_PUSH, signerAppId: known.CORP_ID };

export const targetOf = ({ appId, token, encodingAesKey }: PushParty) => ({
  url: `https://hdvoice.test/wechat/push/${appId}`,
  token,
  encodingAesKey,
});

/** As the console of `party` would have it sent. */
export function createPush(
  party: PushParty,
  fields: PushFields,
  style: PushStyle,
  atMs = world.nowMs(),
): Promise<Request> {
  return createPushRequest(targetOf(party), party.signerAppId, fields, atMs, style);
}

/** What the Worker answers: the status, and of a problem its code. */
export async function send(request: Request): Promise<string> {
  const response = await exports.default.fetch(request);
  const text = await textOf(response);
  return `${response.status} ${response.ok ? text : (JSON.parse(text) as { code: string }).code}`;
}

/** More than a JavaScript number holds: its last digits matter. */
export const MSG_ID = 7250021412600020993n;

/** A voice message. What a follower said stands in the middle, before what matters most. */
export function voiceFields(mediaId: string, changes: PushFields = {}): PushFields {
  return {
    ToUserName: "gh_97417a04a28d",
    FromUserName: "o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
    CreateTime: 1714112445,
    MsgType: "voice",
    MediaId: `${mediaId}-8k`,
    Format: "amr",
    Recognition: "",
    MsgId: MSG_ID,
    MediaId16K: mediaId,
    ...changes,
  };
}

/** The media ids of an account's jobs, newest first. */
export async function jobMediaIds(appId: string): Promise<string[]> {
  const path = `/v1/apps/${appId}/fetches`;
  const { jobs } = await jsonOf<{ jobs: { jobId: string }[] }>(await asBackend(`${path}?limit=100`));
  const views = jobs.map(async ({ jobId }) => jsonOf<JobView>(await asBackend(`${path}/${jobId}`)));
  return (await Promise.all(views)).flatMap(({ items }) => items.map(({ mediaId }) => mediaId));
}
