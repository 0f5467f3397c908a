/**
 * What is told of every operation, for people and for tests. Apart from operations.ts, because the Worker itself doesn't read it:
 * it is no part of the bundle.
 */
import type { ErrorCode } from "../errors.ts";
import type { Operation } from "./operation.ts";
import { OPERATIONS, type OperationName } from "./operations.ts";

export interface Description {
  /** One sentence for people. */
  readonly summary: string;
  /** What it may answer instead, beyond `problemsOf` every operation. */
  readonly problems: readonly ErrorCode[];
}

/** How a call to WeChat can fail, for a voice or for a token. */
const OF_WECHAT: readonly ErrorCode[] = [
  "rate-limited",
  "wechat-permission",
  "wechat-ip-not-allowed",
  "wechat-credential",
  "wechat-refused",
  "wechat-unavailable",
];

/** What asking for a voice can come to, in whatever form. */
const OF_VOICES: readonly ErrorCode[] = [
  "media-id-malformed",
  "precondition-failed",
  "range-not-satisfiable",
  "voice-not-found",
  "voice-too-long",
  "voice-undecodable",
  ...OF_WECHAT,
];

export const DESCRIPTIONS: Readonly<Record<OperationName, Description>> = {
  getTranscript: {
    summary: "What was said in a voice: as text, as subtitles, or as JSON with times.",
    problems: ["transcriber-unavailable", "transcriber-refused", ...OF_VOICES],
  },
  getVoice: {
    summary:
      "A voice, or up to twenty as one sound, in the form that the suffix names, or that the Accept header asks for.",
    problems: ["format-unknown", "not-acceptable", ...OF_VOICES],
  },
  deleteVoice: {
    summary: "Removes every stored form of a voice.",
    problems: ["media-id-malformed", "format-unknown", "request-invalid"],
  },
  createLink: {
    summary:
      "A URL that opens one form of one voice, or of several as one sound, for a limited time, without an API key.",
    // Joined voices have fewer forms.
    problems: ["format-unknown"],
  },
  createFetch: {
    summary: "A job: voices are fetched in the background, and each is announced by a callback.",
    problems: ["delivery-id-reused", "jobs-unavailable"],
  },
  listFetches: {
    summary: "The account's jobs, newest first.",
    problems: [],
  },
  getFetch: {
    summary: "A job, and the state of each of its voices and callbacks.",
    problems: [],
  },
  cancelFetch: {
    summary: "Cancels those voices of a job that have not ended.",
    problems: [],
  },
  getToken: {
    summary: "The account's access token, for programs that call WeChat themselves.",
    // request-invalid: calls of this account go without a token.
    problems: ["request-invalid", ...OF_WECHAT],
  },
  pushToken: {
    summary: "Gives the gateway a token, for accounts whose tokens come from outside.",
    problems: [],
  },
  rotateToken: {
    summary:
      "Reports a token that WeChat refused. The gateway checks it; the answer has the result and, with the scope token:read, the token to use now.",
    problems: OF_WECHAT,
  },
  signPage: {
    summary: "What a page calls wx.config with, so that WeChat lets it record.",
    problems: OF_WECHAT,
  },
  listAccounts: {
    summary: "Every account and the state of its token, never the token itself.",
    problems: [],
  },
};

/** What is checked before every operation: length of the path, settings, credential, scope; and bugs in it. */
const OF_EVERY_OPERATION: readonly ErrorCode[] = [
  "path-too-long",
  "not-configured",
  "unauthorized",
  "forbidden",
  "internal",
];

/** Every problem that the operation may answer. */
export function problemsOf(name: OperationName): ReadonlySet<ErrorCode> {
  const operation: Operation = OPERATIONS[name];
  return new Set([
    ...OF_EVERY_OPERATION,
    ...(operation.isPerAccount ? (["account-unknown"] as const) : []),
    ...(operation.guests.includes("signed-link") ? (["link-expired", "link-forged"] as const) : []),
    ...(operation.query ? (["request-invalid"] as const) : []),
    ...(operation.body ? (["request-invalid", "request-too-large"] as const) : []),
    ...Object.values(operation.parameters).map(({ code }) => code),
    ...DESCRIPTIONS[name].problems,
  ]);
}
