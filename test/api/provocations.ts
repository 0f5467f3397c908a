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
    wechat.misbehave({ kind: "errcode", errcode, ...(name === "getVoice" ? { path: MEDIA_PATH } : {}) });
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

/** Bindings that fail in a way nobody expects: a bug of ours, or of the runtime. */
const broken = new Proxy({}, { get: () => fail });
function fail(): never {
  throw new TypeError("this should not happen");
}
const NONSENSE = { getByName: () => ({ status: async () => ({ ok: true, value: { lastFailure: {} } }) }) };
const BROKEN = { ...env, TOKENS: broken, TOKEN_KEEPER: NONSENSE } as unknown as Env;

async function linkTo(): Promise<string> {
  const made = await send(await goodCall("createLink"));
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
  "link-expired": async (call) => {
    const query = await linkTo();
    letPass(3_601_000);
    return send({ ...call, appId: known.APP_ID, key: null, query });
  },
  "link-forged": async (call) => {
    const query = await linkTo();
    return send({ ...call, appId: known.APP_ID, parameters: { name: "voice-2.wav" }, key: null, query });
  },
  "request-invalid": (call, name) => {
    if (name === "deleteVoice") return named("voice-1.wav")(call, name);
    if (name === "getToken") return send({ ...call, appId: known.CLOUD_APP_ID });
    return send({ ...call, ...(call.operation.query ? { query: "?limit=0" } : { body: "{}" }) });
  },
  "request-too-large": (call) => send({ ...call, body: " ".repeat(call.operation.maxBodyBytes + 1) }),
  "media-id-malformed": named("not%20an%20id"),
  "format-unknown": (call, name) => {
    if (name !== "createLink") return named("voice-1.mp3")(call, name);
    return named("voice-1,voice-2", { body: JSON.stringify({ format: "ogg" }) })(call, name);
  },
  "job-not-found": named("j_00000000000000000000000000000000"),
  "not-acceptable": named("voice-1", { headers: { accept: "image/png" } }),
  "precondition-failed": (call) => send({ ...call, headers: { "if-match": '"another"' } }),
  "range-not-satisfiable": (call) => send({ ...call, headers: { range: "bytes=9999999-" } }),
  "voice-not-found": named("gone-1.wav"),
  "voice-too-long": (call, name) => {
    wechat.addRecording(known.APP_ID, "voice-long", TOO_LONG);
    return named("voice-long.wav")(call, name);
  },
  "voice-undecodable": (call, name) => {
    wechat.addRecording(known.APP_ID, "voice-amr", AMR);
    return named("voice-amr.wav")(call, name);
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
