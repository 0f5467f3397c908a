/** Odd answers of WeChat over a real socket, where the runtime itself unpacks, frames and names what comes. */
import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { DEMO_ACCOUNT } from "../../tools/simulator/demo-simulator.ts";
import type { MisbehaviourRule } from "../../tools/simulator/misbehaviour.ts";
import { AUTHORIZATION, type Local, startLocal } from "./local.ts";

const SPEEX = readFileSync("test/fixtures/voices/short-half-second.speex");
const MEDIA_PATH = "/cgi-bin/media/get/jssdk";
const [KEY = "", VALUE = ""] = AUTHORIZATION.split(/: (.*)/);

let local: Local;

beforeAll(async () => {
  local = await startLocal();
});
afterAll(() => local?.stop());
afterEach(() => local.simulator.behave());

function get(mediaId: string): Promise<Response> {
  local.record(mediaId, SPEEX);
  return fetch(local.url(`${mediaId}.speex`), { headers: { [KEY]: VALUE } });
}

function misbehave(...rules: MisbehaviourRule[]): void {
  for (const rule of rules) local.simulator.misbehave({ ...rule, path: MEDIA_PATH });
}

const missing: MisbehaviourRule = { kind: "errcode", errcode: 40007 };

it.each<[string, MisbehaviourRule[]]>([
  ["compressed", [{ kind: "gzip" }]],
  ["called a web page", [{ kind: "content-type", contentType: "text/html" }]],
  [
    "called JSON, and compressed",
    [{ kind: "content-type", contentType: "application/json" }, { kind: "gzip" }],
  ],
  [
    "without a type or a length",
    [{ kind: "content-type", contentType: null }, { kind: "no-content-length" }],
  ],
])("a voice is one, %s", async (name, rules) => {
  misbehave(...rules);
  const response = await get(`voice-${name.replace(/\W+/g, "-")}`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("voice/speex");
  expect(Buffer.from(await response.arrayBuffer())).toEqual(SPEEX);
});

it.each<[string, MisbehaviourRule[]]>([
  ["compressed", [missing, { kind: "gzip" }]],
  ["called a voice", [missing, { kind: "content-type", contentType: "voice/speex", of: "error" }]],
  [
    "behind a byte order mark, compressed",
    [missing, { kind: "error-prefix", prefix: "\uFEFF\r\n" }, { kind: "gzip" }],
  ],
])("an error is one, %s", async (name, rules) => {
  misbehave(...rules);
  const response = await get(`error-${name.replace(/\W+/g, "-")}`);
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({
    code: "voice-not-found",
    wechat: { errcode: 40007, errmsg: expect.stringContaining("invalid media_id"), rid: expect.any(String) },
  });
});

it("a stray refusal of the token is checked, and costs the token nothing", async () => {
  await (await get("voice-before")).arrayBuffer();
  const tokenCalls = () => local.simulator.calls({ path: "/cgi-bin/stable_token" }).length;
  const before = tokenCalls();
  misbehave({ kind: "token-refused", because: "revoked", times: 1 });
  expect((await get("voice-stray")).status).toBe(200);
  expect(local.simulator.calls({ path: "/cgi-bin/getcallbackip" })).toHaveLength(1);
  expect(tokenCalls()).toBe(before);
});

it("a token that was revoked is replaced", async () => {
  local.simulator.revokeTokens(DEMO_ACCOUNT.appId);
  expect((await get("voice-revoked")).status).toBe(200);
});
