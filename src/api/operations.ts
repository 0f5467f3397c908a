/**
 * Every operation of /v1, as data. Routes take their path, scope and shapes from here, tests provoke every problem that an
 * operation lists, and every description of the API is made from it.
 */
import type { ErrorCode } from "../errors.ts";
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
} from "./requests.ts";

/** How a call to WeChat can fail, for a voice or for a token. */
const OF_WECHAT: readonly ErrorCode[] = [
  "rate-limited",
  "wechat-permission",
  "wechat-ip-not-allowed",
  "wechat-credential",
  "wechat-refused",
  "wechat-unavailable",
];

export const OPERATIONS = {
  getVoice: defineOperation({
    method: "GET",
    /** A media id, or one with the suffix of a form: voice/format.ts tells them apart. Several with commas: voice/joined.ts. */
    path: "/voices/{name}",
    scope: "voices:read",
    guests: ["signed-link"],
    summary:
      "A voice, or up to twenty as one sound, in the form that the suffix names, or that the Accept header asks for.",
    problems: [
      "media-id-malformed",
      "format-unknown",
      "not-acceptable",
      "precondition-failed",
      "range-not-satisfiable",
      "voice-not-found",
      "voice-too-long",
      "voice-undecodable",
      ...OF_WECHAT,
    ],
  }),
  deleteVoice: defineOperation({
    method: "DELETE",
    path: "/voices/{name}",
    scope: "voices:delete",
    summary: "Removes every stored form of a voice.",
    status: 204,
    problems: ["media-id-malformed", "format-unknown", "request-invalid"],
  }),
  createLink: defineOperation({
    method: "POST",
    path: "/voices/{mediaId}/links",
    scope: "links:create",
    summary:
      "A URL that opens one form of one voice, or of several as one sound, for a limited time, without an API key.",
    parameters: { mediaId: MEDIA_IDS },
    body: linkRequest,
    status: 201,
    // Joined voices have fewer forms.
    problems: ["format-unknown"],
  }),
  createFetch: defineOperation({
    method: "POST",
    path: "/fetches",
    scope: "fetches:create",
    guests: ["webhook"],
    summary: "A job: voices are fetched in the background, and each is announced by a callback.",
    body: jobRequest,
    maxBodyBytes: MAX_FETCH_BODY_BYTES,
    status: 202,
    problems: ["delivery-id-reused", "jobs-unavailable"],
  }),
  listFetches: defineOperation({
    method: "GET",
    path: "/fetches",
    scope: "fetches:read",
    summary: "The account's jobs, newest first.",
    query: jobsPage,
  }),
  getFetch: defineOperation({
    method: "GET",
    path: "/fetches/{jobId}",
    scope: "fetches:read",
    summary: "A job, and the state of each of its voices and callbacks.",
    parameters: { jobId: JOB_ID },
  }),
  cancelFetch: defineOperation({
    method: "DELETE",
    path: "/fetches/{jobId}",
    scope: "fetches:create",
    summary: "Cancels those voices of a job that have not ended.",
    parameters: { jobId: JOB_ID },
  }),
  getToken: defineOperation({
    method: "GET",
    path: "/token",
    scope: "token:read",
    summary: "The account's access token, for programs that call WeChat themselves.",
    // request-invalid: calls of this account go without a token.
    problems: ["request-invalid", ...OF_WECHAT],
  }),
  pushToken: defineOperation({
    method: "PUT",
    path: "/token",
    scope: "token:push",
    summary: "Gives the gateway a token, for accounts whose tokens come from outside.",
    body: pushedToken,
    status: 204,
  }),
  rotateToken: defineOperation({
    method: "POST",
    path: "/token/rotate",
    scope: "token:rotate",
    summary:
      "Reports a token that WeChat refused. The gateway checks it; the answer has the result and, with the scope token:read, the token to use now.",
    body: tokenReport,
    problems: OF_WECHAT,
  }),
  signPage: defineOperation({
    method: "GET",
    path: "/jsapi-signature",
    scope: "jsapi:sign",
    guests: ["page"],
    summary: "What a page calls wx.config with, so that WeChat lets it record.",
    query: pageToSign,
    problems: OF_WECHAT,
  }),
  listAccounts: defineOperation({
    method: "GET",
    path: "/accounts",
    isPerAccount: false,
    scope: "accounts:read",
    summary: "Every account and the state of its token, never the token itself.",
  }),
} as const satisfies Readonly<Record<string, Operation>>;

export type OperationName = keyof typeof OPERATIONS;
