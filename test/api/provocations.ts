/** How each problem of each operation is brought about. */
import { env } from "cloudflare:workers";
import type { OperationName } from "../../src/api/operations.ts";
import type { Env } from "../../src/env.ts";
import type { ErrorCode } from "../../src/errors.ts";
import { MAX_PATH_LENGTH } from "../../src/limits.ts";
import * as known from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { wechat } from "../support/gateway.ts";
import { letPass, withoutBackoff } from "../support/world.ts";
import { type Call, goodCall, send } from "./calls.ts";

type Provocation = (call: Call, name: OperationName) => Promise<Response>;

const MEDIA_PATH = "/cgi-bin/media/get/jssdk";
const AMR = new TextEncoder().encode(`#!AMR\n${"<".repeat(32 * 50)}`);
/** A second more than MAX_VOICE_SECONDS. */
const TOO_LONG = repeated(voice("short-half-second"), 602);
const UNKNOWN_APP_ID = "wx0000000000000000";

/** WeChat refuses, for the voice or for the token, whichever the operation asks for. */
const refusing =
  (errcode: number): Provocation =>
  (call, name) => {
    withoutBackoff();
    wechat.misbehave({
      kind: "errcode",
      errcode,
      ...(name === "getVoice" || name === "getTranscript" ? { path: MEDIA_PATH } : {}),
    });
    return send(call);
  };

/** WeChat refuses to give a token. */
const refusingTokens =
  (errcode: number): Provocation =>
  (call) => {
    wechat.misbehave({ kind: "errcode", errcode, path: "/cgi-bin/stable_token" });
    return send(call);
  };

const named =
  (name: string, more: Partial<Call> = {}): Provocation =>
  (call) =>
    send({ ...call, parameters: { name, mediaId: name, jobId: name }, ...more });

/** Another voice, in the form that the operation is for. */
const formOf =
  (mediaId: string): Provocation =>
  (call, name) =>
    named(`${mediaId}.${name === "getTranscript" ? "txt" : "wav"}`)(call, name);

/** Bindings that fail in a way nobody expects: a bug of ours, or of the runtime. */
const broken = new Proxy({}, { get: () => fail });
function fail(): never {
  throw new TypeError("this should not happen");
}
const NONSENSE = { getByName: () => ({ status: async () => ({ ok: true, value: { lastFailure: {} } }) }) };
const BROKEN = { ...env, TOKENS: broken, TOKEN_KEEPER: NONSENSE } as unknown as Env;

async function linkTo(name: OperationName): Promise<string> {
  const call = await goodCall("createLink");
  const body = name === "getTranscript" ? JSON.stringify({ format: "txt" }) : call.body;
  const made = await send({ ...call, body });
  return new URL(((await made.json()) as { url: string }).url).search;
}

export const PROVOCATIONS: Readonly<Partial<Record<ErrorCode, Provocation>>> = {
  "path-too-long": (call) => send({ ...call, appId: "w".repeat(MAX_PATH_LENGTH) }),
  "not-configured": (call) => send({ ...call, env: { ...env, API_KEYS: "[" } }),
  unauthorized: (call) => send({ ...call, key: null }),
  forbidden: (call, name) =>
    send({ ...call, key: name === "listAccounts" ? known.READER_KEY : known.SCOPELESS_KEY }),
  internal: (call) =>
    send({ ...call, env: BROKEN, ...(call.operation.isPerAccount ? { appId: UNKNOWN_APP_ID } : {}) }),
  "account-unknown": (call) => send({ ...call, appId: UNKNOWN_APP_ID }),
  "link-expired": async (call, name) => {
    const query = await linkTo(name);
    letPass(3_601_000);
    return send({ ...call, appId: known.APP_ID, key: null, query });
  },
  "link-forged": async (call, name) => {
    const query = await linkTo(name);
    const other = { name: name === "getTranscript" ? "voice-2.txt" : "voice-2.wav" };
    return send({ ...call, appId: known.APP_ID, parameters: other, key: null, query });
  },
  "request-invalid": (call, name) => {
    if (name === "deleteVoice") return named("voice-1.wav")(call, name);
    if (name === "getToken") return send({ ...call, appId: known.CLOUD_APP_ID });
    if (name === "getTranscript") return send({ ...call, query: "?language=Klingon" });
    return send({ ...call, ...(call.operation.query ? { query: "?limit=0" } : { body: "{}" }) });
  },
  "request-too-large": (call) => send({ ...call, body: " ".repeat(call.operation.maxBodyBytes + 1) }),
  "media-id-malformed": (call, name) => {
    return named(name === "getTranscript" ? "not%20an%20id.txt" : "not%20an%20id")(call, name);
  },
  "format-unknown": (call, name) => {
    if (name !== "createLink") return named("voice-1.mp3")(call, name);
    return named("voice-1,voice-2", { body: JSON.stringify({ format: "ogg" }) })(call, name);
  },
  "job-not-found": named("j_00000000000000000000000000000000"),
  "not-acceptable": named("voice-1", { headers: { accept: "image/png" } }),
  "precondition-failed": (call) => send({ ...call, headers: { "if-match": '"another"' } }),
  "range-not-satisfiable": (call) => send({ ...call, headers: { range: "bytes=9999999-" } }),
  "voice-not-found": formOf("gone-1"),
  "transcriber-unavailable": (call) => {
    wechat.transcriber.misbehave({ kind: "status", status: 500 });
    return send(call);
  },
  "transcriber-refused": (call) => {
    wechat.transcriber.misbehave({ kind: "status", status: 400 });
    return send(call);
  },
  "voice-too-long": (call, name) => {
    wechat.addRecording(known.APP_ID, "voice-long", TOO_LONG);
    return formOf("voice-long")(call, name);
  },
  "voice-undecodable": (call, name) => {
    // AMR goes to the transcriber, who may take it.
    if (name === "getTranscript") wechat.addSound(known.APP_ID, "voice-other", "mp3");
    else wechat.addRecording(known.APP_ID, "voice-other", AMR);
    return formOf("voice-other")(call, name);
  },
  "delivery-id-reused": async (call) => {
    const headers = { "idempotency-key": "one-and-the-same" };
    await send({ ...call, headers });
    return send({ ...call, headers, body: JSON.stringify({ mediaIds: ["voice-2"] }) });
  },
  "jobs-unavailable": (call) =>
    send({ ...call, env: { ...env, JOBS: { sendBatch: fail, send: fail, metrics: fail } } }),
  "rate-limited": refusing(45011),
  "wechat-permission": refusing(48001),
  "wechat-ip-not-allowed": refusingTokens(40164),
  "wechat-credential": refusingTokens(40125),
  "wechat-refused": refusing(40101),
  "wechat-unavailable": async (call, name) => {
    if (name !== "listAccounts") return refusing(-1)(call, name);
    // The one thing that it asks are keepers.
    const unreachable = { getByName: () => Promise.reject(new Error("the object is gone")) };
    return send({ ...call, env: { ...env, TOKEN_KEEPER: unreachable as never } });
  },
};

function repeated(bytes: Uint8Array, times: number): Uint8Array {
  const whole = new Uint8Array(bytes.length * times);
  for (let index = 0; index < times; index++) whole.set(bytes, index * bytes.length);
  return whole;
}
