/** Shapes of what operations answer in JSON, by operation. Null: no JSON; a voice's sound, or nothing. */
import * as z from "zod/mini";
import { JOB_ID_PATTERN } from "../jobs/keys.ts";
import type { OperationName } from "./operations.ts";

const time = z.iso.datetime();
const count = z.int().check(z.minimum(0));

const verdict = z.strictObject({ errcode: z.int(), errmsg: z.string(), rid: z.nullable(z.string()) });

/** `.json` of a voice. */
export const voiceMetadata = z.strictObject({
  mediaId: z.string(),
  durationSeconds: z.nullable(z.number()),
  frames: count,
  bytes: count,
  framing: z.nullable(z.enum(["bare", "header-byte", "ogg", "riff"])),
  trailingBytes: z.optional(count),
  looksLike: z.optional(z.string()),
  contentType: z.string(),
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  fetchedAt: time,
  stored: z.array(z.enum(["source", "wav"])),
});

/** `.json` of joined voices. */
export const joinedMetadata = z.strictObject({
  durationSeconds: z.nullable(z.number()),
  frames: count,
  parts: z.array(voiceMetadata),
});

const link = z.strictObject({ url: z.url(), expiresAt: time });

const jobAccepted = z.strictObject({
  jobId: z.string().check(z.regex(JOB_ID_PATTERN)),
  items: count,
  url: z.url(),
});

const callback = z.strictObject({
  state: z.enum(["queued", "waiting", "delivered", "failed"]),
  attempts: count,
  changedAt: z.optional(time),
  status: z.optional(z.int()),
  reason: z.optional(z.string()),
});

const item = z.strictObject({
  mediaId: z.string(),
  state: z.enum(["queued", "waiting", "ready", "failed", "cancelled"]),
  attempts: z.optional(count),
  changedAt: z.optional(time),
  retryAt: z.optional(time),
  code: z.optional(z.string()),
  detail: z.optional(z.string()),
  wechat: z.optional(verdict),
  durationSeconds: z.optional(z.nullable(z.number())),
  bytes: z.optional(count),
  missing: z.optional(z.strictObject({ formats: z.array(z.string()), code: z.string(), detail: z.string() })),
  callback: z.optional(callback),
});

const job = z.strictObject({
  jobId: z.string(),
  appId: z.string(),
  state: z.enum(["accepting", "running", "done", "cancelled"]),
  createdAt: time,
  formats: z.array(z.string()),
  callbackUrl: z.optional(z.string()),
  counts: z.strictObject({ queued: count, waiting: count, ready: count, failed: count, cancelled: count }),
  items: z.array(item),
});

const jobList = z.strictObject({
  jobs: z.array(z.strictObject({ jobId: z.string(), createdAt: time, items: count })),
  next: z.optional(z.string()),
});

const token = z.strictObject({
  appId: z.string(),
  accessToken: z.string(),
  expiresInSeconds: count,
  expiresAt: time,
});

const reportedToken = z.enum(["works", "replaced"]);
/** The token itself is for those alone who may read it. */
const tokenReported = z.union([
  z.extend(token, { reportedToken }),
  z.strictObject({ appId: z.string(), reportedToken }),
]);

const pageSignature = z.strictObject({
  appId: z.string(),
  timestamp: count,
  nonceStr: z.string(),
  signature: z.string().check(z.regex(/^[0-9a-f]{40}$/)),
});

const tokenOverview = z.strictObject({
  state: z.enum(["fresh", "expiring", "expired", "refused", "none"]),
  ageSeconds: z.nullable(count),
  expiresInSeconds: z.nullable(count),
  renewal: z.enum(["ahead of time", "asleep"]),
  forcedRefreshesToday: count,
  lastFailure: z.nullable(
    z.strictObject({ at: time, code: z.string(), detail: z.string(), wechat: z.nullable(verdict) }),
  ),
});

const overview = z.strictObject({
  accounts: z.array(
    z.strictObject({
      appId: z.string(),
      source: z.string(),
      authorization: z.nullable(
        z.strictObject({
          componentAppId: z.string(),
          standing: z.enum(["authorized", "not authorized"]),
          permissionSets: z.nullable(z.array(z.int())),
          mayFetchVoices: z.nullable(z.boolean()),
        }),
      ),
      token: z.nullable(tokenOverview),
    }),
  ),
  platforms: z.array(
    z.strictObject({
      appId: z.string(),
      ticketAgeSeconds: z.nullable(count),
      token: tokenOverview,
      authorizedAccounts: count,
      pendingAuthorizations: count,
    }),
  ),
});

/** `application/problem+json` (RFC 9457), of every operation. */
export const problem = z.strictObject({
  type: z.url(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  requestId: z.string(),
  wechat: z.optional(verdict),
});

export const ANSWERS: Readonly<Record<OperationName, z.ZodMiniType | null>> = {
  getTranscript: null,
  getVoice: null,
  deleteVoice: null,
  createLink: link,
  createFetch: jobAccepted,
  listFetches: jobList,
  getFetch: job,
  cancelFetch: job,
  getToken: token,
  pushToken: null,
  rotateToken: tokenReported,
  signPage: pageSignature,
  listAccounts: overview,
};
