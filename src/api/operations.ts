/**
 * Every operation of /v1, as data. Routes take their path, scope and shapes from here, tests provoke every problem that an
 * operation lists, and every description of the API is made from it.
 */
import { MAX_FETCH_BODY_BYTES } from "../limits.ts";
import { defineOperation, type Operation } from "./operation.ts";
import {
  JOB_ID,
  jobRequest,
  jobsPage,
  linkRequest,
  MEDIA_IDS,
  pageToSign,
  pushedToken,
  tokenReport,
  transcriptQuery,
} from "./requests.ts";

export const OPERATIONS = {
  /** Before getVoice: what has another ending is that one's. */
  getTranscript: defineOperation({
    method: "GET",
    path: "/voices/{name}",
    endings: [".txt", ".vtt", ".srt", ".transcript.json"],
    scope: "voices:transcribe",
    guests: ["signed-link"],
    query: transcriptQuery,
  }),
  getVoice: defineOperation({
    method: "GET",
    /** A media id, or one with the suffix of a form: voice/format.ts tells them apart. Several with commas: voice/joined.ts. */
    path: "/voices/{name}",
    scope: "voices:read",
    guests: ["signed-link"],
  }),
  deleteVoice: defineOperation({
    method: "DELETE",
    path: "/voices/{name}",
    scope: "voices:delete",
    status: 204,
  }),
  createLink: defineOperation({
    method: "POST",
    path: "/voices/{mediaId}/links",
    scope: "links:create",
    parameters: { mediaId: MEDIA_IDS },
    body: linkRequest,
    status: 201,
  }),
  createFetch: defineOperation({
    method: "POST",
    path: "/fetches",
    scope: "fetches:create",
    guests: ["webhook"],
    body: jobRequest,
    maxBodyBytes: MAX_FETCH_BODY_BYTES,
    status: 202,
  }),
  listFetches: defineOperation({
    method: "GET",
    path: "/fetches",
    scope: "fetches:read",
    query: jobsPage,
  }),
  getFetch: defineOperation({
    method: "GET",
    path: "/fetches/{jobId}",
    scope: "fetches:read",
    parameters: { jobId: JOB_ID },
  }),
  cancelFetch: defineOperation({
    method: "DELETE",
    path: "/fetches/{jobId}",
    scope: "fetches:create",
    parameters: { jobId: JOB_ID },
  }),
  getToken: defineOperation({
    method: "GET",
    path: "/token",
    scope: "token:read",
  }),
  pushToken: defineOperation({
    method: "PUT",
    path: "/token",
    scope: "token:push",
    body: pushedToken,
    status: 204,
  }),
  rotateToken: defineOperation({
    method: "POST",
    path: "/token/rotate",
    scope: "token:rotate",
    body: tokenReport,
  }),
  signPage: defineOperation({
    method: "GET",
    path: "/jsapi-signature",
    scope: "jsapi:sign",
    guests: ["page"],
    query: pageToSign,
  }),
  listAccounts: defineOperation({
    method: "GET",
    path: "/accounts",
    isPerAccount: false,
    scope: "accounts:read",
  }),
} as const satisfies Readonly<Record<string, Operation>>;

export type OperationName = keyof typeof OPERATIONS;
